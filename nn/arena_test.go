package nn

import (
	"testing"

	"ranksweep/nn/heaptest"
)

// TestPassIsCounted: the counted size of a pass equals the size that is allocated for it, to
// the byte. The shapes are chosen so that the runtime rounds no buffer up.
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

// checkCount compares the counted size of what build makes with the heap that it takes in
// addition to a build with a counting arena. The heap of the latter must be below a page, so
// that no buffer is made outside the arena.
func checkCount(t *testing.T, name string, build func(*Arena) any) {
	t.Helper()
	const page = 8 << 10
	made, counted := new(Arena), &Arena{Counting: true}
	headers := heaptest.Grown(func() any { return build(counted) })
	buffers := heaptest.Grown(func() any { return build(made) }) - headers
	if buffers != counted.Bytes || buffers != made.Bytes || headers >= page {
		t.Errorf("%s: buffers of %d bytes are allocated, %d were counted so, and %d without, in %d",
			name, buffers, made.Bytes, counted.Bytes, headers)
	}
}
