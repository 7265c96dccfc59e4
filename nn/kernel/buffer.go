package kernel

// Buffers for packed blocks, reused from one product to the next.

import "sync"

// buffers hold the packed blocks of one product.
type buffers struct {
	a [max(maxRows*spreadStride, maxK*maxColumn)]float32
	b [maxK * maxN]float32
	// words hold a panel of pairs by columns.
	words [maxWidth * spreadStride]float32
}

// free holds the buffers that no product is using.
var free pool[buffers]

// A pool holds values that are not in use. There are as many as there were in use at the same time, so that after the
// first none is allocated. The collector takes none away, as it does from a sync.Pool.
type pool[T any] struct {
	sync.Mutex
	list []*T
}

func (p *pool[T]) get() *T {
	p.Lock()
	defer p.Unlock()
	last := len(p.list) - 1
	if last < 0 {
		return new(T)
	}
	x := p.list[last]
	p.list = p.list[:last]
	return x
}

func (p *pool[T]) put(x *T) {
	p.Lock()
	defer p.Unlock()
	p.list = append(p.list, x)
}
