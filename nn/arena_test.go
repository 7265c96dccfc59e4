package nn

import (
	"runtime"
	"testing"
)

// TestPassIsCounted: what is counted of a pass is what is allocated for it, to
// the byte. The shapes are such that the runtime rounds no buffer up.
func TestPassIsCounted(t *testing.T) {
	const tokens = 2048
	for name, c := range variantConfigs() {
		c.Dim, c.Vocab, c.Context = 128, 2048, tokens
		if c.Positions > 0 {
			c.Positions = c.Context + c.PositionOffset
		}
		m := variantModel(t, c)
		checkCount(t, name, func(arena *Arena) any {
			p, err := NewPassIn(arena, m, tokens, nil)
			check(t, err)
			return p
		})
	}
}

func TestOptimizerIsCounted(t *testing.T) {
	for _, c := range testOptimizers() {
		params := []Param{{Rows: 128, Cols: 64}, {Rows: 64, Cols: 256}, {Rows: 4, Cols: 64}}
		for i, p := range params {
			params[i].Value, params[i].Grad = make([]float32, p.Rows*p.Cols), make([]float32, p.Rows*p.Cols)
		}
		checkCount(t, c.Name, func(arena *Arena) any {
			o, err := NewOptimizerIn(arena, c, params)
			check(t, err)
			return o
		})
	}
}

func TestFullMapAndBatchAreCounted(t *testing.T) {
	l := &Linear{Weight: NewMatrix(64, 128)}
	checkCount(t, "a map", func(arena *Arena) any { return NewFullMap(arena, l) })
	checkCount(t, "a batch", func(arena *Arena) any { b := NewBatch(arena, 256); return &b })
}

// checkCount holds the count of what build makes to the heap that it takes beyond
// the same build without buffers, and this one to less than a page, so that no
// buffer is made beside the arena. Now and then the runtime takes a little for
// itself in between, so that one of several tries must be exact.
func checkCount(t *testing.T, name string, build func(*Arena) any) {
	t.Helper()
	const page = 8 << 10
	var buffers, headers int64
	made, counted := new(Arena), &Arena{Counting: true}
	for range 5 {
		*made, *counted = Arena{}, Arena{Counting: true}
		headers = grown(counted, build)
		buffers = grown(made, build) - headers
		if buffers == counted.Bytes && buffers == made.Bytes && headers < page {
			return
		}
	}
	t.Errorf("%s: buffers of %d bytes are allocated, %d were counted so, and %d without, in %d",
		name, buffers, made.Bytes, counted.Bytes, headers)
}

// grown is how much heap stays in use for what build makes.
func grown(arena *Arena, build func(*Arena) any) int64 {
	before := heap()
	built := build(arena)
	defer runtime.KeepAlive(built)
	return heap() - before
}

func heap() int64 {
	runtime.GC()
	runtime.GC() // what lies in a pool survives one collection
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
