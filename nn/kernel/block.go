package kernel

// A block of the right factor, cut into the panels that micro-kernels read.

// A block is a k×n part of B, cut into panels as wide as the widest tile and a narrower
// last one. If B is stored by rows, panels are usually read in place, which is faster than
// copying them first, even from long rows. Panels are packed, that is, copied by rows, if
// B is stored by columns, or if their rows crowd and are read often.
type block struct {
	k, n   int
	panels matrix // the first of the wide panels
	step   int    // distance from one panel to the next, in panels.data
	last   matrix // the narrow panel, if n is not a multiple of the widest
}

// readInPlace is the largest number of strips of A for which reading a crowded block in
// place costs less than packing it.
const readInPlace = 4

// newBlock makes a block that will be multiplied by m rows of A.
func (u *micro) newBlock(b matrix, k, n, m int, buf []float32) block {
	wide := u.widest()
	blk := block{k: k, n: n, panels: b, step: wide}
	narrow := n % wide
	packs := b.cs != 1 || crowd(b.rs) && m > readInPlace*u.rows
	if packs {
		blk.panels, blk.step = matrix{buf, wide, 1}, k*wide
		if b.cs == 1 {
			copyPanels(k, n-narrow, wide, buf, b.data, b.rs)
		} else {
			for j := 0; j < n-narrow; j += wide {
				u.pack(buf[j*k:], b.from(0, j), k, wide)
			}
		}
	}
	if narrow > 0 {
		j := n - narrow
		blk.last = b.from(0, j)
		if packs || narrow != u.fit(narrow) {
			blk.last = u.pack(buf[j*k:], blk.last, k, narrow)
		}
	}
	return blk
}

// pack copies the first k×cols elements of b to dst as a panel, filled with zeros to the
// width of the tile that holds it.
func (u *micro) pack(dst []float32, b matrix, k, cols int) matrix {
	width := u.fit(cols)
	dst = dst[:k*width]
	if cols < width {
		clear(dst)
	}
	if b.cs == 1 {
		copyRows(k, cols, dst, width, b.data, b.rs)
	} else {
		u.transpose(k, cols, dst, width, b.data, b.cs)
	}
	return matrix{dst, width, 1}
}
