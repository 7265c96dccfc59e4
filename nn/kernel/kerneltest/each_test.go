package kerneltest

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"ranksweep/nn/kernel"
)

// failing is the environment variable that makes TestEach fail.
const failing = "KERNELTEST_FAILS"

func TestEach(t *testing.T) {
	Each(t, func(t *testing.T) {
		if forced := os.Getenv(kernel.Variable); kernel.Name() != forced || os.Getenv(failing) == forced {
			t.Errorf("the kernel is %s, %s was forced", kernel.Name(), forced)
		}
	})
}

// TestEachFails where one of the kernels fails.
func TestEachFails(t *testing.T) {
	if os.Getenv(kernel.Variable) != "" {
		t.Skip("one kernel is forced: there is no other to be run")
	}
	for _, name := range kernel.Names() {
		c := exec.Command(os.Args[0], "-test.run=^TestEach$")
		c.Env = append(os.Environ(), failing+"="+name)
		out, err := c.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "--- FAIL: TestEach/"+name) {
			t.Errorf("%s fails, and the test ends with %v:\n%s", name, err, out)
		}
	}
}
