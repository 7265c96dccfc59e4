package kernel

// transposeAVX is [transpose] with AVX.
func transposeAVX(rows, cols int, dst []float32, ds int, src []float32, ss int) {
	const side = 8
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
