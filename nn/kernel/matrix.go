package kernel

// Views of matrices, plain and transposed.

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

// from returns the part of m from row i and column j on.
func (m matrix) from(i, j int) matrix {
	m.data = m.data[i*m.rs+j*m.cs:]
	return m
}

// setSpan is the distance, in floats, between addresses that share a set of the L1 cache, if
// the cache has 64 sets of 64 bytes, as most have.
const setSpan = 1024

// crowded reports whether the elements of m, a strip of A, that a tile reads compete for few
// cache sets: its rows for one set, or its columns for two.
func (m matrix) crowded() bool { return m.cs == 1 && m.rs%setSpan == 0 || crowd(m.cs) }

// crowd reports whether addresses at a distance of stride floats, one for each step along k,
// share so few cache sets that none is still cached when it is read again.
func crowd(stride int) bool { return stride%(setSpan/2) == 0 }

// Stride returns the distance between rows of cols columns, as the right factor of products has them, with which
// these need not copy it first: cols, or a cache line more if rows that follow one another would crowd.
func Stride(cols int) int {
	if crowd(cols) {
		return cols + 2*halfLine
	}
	return cols
}

// spreadStride is the stride of rows in a spread strip: a cache line more than their length.
const spreadStride = maxK + 16

// spreadColumn is the stride of columns in a spread strip: the number of its rows, rounded
// up to half a cache line.
func (u *micro) spreadColumn() int { return (u.rows + halfLine - 1) / halfLine * halfLine }

const (
	halfLine  = 8
	maxColumn = (maxRows + halfLine - 1) / halfLine * halfLine
)

// spreadPanels is the smallest number of panels of B for which a strip of A stored by columns
// is copied even if its columns do not crowd: a tile uses only a part of each cache line.
const spreadPanels = 4

// spread returns the first rows × cols elements of m, a strip of A that is multiplied by n
// columns of B. It copies them to dst if that makes reading them faster.
func (u *micro) spread(dst []float32, m matrix, rows, cols, n int) matrix {
	switch {
	case !m.crowded() && (m.cs == 1 || n < spreadPanels*u.widest()):
		return m
	case m.cs == 1:
		copyRows(rows, cols, dst, spreadStride, m.data, m.rs)
		return matrix{dst, spreadStride, 1}
	default:
		each := u.spreadColumn()
		u.copyStrip(rows, cols, dst[:cols*each], m.data, m.cs)
		return matrix{dst, 1, each}
	}
}
