// Package kerneltest runs a test on every kernel that this CPU has.
package kerneltest

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"ranksweep/nn/kernel"
)

// Each calls f once for every kernel that this CPU has, each time in a process of its own that runs only the
// calling test, since a process keeps the kernel that it began with. If [kernel.Variable] forces a kernel, f is called
// here, for that one. Products are by that kernel in both cases.
func Each(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	if os.Getenv(kernel.Variable) != "" {
		if err := kernel.Use(); err != nil {
			t.Fatal(err)
		}
		f(t)
		return
	}
	test, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range kernel.Names() {
		t.Run(name, func(t *testing.T) {
			c := exec.Command(test, "-test.run=^"+t.Name()[:strings.Index(t.Name(), "/")]+"$", "-test.v")
			c.Env = append(os.Environ(), kernel.Variable+"="+name)
			out, err := c.CombinedOutput()
			if err != nil || !strings.Contains(string(out), "--- PASS") {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
