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

// free holds the buffers that no product is using. There are as many as there were products
// at the same time, so that after the first products none is allocated.
var free struct {
	sync.Mutex
	list []*buffers
}

func getBuffers() *buffers {
	free.Lock()
	defer free.Unlock()
	last := len(free.list) - 1
	if last < 0 {
		return new(buffers)
	}
	buf := free.list[last]
	free.list = free.list[:last]
	return buf
}

func (buf *buffers) put() {
	free.Lock()
	defer free.Unlock()
	free.list = append(free.list, buf)
}
