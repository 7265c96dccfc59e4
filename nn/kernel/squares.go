//go:build amd64 || arm64

package kernel

// Transposition: whole squares in assembly, the rest in Go.

// transposeBySquares is [transpose] with assembly for whole squares.
func transposeBySquares(rows, cols int, dst []float32, ds int, src []float32, ss int) {
	wholeRows, wholeCols := rows/side*side, cols/side*side
	if wholeRows > 0 && wholeCols > 0 {
		transposeSquares(wholeRows, wholeCols, dst, ds, src, ss)
	}
	if wholeRows < rows {
		transpose(rows-wholeRows, wholeCols, dst[wholeRows*ds:], ds, src[wholeRows:], ss)
	}
	if wholeCols < cols {
		transpose(rows, cols-wholeCols, dst[wholeCols:], ds, src[wholeCols*ss:], ss)
	}
}
