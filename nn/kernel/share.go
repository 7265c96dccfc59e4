package kernel

// Products shared by cores that have nothing else to do.

import (
	"sync"
	"sync/atomic"
)

// leastShared is the smallest number of multiplications in a product that is shared. A core
// needs at least ten microseconds for them, much longer than handing over a part takes.
const leastShared = 1 << 20

// shares is the channel on which helpers wait for a part of a product. It has no buffer, so
// that a part goes only to a helper that is waiting.
var shares = make(chan share)

// helpers counts the goroutines in Help.
var helpers atomic.Int32

// groups holds the wait groups of callers.
var groups = sync.Pool{New: func() any { return new(sync.WaitGroup) }}

// Help computes parts of the products of other goroutines until done is closed. It makes
// these products faster by a core that has nothing else to do, and changes no byte of them.
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

// shared computes the product together with the helpers that are waiting.
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

// cut divides C into at most the given number of parts. It cuts by columns if each part then
// has some tiles, since each part that is cut by rows has to pack all of B.
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
