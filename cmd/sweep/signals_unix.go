//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"

	"ranksweep/train/resume"
)

// ringAtRequest rings the bell whenever this process gets SIGUSR1.
func ringAtRequest(b *resume.Bell) {
	requests := make(chan os.Signal, 1)
	signal.Notify(requests, syscall.SIGUSR1)
	go func() {
		for range requests {
			b.Ring()
		}
	}()
}
