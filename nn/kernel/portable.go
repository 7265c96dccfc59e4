package kernel

// The portable kernel in plain Go, with which the kernels in assembly are compared.

// portable runs everywhere. Its tile is the largest whose sums a Go compiler can keep in
// registers.
var portable = micro{name: "portable", rows: 4, cols: []int{4}, tile: sgemmPortable, transpose: transpose,
	copyStrip: copyStrip, bf16: &bf16Portable}

// sgemmPortable is a micro-kernel; see [micro]. The conversions to float32
// forbid the compiler to fuse a multiplication with an addition, so that all
// platforms give the same bytes.
func sgemmPortable(rows, cols, k int, a []float32, ars, acs int, b []float32, bs int, c []float32, cs int, alpha,
	beta float32) {
	for i := range rows {
		row := c[i*cs : i*cs+cols]
		sums := dot4(a[i*ars:], acs, b, bs, k)
		for j := range row {
			sum := float32(alpha * sums[j])
			if beta != 0 {
				sum += float32(beta * row[j])
			}
			row[j] = sum
		}
	}
}

// dot4 multiplies a row of A by four columns of B.
func dot4(a []float32, as int, b []float32, bs, k int) [4]float32 {
	var s0, s1, s2, s3 float32
	for p := range k {
		x, y := a[p*as], b[p*bs:p*bs+4:p*bs+4]
		s0 += float32(x * y[0])
		s1 += float32(x * y[1])
		s2 += float32(x * y[2])
		s3 += float32(x * y[3])
	}
	return [4]float32{s0, s1, s2, s3}
}
