package main

import (
	"runtime"
	"sync"

	"ranksweep/nn/kernel"
)

// help lets all cores beyond the busy ones take part in what the busy ones do, until stop is
// called.
func help(busy int) (stop func()) {
	done := make(chan struct{})
	var helpers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) - busy {
		helpers.Go(func() { kernel.Help(done) })
	}
	return func() {
		close(done)
		helpers.Wait()
	}
}
