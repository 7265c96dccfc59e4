package kernel

import (
	"errors"
	"strings"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/gonum"
)

func TestEveryKernelCanBeForced(t *testing.T) {
	for _, u := range available {
		got, err := choose(u.name)
		if err != nil || got != u {
			t.Errorf("%s: got %s, %v", u.name, got.name, err)
		}
	}
}

func TestUnknownKernelIsAnError(t *testing.T) {
	u, err := choose("mmx")
	if err == nil || !strings.Contains(err.Error(), Variable+"=mmx") || !strings.Contains(err.Error(), portable.name) {
		t.Errorf("error %v: want one that names the value and the choices", err)
	}
	if u != available[0] {
		t.Errorf("%s stands in, want the best kernel", u.name)
	}
}

func TestUse(t *testing.T) {
	defer func(err error) { errUse = err }(errUse)
	defer blas32.Use(blas32.Implementation())
	blas32.Use(gonum.Implementation{})

	errUse = errors.New("no such kernel")
	if err := Use(); err != errUse {
		t.Errorf("got error %v, want %v", err, errUse)
	}
	if _, installed := blas32.Implementation().(Implementation); installed {
		t.Error("installed in spite of the error")
	}
	errUse = nil
	if err := Use(); err != nil {
		t.Error(err)
	}
	if _, installed := blas32.Implementation().(Implementation); !installed {
		t.Error("not installed")
	}
}

// TestAssemblyKernelsGiveTheBytesOfTheFusedProduct tests that kernels do give the same bytes. This
// test makes sure that SameBytes knows every kernel of this CPU.
func TestSameBytesKnowsEveryKernel(t *testing.T) {
	for _, a := range available {
		for _, b := range available {
			want := a == b || a != &portable && b != &portable
			if SameBytes(a.name, b.name) != want {
				t.Errorf("%s and %s give the same bytes: %t, want %t", a.name, b.name, !want, want)
			}
		}
	}
	for _, name := range []string{"", "gonum"} {
		if SameBytes(name, "avx2") || !SameBytes(name, name) {
			t.Errorf("kernel %q gives the bytes of avx2, or not its own", name)
		}
	}
}
