package heaptest

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// Peak returns how many more bytes of heap were live at once while build ran than before, as the
// garbage collector found them. build returns the value that it made, so that it stays in use to
// the end. The collector runs whenever the heap has grown by a twentieth; a peak between two of
// its runs may be missed.
func Peak(build func() any) int64 {
	defer debug.SetGCPercent(debug.SetGCPercent(5))
	before := collected()
	peak := before
	done, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		for {
			peak = max(peak, live())
			select {
			case <-done:
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	made := build()
	close(done)
	<-watched
	peak = max(peak, collected())
	runtime.KeepAlive(made)
	return peak - before
}

// collected runs the garbage collector and returns what is live. It runs it twice, since memory
// in a pool survives one run.
func collected() int64 {
	runtime.GC()
	runtime.GC()
	return live()
}

// live returns the bytes that the last run of the garbage collector found to be in use.
func live() int64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64())
}
