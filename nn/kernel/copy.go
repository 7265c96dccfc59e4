package kernel

// Copies of parts of matrices.

// copyRows copies a rows×cols matrix; ds and ss are the strides of its rows
// in dst and src.
func copyRows(rows, cols int, dst []float32, ds int, src []float32, ss int) {
	for i := range rows {
		copy(dst[i*ds:], src[i*ss:i*ss+cols])
	}
}

// copyStrip is [micro.copyStrip] for kernels whose tiles are at most half a line high.
func copyStrip(rows, cols int, dst, src []float32, ss int) {
	copyRows(cols, rows, dst, halfLine, src, ss)
}

// copyPanels copies a rows×cols matrix as panels of wide columns, which follow one another
// in dst. It goes row by row, so that src is read in its order; ss is the stride of its
// rows.
func copyPanels(rows, cols, wide int, dst []float32, src []float32, ss int) {
	for i := range rows {
		row := src[i*ss:]
		for j := 0; j < cols; j += wide {
			copy(dst[j*rows+i*wide:][:wide], row[j:])
		}
	}
}

// transpose copies a rows×cols matrix, stored by columns in src, to dst by
// rows; ds and ss are the strides of its rows and columns.
func transpose(rows, cols int, dst []float32, ds int, src []float32, ss int) {
	for j := range cols {
		for i, x := range src[j*ss : j*ss+rows] {
			dst[i*ds+j] = x
		}
	}
}
