package nn

// Arena: where a run's buffers come from, and how their memory is counted.

import (
	"unsafe"

	"gonum.org/v1/gonum/blas/blas32"
)

// Arena makes the buffers of a run and counts their bytes. An arena that is Counting
// makes no buffers: its slices are nil, and its matrices have a shape but no data. The
// constructors of a run use it to find out how much memory the run will take, without
// taking any. A constructor therefore fills a buffer only if the arena is not counting.
//
// The zero Arena allocates. An Arena is for one goroutine at a time.
type Arena struct {
	Counting bool
	Bytes    int64 // size of all buffers that were asked for
}

// Make returns n zeros of any type; nil if the arena is counting.
func Make[T any](arena *Arena, n int) []T {
	var zero T
	arena.Bytes += int64(n) * int64(unsafe.Sizeof(zero))
	if arena.Counting {
		return nil
	}
	return make([]T, n)
}

// Floats returns n zeros; nil if the arena is counting.
func (arena *Arena) Floats(n int) []float32 { return Make[float32](arena, n) }

// Matrix returns a zero matrix of the given shape, rows adjacent. It has no
// data if the arena is counting.
func (arena *Arena) Matrix(rows, cols int) blas32.General {
	return blas32.General{Rows: rows, Cols: cols, Stride: cols, Data: arena.Floats(rows * cols)}
}
