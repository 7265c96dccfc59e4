package heaptest

import (
	"runtime"
	"testing"
)

func TestPeak(t *testing.T) {
	const size = 32 << 20
	if got := Peak(func() any { return make([]byte, size) }); got < size || got > size+size/10 {
		t.Errorf("a peak of %d bytes, want about %d", got, size)
	}
	dropped := func() any {
		large := make([]byte, size)
		for range 3 {
			runtime.GC()
		}
		return large[0]
	}
	if got := Peak(dropped); got > size+size/10 {
		t.Errorf("a peak of %d bytes, want at most about %d", got, size)
	}
}
