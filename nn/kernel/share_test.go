package kernel

import (
	"fmt"
	"sync"
	"testing"

	"ranksweep/nn/heaptest"
)

// helped calls f with the given number of goroutines in Help.
func helped(count int, f func()) {
	done := make(chan struct{})
	var all sync.WaitGroup
	for range count {
		all.Go(func() { Help(done) })
	}
	for int(helpers.Load()) < count {
	}
	f()
	close(done)
	all.Wait()
}

// sharedSizes are sizes of products that are cut by rows, by columns, evenly, unevenly, into more
// parts than there are tiles, and not at all.
var sharedSizes = [][3]int{{500, 8, 300}, {64, 700, 64}, {1000, 257, 33}, {5, 1, 1 << 18}, {3, 900, 600}, {10, 10, 10}}

func TestSharedProductGivesTheSameBytes(t *testing.T) {
	forEachKernel(t, func(t *testing.T, u *micro) {
		rng := newRand()
		for _, size := range sharedSizes {
			p := random(rng, size[0], size[1], size[2])
			alone := p.by(u)
			for _, count := range []int{1, 2, 5} {
				helped(count, func() {
					if !sameBits(p.by(u), alone) {
						t.Errorf("%v: with %d helpers other bytes than alone", &p, count)
					}
				})
			}
		}
	})
}

// TestHelpersGetTheirPart waits for parts as Help does, and counts them.
func TestHelpersGetTheirPart(t *testing.T) {
	p := random(newRand(), 500, 500, 100)
	helpers.Add(1)
	defer helpers.Add(-1)
	got := make(chan int)
	go func() {
		s := <-shares
		s.compute()
		s.finished.Done()
		got <- s.m * s.n
	}()
	for taken := false; !taken; {
		p.by(inUse)
		select {
		case n := <-got:
			if n < 240*500 || n > 260*500 { // whole tiles
				t.Errorf("a helper got %d of %d elements, want half", n, 500*500)
			}
			taken = true
		default: // the helper was not waiting yet
		}
	}
}

func TestSharingDoesNotAllocate(t *testing.T) {
	p := random(newRand(), 300, 300, 300)
	c := p.by(inUse)
	helped(1, func() {
		allocations := heaptest.Allocations(20, func() {
			Implementation{}.Sgemm(p.tA, p.tB, p.m, p.n, p.k, p.alpha, p.a, p.lda, p.b, p.ldb, p.beta, c, p.ldc)
		})
		if allocations != 0 {
			t.Errorf("%d allocations in 20 products", allocations)
		}
	})
}

func BenchmarkShared(b *testing.B) {
	for _, p := range shapes()[:4] {
		for count := range 2 {
			b.Run(fmt.Sprintf("%dx%dx%d/helpers=%d", p.m, p.n, p.k, count), func(b *testing.B) {
				helped(count, func() { p.benchmark(b, Implementation{}.Sgemm) })
			})
		}
	}
}
