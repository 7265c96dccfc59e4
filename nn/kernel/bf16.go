package kernel

// Products with a right factor in bfloat16.

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// A BF16 is a K×N matrix in bfloat16, the higher half of a float32, kept in the order in
// which products read it as their right factor. It takes half the memory of a float32
// matrix.
//
// A product rounds its left factor to bfloat16 too (to the nearest, halves to even). It
// sums in float32 along K, in blocks whose lengths depend only on K. Its arithmetic is
// that of the instruction VDPBF16PS: of two neighbours along K the second is multiplied
// and added first, each product is fused with its sum, and denormal elements and sums
// count as zero. The kernels that use this instruction, AVX2 or portable Go give the same
// bytes; only the bits of a NaN depend on the CPU.
//
// With u = 2⁻²⁴ and v = 2⁻⁹, barring overflow and underflow and to first order in u, the
// error of an element is at most (2v + v² + (K+K/512+2)u) Σ|aᵢₚ||bₚⱼ|, plus u times the old
// value if the product is added to one. v comes from the rounding of each factor.
type BF16 struct {
	K, N  int
	words []float32 // (⌈K/2⌉, N) pairs along K, the second one in the higher half
}

// NewBF16 rounds op(B) to bfloat16.
func NewBF16(b blas32.General, t blas.Transpose) *BF16 {
	m := BF16{K: b.Rows, N: b.Cols}
	if t != blas.NoTrans {
		m.K, m.N = b.Cols, b.Rows
	}
	op := operand(b.Data, b.Stride, t)
	m.words = make([]float32, (m.K+1)/2*m.N)
	for i := range m.words {
		at := i/m.N*2*op.rs + i%m.N*op.cs
		even, odd := op.data[at], float32(0)
		if i/m.N*2+1 < m.K {
			odd = op.data[at+op.rs]
		}
		m.words[i] = pair(even, odd)
	}
	return &m
}

// Bytes returns the memory that a K×N matrix takes.
func (m *BF16) Bytes() int64 { return 4 * int64(len(m.words)) }

// Multiply computes C = A B for B = m or, if adds is set, C += A B, on the calling
// goroutine and on goroutines in [Help]. It panics if shapes differ.
func (m *BF16) Multiply(c, a blas32.General, adds bool) { m.multiply(inUse.bf16, c, a, adds) }

func (m *BF16) multiply(u *micro, c, a blas32.General, adds bool) {
	if a.Cols != m.K || c.Cols != m.N || a.Rows != c.Rows {
		panic(fmt.Sprintf("kernel: product of (%d, %d) and (%d, %d) into (%d, %d)", a.Rows, a.Cols, m.K, m.N,
			c.Rows, c.Cols))
	}
	var beta float32
	if adds {
		beta = 1
	}
	if c.Rows == 0 || m.N == 0 {
		return
	}
	if m.K == 0 {
		scale(c.Data, c.Stride, c.Rows, m.N, beta)
		return
	}
	gemm{u, matrix{a.Data, a.Stride, 1}, matrix{m.words, m.N, 1}, false, c.Data, c.Stride, a.Rows, m.N, m.K, 1,
		beta}.shared()
}

// RoundBF16 rounds x to bfloat16.
func RoundBF16(x []float32) {
	for i, v := range x {
		x[i] = math.Float32frombits(uint32(bf16(v)) << 16)
	}
}

// bf16 returns x rounded to bfloat16: to the nearest, halves to even.
func bf16(x float32) uint16 {
	bits := math.Float32bits(x)
	if x != x {
		return uint16((bits | 1<<22) >> 16) // a quiet NaN: the digits that are cut off may be its only ones
	}
	return uint16((bits + 0x7fff + bits>>16&1) >> 16)
}

// pair returns the word of two elements. The word is no meaningful number, and is only moved.
func pair(even, odd float32) float32 {
	return math.Float32frombits(uint32(bf16(even)) | uint32(bf16(odd))<<16)
}

// roundPairs rounds src to pairs of bfloat16; an incomplete last pair is completed by zero.
func roundPairs(dst, src []float32) {
	for ; len(src) > 1; dst, src = dst[1:], src[2:] {
		dst[0] = pair(src[0], src[1])
	}
	if len(src) == 1 {
		dst[0] = pair(src[0], 0)
	}
}

// pairRows rounds a rows×cols matrix to pairs of neighbouring rows. The rows of dst follow one another and have
// width words, of which those beyond cols are zero; ss is the stride of the rows of src. An incomplete last pair is
// completed by zeros.
func pairRows(rows, cols, width int, dst, src []float32, ss int) {
	for i := 0; i < rows; i += 2 {
		words := dst[i/2*width:][:width]
		clear(words[cols:])
		for j, even := range src[i*ss:][:cols] {
			odd := float32(0)
			if i+1 < rows {
				odd = src[(i+1)*ss+j]
			}
			words[j] = pair(even, odd)
		}
	}
}

// paired rounds the first rows × cols elements of m, a strip of A, to pairs along its rows in dst.
func (u *micro) paired(dst []float32, m matrix, rows, cols int) matrix {
	if m.cs != 1 {
		width := u.spreadColumn()
		u.pairRows(cols, rows, width, dst, m.data, m.cs)
		return matrix{dst, 1, width}
	}
	for i := range rows {
		u.roundPairs(dst[i*spreadStride:][:(cols+1)/2], m.data[i*m.rs:][:cols])
	}
	return matrix{dst, spreadStride, 1}
}

// bf16Portable is the portable kernel of pairs, which is slow.
var bf16Portable = micro{name: "portable", rows: 4, cols: []int{4}, tile: bf16TilePortable, transpose: transpose,
	roundPairs: roundPairs, pairRows: pairRows}

// bf16TilePortable is a micro-kernel of pairs; see [micro].
func bf16TilePortable(rows, cols, k int, a []float32, ars, acs int, b []float32, bs int, c []float32, cs int, alpha,
	beta float32) {
	for i := range rows {
		for j := range cols {
			var sum float32
			for p := range k {
				x, y := math.Float32bits(a[i*ars+p*acs]), math.Float32bits(b[p*bs+j])
				sum = addProduct(x&0xffff0000, y&0xffff0000, sum)
				sum = addProduct(x<<16, y<<16, sum)
			}
			sum *= alpha
			if beta != 0 {
				sum += float32(beta * c[i*cs+j])
			}
			c[i*cs+j] = sum
		}
	}
}

// addProduct returns xy + z for the bits of two elements, rounded once and to the nearest;
// denormal inputs and results count as zero. z is not denormal.
//
// In float64 the product is exact. The sum of its 16 digits and the 24 of z is exact too,
// unless one is so small that it does not matter: the second rounding then gives the same
// as rounding once.
func addProduct(x, y uint32, z float32) float32 {
	sum := flushed(x)*flushed(y) + float64(z)
	// A sum is tiny if it would round below the smallest normal number, with 24 digits
	// and an unlimited exponent.
	if math.Abs(sum) < 0x1p-126-0x1p-151 {
		return float32(math.Copysign(0, sum))
	}
	return float32(sum)
}

// flushed returns the float32 with these bits; zero for a denormal number.
func flushed(bits uint32) float64 {
	if bits&0x7f800000 == 0 {
		bits &= 0x80000000
	}
	return float64(math.Float32frombits(bits))
}
