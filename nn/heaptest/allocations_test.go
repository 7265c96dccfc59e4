package heaptest

import "testing"

var kept []byte

func TestAllocations(t *testing.T) {
	if n := Allocations(20, func() {}); n != 0 {
		t.Errorf("%d allocations of a function that does nothing", n)
	}
	calls := 0
	if n := Allocations(20, func() {
		if calls++; calls%10 == 0 {
			kept = make([]byte, 100)
		}
	}); n != 2 {
		t.Errorf("%d allocations in 20 calls, want one in ten of them", n)
	}
	if n := Allocations(20, func() {
		if len(kept) < 200 {
			kept = make([]byte, 200)
		}
	}); n != 0 {
		t.Errorf("%d allocations of a buffer that the first call makes", n)
	}
}
