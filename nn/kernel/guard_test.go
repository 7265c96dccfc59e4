//go:build linux || darwin

package kernel

import (
	"os"
	"runtime/debug"
	"syscall"
	"testing"
	"unsafe"

	"gonum.org/v1/gonum/blas"
)

// A guard is memory that is followed by a page that faults.
type guard []byte

func newGuard(t *testing.T, bytes int) guard {
	page := os.Getpagesize()
	size := (bytes + page - 1) / page * page
	mem, err := syscall.Mmap(-1, 0, size+page, syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Munmap(mem); err != nil {
			t.Error(err)
		}
	})
	if err := syscall.Mprotect(mem[size:], syscall.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	return mem[:size]
}

// hold returns a copy of x that ends where the guard's memory ends.
func (g guard) hold(x []float32) []float32 {
	if len(x) == 0 {
		return x
	}
	first := &g[len(g)-4*len(x)]
	held := unsafe.Slice((*float32)(unsafe.Pointer(first)), len(x))
	copy(held, x)
	return held
}

// faults reports whether f touches memory that it must not touch.
func faults(f func()) (fault bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { fault = recover() != nil }()
	f()
	return
}

func TestSgemmStaysWithinItsOperands(t *testing.T) {
	a, b, c := newGuard(t, 16384), newGuard(t, 16384), newGuard(t, 16384)
	forEachKernel(t, func(t *testing.T, u *micro) {
		rng := newRand()
		check := func(p product) {
			p.a, p.b, p.c = a.hold(p.a), b.hold(p.b), c.hold(p.c)
			if faults(func() { p.inPlace(u) }) {
				t.Fatalf("%v touches what is beyond its operands", &p)
			}
		}
		for m := 1; m <= u.rows; m++ {
			for n := 1; n <= u.widest(); n++ {
				check(random(rng, m, n, 9))
			}
			spread := product{tA: blas.Trans, tB: blas.NoTrans, m: m, n: spreadPanels * u.widest(), k: 9, alpha: 1}
			spread.fill(rng, 0)
			check(spread)
		}
	})
}

func TestVectorFunctionsStayWithinTheirSlices(t *testing.T) {
	var held [5]guard
	for i := range held {
		held[i] = newGuard(t, 4096)
	}
	forEachKernel(t, func(t *testing.T, u *micro) {
		for n := range 3 * 16 {
			var x [len(held)][]float32
			for i := range x {
				x[i] = held[i].hold(make([]float32, n))
			}
			if faults(func() {
				u.exp(x[0], x[1], 1)
				u.swiglu(x[0], x[1], x[2])
				u.swigluBackward(x[0], x[1], x[2], x[3], x[4])
				u.geluSlope(x[0], x[1], x[2])
				u.geluTanhSlope(x[0], x[1], x[2])
				u.gelu(x[0], x[1])
				u.geluTanh(x[0], x[1])
				u.times(x[0], x[1])
				u.softcap(x[0], 1)
				u.add(x[0], x[1])
				u.scale(x[0], 2)
				u.jacobian(x[0], x[1], 1)
				u.normalize(x[0], x[1], x[2], 1)
				u.normalizeBackward(x[0], x[1], x[2], x[3], 1, 1)
				u.adamW(x[0], x[1], x[2], x[3], AdamWStep{})
				u.dot(x[0], x[1])
				u.dot3(x[0], x[1], x[2])
				u.largest(x[0])
				u.total(x[0])
				u.sumSquares(x[0])
			}) {
				t.Errorf("of %d elements, a function touches more", n)
			}
			if faults(func() { u.rotate(x[0][:n/2*2], x[1][:n/2], x[2][:n/2], 1) }) {
				t.Errorf("a rotation of %d elements touches more", n/2*2)
			}
		}
	})
}

func TestGuardFaults(t *testing.T) {
	x := newGuard(t, 1).hold([]float32{1})
	beyond := (*float32)(unsafe.Add(unsafe.Pointer(&x[0]), 4))
	if faults(func() { x[0]++ }) || !faults(func() { *beyond++ }) {
		t.Error("a write beyond the end did not fault, or one before it did")
	}
}

func TestBF16StaysWithinItsOperands(t *testing.T) {
	a, c := newGuard(t, 4096), newGuard(t, 4096)
	forEachBF16(t, func(t *testing.T, u *micro) {
		rng := newRand()
		for m := 1; m <= u.rows; m++ {
			for n := 1; n <= u.widest(); n++ {
				p := randomBF16(rng, m, n, 19)
				p.a, p.c = a.hold(p.a), c.hold(p.c)
				if faults(func() { p.bf16InPlace(u) }) {
					t.Fatalf("%v touches what is beyond its operands", &p)
				}
			}
		}
	})
}

func TestGemmBF16StaysWithinItsOperands(t *testing.T) {
	a, b, c := newGuard(t, 8192), newGuard(t, 8192), newGuard(t, 8192)
	forEachBF16(t, func(t *testing.T, u *micro) {
		rng := newRand()
		for m := 1; m <= u.rows; m++ {
			for n := 1; n <= u.widest(); n++ {
				for _, k := range []int{18, 19} {
					p := random(rng, m, n, k)
					p.fill(rng, rng.IntN(2))
					p.a, p.b, p.c = a.hold(p.a), b.hold(p.b), c.hold(p.c)
					if faults(func() { p.gemmBF16InPlace(u) }) {
						t.Fatalf("%v touches what is beyond its operands", &p)
					}
				}
			}
		}
	})
}
