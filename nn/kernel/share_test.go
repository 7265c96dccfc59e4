package kernel

import (
	"fmt"
	"sync"
	"sync/atomic"
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

// TestHelpersGetTheirPart waits for a product as Help does, and does one of its parts.
func TestHelpersGetTheirPart(t *testing.T) {
	p := random(newRand(), 500, 500, 100)
	helpers.Add(1)
	defer helpers.Add(-1)
	got := make(chan int, 1)
	go func() {
		for {
			j := <-shares
			if !j.join() {
				continue
			}
			i, size := int(j.next.Add(1))-1, 0
			if i < j.n {
				product := j.task.(*sharedProduct)
				part := product.gemm.part(product.cut, i, product.byColumns)
				part.compute()
				size = part.m * part.n
			}
			if j.workers.Add(-1) == closed {
				j.left <- struct{}{}
			}
			if size > 0 {
				got <- size
				return
			}
		}
	}()
	for taken := false; !taken; {
		p.by(inUse)
		select {
		case n := <-got:
			if n < 115*500 || n > 135*500 { // whole tiles
				t.Errorf("a helper got %d of %d elements, want a quarter, as there are two workers", n, 500*500)
			}
			taken = true
		default: // the helper was not waiting yet
		}
	}
}

// marks counts how often each item is done, and how many of them at once at most.
type marks struct {
	done []atomic.Int32
	most atomic.Int64
}

func (m *marks) Do(from, to int) {
	for i := from; i < to; i++ {
		m.done[i].Add(1)
	}
	for most := m.most.Load(); int64(to-from) > most && !m.most.CompareAndSwap(most, int64(to-from)); {
		most = m.most.Load()
	}
}

// TestShareDoesEachItemOnce, and no more at a time than leave some for other cores.
func TestShareDoesEachItemOnce(t *testing.T) {
	for _, count := range []int{0, 1, 2, 5} {
		helped(count, func() {
			for _, n := range []int{0, 1, 2, 7, 100, 1000} {
				for _, each := range []int{1, 3, 100, 2000} {
					m := marks{done: make([]atomic.Int32, n)}
					Share(&m, n, each)
					for i := range m.done {
						if times := m.done[i].Load(); times != 1 {
							t.Fatalf("%d helpers, %d items by %d: item %d was done %d times", count, n, each, i, times)
						}
					}
					if most := int(m.most.Load()); count > 0 && n > each && most > max(each, n/4) {
						t.Errorf("%d helpers, %d items by %d: %d at a time", count, n, each, most)
					}
				}
			}
		})
	}
}

// TestNestedShare: an item of a task may itself be shared.
func TestNestedShare(t *testing.T) {
	helped(3, func() {
		for range 50 {
			outer := nested{inner: make([]marks, 9)}
			Share(&outer, len(outer.inner), 1)
			for i := range outer.inner {
				for k := range outer.inner[i].done {
					if outer.inner[i].done[k].Load() != 1 {
						t.Fatalf("item %d of task %d was not done once", k, i)
					}
				}
			}
		}
	})
}

type nested struct{ inner []marks }

func (o *nested) Do(from, to int) {
	for i := from; i < to; i++ {
		o.inner[i].done = make([]atomic.Int32, 40)
		Share(&o.inner[i], 40, 2)
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
