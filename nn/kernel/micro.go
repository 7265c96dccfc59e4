package kernel

// The table of functions that each kernel (portable, AVX2, AVX-512, NEON) provides.

// A micro is a micro-kernel, that is, code that computes a tile of C in registers, together
// with everything else that depends on the instruction set.
type micro struct {
	name string
	rows int   // rows of the highest tile
	cols []int // columns of the tiles, narrowest first
	wide bool  // whether element-wise functions are by AVX-512
	// tile computes C = alpha A B + beta C for a tile of C with 1 ≤ rows and
	// 1 ≤ cols within the bounds above, and k ≥ 1. A has row stride ars and column stride
	// acs; B and C have row strides bs and cs. In each row of B it may read as many elements
	// as the narrowest tile that holds cols is wide; in C it reads and writes only the first
	// cols. C is not read if beta is 0.
	tile func(rows, cols, k int, a []float32, ars, acs int, b []float32, bs int, c []float32, cs int, alpha,
		beta float32)
	// transpose copies a rows×cols matrix, stored by columns in src, to dst
	// by rows; ds and ss are the strides of its rows and columns.
	transpose func(rows, cols int, dst []float32, ds int, src []float32, ss int)
	// copyStrip copies a strip of A stored by columns; ss is the stride of its columns. The
	// stride in dst is [micro.spreadColumn]; the space between columns may get any values.
	copyStrip func(rows, cols int, dst, src []float32, ss int)
	// bf16 is the micro-kernel for pairs of bfloat16; see [BF16]. It has roundPairs and pairRows,
	// which a micro-kernel for float32 lacks, and lacks copyStrip and bf16.
	bf16       *micro
	roundPairs func(dst, src []float32)
	pairRows   func(rows, cols, width int, dst, src []float32, ss int)
}

// widest returns the columns of the widest tile.
func (u *micro) widest() int { return u.cols[len(u.cols)-1] }

// fit returns the columns of the narrowest tile that holds cols columns.
func (u *micro) fit(cols int) int {
	for _, w := range u.cols {
		if w >= cols {
			return w
		}
	}
	panic("kernel: no tile is so wide")
}

// maxRows and maxWidth bound the rows and the columns of a tile.
const (
	maxRows  = 14
	maxWidth = 32
)
