package ray

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// bare returns a Python that has no libraries but those of a version of Ray that is not really there; none
// if it is empty.
func bare(t *testing.T, ray string) string {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("skipped: there is no python3")
	}
	dir := t.TempDir()
	if ray != "" {
		about := filepath.Join(dir, "ray-"+ray+".dist-info")
		check(t, os.Mkdir(about, 0o777))
		text := fmt.Sprintf("Metadata-Version: 2.1\nName: ray\nVersion: %s\n", ray)
		check(t, os.WriteFile(filepath.Join(about, "METADATA"), []byte(text), 0o666))
	}
	script := fmt.Sprintf("#!/bin/sh\nPYTHONPATH='%s' exec '%s' -S \"$@\"\n", dir, python)
	path := filepath.Join(dir, "python")
	check(t, os.WriteFile(path, []byte(script), 0o777))
	return path
}

// TestRefused: what cannot be used is refused before anything is sent, with what to install or to try.
func TestRefused(t *testing.T) {
	const tested = ": must be at least 2.60 and below 3, and the version of the cluster. This installs "
	for _, c := range []struct{ python, address, want string }{
		{"no-such-python", "auto", `ray: exec: "no-such-python": executable file not found in $PATH: ` +
			`--python names a Python 3.10 or later that has Ray: pip install 'ray[client]'`},
		{bare(t, ""), "auto", "python3 has no ray. This installs what was tested: "},
		{bare(t, "1.9.2"), "auto", "ray 1.9.2 was not tested" + tested},
		{bare(t, "3.0.0rc1"), "auto", "ray 3.0.0rc1 was not tested" + tested},
		{bare(t, "2.60.0"), "ray://127.0.0.1:1", "an address with ray:// needs more of Ray: "},
		{bare(t, "2.60.0"), "head", "address 'head': must be HOST:PORT, ray://HOST:PORT or auto"},
		{bare(t, "2.60.0"), "http://head:8265", "address 'http://head:8265': must be HOST:PORT, "},
		{bare(t, "2.60.0"), "127.0.0.1:1", "nothing answers at 127.0.0.1:1: [Errno 111] Connection refused: "},
		{bare(t, "2.60.0"), "[::1]:1", "nothing answers at [::1]:1: "},
		{bare(t, "2.60.0"), "", "address '': must be "},
	} {
		_, err := Connect(t.Context(), Settings{Address: c.address, Python: c.python})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s with %s: %v, want %q", c.address, c.python, err, c.want)
		}
		const install = " -m pip install 'ray[client]==2.60.0'"
		if strings.Contains(c.want, "installs") && !strings.Contains(fmt.Sprint(err), install) {
			t.Errorf("%v: does not say how to install Ray", err)
		}
	}
}

// TestOtherVersions: what Ray says of a cluster of another version comes with the command that installs it.
func TestOtherVersions(t *testing.T) {
	dir := t.TempDir()
	check(t, os.CopyFS(dir, source))
	c := exec.Command(bare(t, "2.60.0"), "-c", `from ranksweep_ray import serve
print(serve.refused("h:1", RuntimeError("Version mismatch: The cluster was started with:\n    Ray: 2.61.1\n    "
    "Python: 3.12.1\nThis process was started with:\n    Ray: 2.60.0\n")))`)
	c.Dir = filepath.Join(dir, "program")
	out, err := c.CombinedOutput()
	check(t, err)
	if !strings.HasPrefix(string(out), "h:1 cannot be used: RuntimeError: Version mismatch: ") ||
		!strings.HasSuffix(string(out), " -m pip install 'ray==2.61.1'\n") {
		t.Errorf("says %s", out)
	}
}
