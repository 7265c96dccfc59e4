package kernel

// The choice of the kernel in use, and how to force one.

import (
	"fmt"
	"os"
	"strings"

	"gonum.org/v1/gonum/blas/blas32"
)

// Variable is the environment variable that forces a kernel. Its value is the kernel's name:
// portable, avx2, avx512 or neon.
const Variable = "RANKSWEEP_KERNEL"

// available are the kernels that this CPU can run, best first.
var available = append(accelerated(), &portable)

var inUse, errUse = choose(os.Getenv(Variable))

// Use makes blas32 multiply with this package. It is an error if [Variable]
// names a kernel that does not exist or that this CPU cannot run; blas32 is
// then left as it was.
func Use() error {
	if errUse != nil {
		return errUse
	}
	blas32.Use(Implementation{})
	return nil
}

// Name returns the name of the kernel in use.
func Name() string { return inUse.name }

// Names returns the names of the kernels that this CPU can run, best first.
func Names() []string {
	var names []string
	for _, u := range available {
		names = append(names, u.name)
	}
	return names
}

// SameBytes reports whether two kernels, given by name, give the same bytes: they are the
// same, or both are in assembly; see the package's comment.
func SameBytes(a, b string) bool { return a == b || assembly(a) && assembly(b) }

func assembly(name string) bool { return name == "avx2" || name == "avx512" || name == "neon" }

// choose returns the kernel with the given name, or the best one for an empty name. If there
// is no such kernel, it returns the best one and an error.
func choose(name string) (*micro, error) {
	if name == "" {
		return available[0], nil
	}
	for _, u := range available {
		if u.name == name {
			return u, nil
		}
	}
	return available[0], fmt.Errorf("kernel: %s=%s: this CPU runs %s; unset it to use the best", Variable, name,
		strings.Join(Names(), ", "))
}
