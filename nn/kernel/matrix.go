package kernel

import "gonum.org/v1/gonum/blas"

// A matrix is a view of op(A) or op(B): element (i, j) is data[i*rs+j*cs].
// One of the strides is 1.
type matrix struct {
	data   []float32
	rs, cs int
}

// operand returns op(A) for a matrix A stored by rows.
func operand(a []float32, ld int, t blas.Transpose) matrix {
	if t == blas.NoTrans {
		return matrix{a, ld, 1}
	}
	return matrix{a, 1, ld}
}

// from returns the part of m that begins at row i and column j.
func (m matrix) from(i, j int) matrix {
	m.data = m.data[i*m.rs+j*m.cs:]
	return m
}

// setSpan is the distance, in floats, of addresses that share a set of the L1
// cache, where it has 64 sets of 64 bytes, as most have.
const setSpan = 1024

// crowded tells whether what a tile reads of m, a strip of A, competes for few
// cache sets: rows side by side for one, or columns one after the other for two.
func (m matrix) crowded() bool { return m.cs == 1 && m.rs%setSpan == 0 || crowd(m.cs) }

// crowd tells whether addresses so many floats apart, one for each step along
// k, are in so few cache sets that none is still there when it is read again.
func crowd(stride int) bool { return stride%(setSpan/2) == 0 }

// spreadStride is the stride of rows of a spread matrix: a cache line more than
// they need.
const spreadStride = maxK + 16

// spreadColumn is the stride of columns of a spread strip: its rows, and what is
// missing to half a cache line.
func (u *micro) spreadColumn() int { return (u.rows + halfLine - 1) / halfLine * halfLine }

const halfLine = 8

// spreadWide is how many elements of a column are spread at once, as strips one
// after the other: cache lines in a row are fetched faster than one of each
// column, and each has parts of two strips.
const spreadWide = 128

// spreadRows copies the first rows × cols of m, stored by rows, to dst so that
// they do not crowd.
func spreadRows(dst []float32, m matrix, rows, cols int) matrix {
	copyRows(rows, cols, dst, spreadStride, m.data, m.rs)
	return matrix{dst, spreadStride, 1}
}

// spreadColumns copies the first cols columns of strips of m, stored by columns,
// from one on, to dst, each strip in a part of its own; each is the stride of its
// columns.
func spreadColumns(dst []float32, m matrix, strips cut, from, cols, each int) {
	var starts [spreadWide / halfLine]struct{ at, rows int }
	parts := min(spreadWide/each, strips.parts-from)
	first, _ := strips.part(from)
	for s := range parts {
		at, rows := strips.part(from + s)
		starts[s].at, starts[s].rows = at-first, rows
	}
	for p := range cols {
		column := m.data[first+p*m.cs:]
		for s, t := range starts[:parts] {
			copyFew(dst[(s*maxK+p)*each:][:t.rows], column[t.at:][:t.rows])
		}
	}
}

// copyFew is copy, without a call for 4 to 16 elements.
func copyFew(dst, src []float32) {
	switch n := len(src); {
	case n > 16 || n < 4:
		copy(dst, src)
	case n >= 8:
		*(*[8]float32)(dst) = *(*[8]float32)(src)
		*(*[8]float32)(dst[n-8:]) = *(*[8]float32)(src[n-8:])
	default:
		*(*[4]float32)(dst) = *(*[4]float32)(src)
		*(*[4]float32)(dst[n-4:]) = *(*[4]float32)(src[n-4:])
	}
}
