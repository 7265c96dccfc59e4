package kernel

// Products shared by cores that have nothing else to do.

import (
	"sync"
	"sync/atomic"
)

// leastShared is from how many multiplications on a product is shared. They
// take a core at least ten microseconds, in which goroutines have long met.
const leastShared = 1 << 20

// shares is where helpers wait for a part of a product. It has no room, so that
// a part goes to one that waits or to nobody.
var shares = make(chan share)

// helpers counts the goroutines in Help.
var helpers atomic.Int32

// groups has what callers wait with.
var groups = sync.Pool{New: func() any { return new(sync.WaitGroup) }}

// Help computes parts of the products of other goroutines until done is
// closed. A core that has nothing else to do so makes them faster, and changes
// no byte of them.
func Help(done <-chan struct{}) {
	helpers.Add(1)
	defer helpers.Add(-1)
	for {
		select {
		case s := <-shares:
			s.compute()
			s.finished.Done()
		case <-done:
			return
		}
	}
}

// A share is a part of a product that a helper computes.
type share struct {
	gemm
	finished *sync.WaitGroup
}

// shared computes the product with the helpers that have time.
func (g gemm) shared() {
	parts := int(helpers.Load()) + 1
	if parts == 1 || g.m*g.n*g.k < leastShared {
		g.compute()
		return
	}
	finished := groups.Get().(*sync.WaitGroup)
	defer groups.Put(finished)
	c, byColumns := g.cut(parts)
	for i := 1; i < c.parts; i++ {
		s := share{g.part(c, i, byColumns), finished}
		finished.Add(1)
		select {
		case shares <- s:
		default:
			s.compute()
			finished.Done()
		}
	}
	g.part(c, 0, byColumns).compute()
	finished.Wait()
}

// cut divides C into at most so many parts: by columns where that leaves each
// some tiles, since parts cut by rows pack all of B, each for itself.
func (g gemm) cut(parts int) (c cut, byColumns bool) {
	const tiles = 4
	wide := g.widest()
	if g.n >= parts*tiles*wide {
		return cut{g.n, wide, parts}, true
	}
	return cut{g.m, g.micro.rows, min(parts, (g.m+g.micro.rows-1)/g.micro.rows)}, false
}

// part returns part i of c.
func (g gemm) part(c cut, i int, byColumns bool) gemm {
	start, length := c.part(i)
	if byColumns {
		return g.columns(start, length)
	}
	return g.strips(start, length)
}
