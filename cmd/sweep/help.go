package main

import (
	"runtime"
	"sync"

	"ranksweep/nn/kernel"
)

// help lets the cores beyond those that are busy take part in matrix products,
// until it is told to stop.
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
