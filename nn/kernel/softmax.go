package kernel

// Softmax of one row, forward and backward.

import "math"

// Softmax turns x into scale softmax(x),
//
//	xᵢ = scale e^(xᵢ−top) / sum,  top = max x,  sum = Σ e^(xᵢ−top),
//
// and returns top and sum. If an element is NaN or +∞, or if all are −∞, the softmax is not
// defined and all of x becomes NaN.
//
// All kernels give the same bytes. With u = 2⁻²⁴, n elements, and barring underflow, the
// relative error is to first order at most (2 + ln n)u for sum, and (6 + top − x + ln n)u
// for an element that was x. The difference top − x is rounded before the exponential; its
// average over softmax(x) is at most ln n, the largest entropy.
func Softmax(x []float32, scale float64) (top float32, sum float64) { return inUse.softmax(x, scale) }

func (u *micro) softmax(x []float32, scale float64) (top float32, sum float64) {
	top = u.largest(x)
	u.exp(x, x, top)
	sum = u.total(x)
	u.scale(x, float32(scale/sum))
	return top, sum
}

// largest returns max x, or −∞ if x is empty. It ignores NaN, which shows up in the
// exponentials anyway.
func (u *micro) largest(x []float32) float32 {
	var m [parts]float32
	for i := range m {
		m[i] = float32(math.Inf(-1))
	}
	x = x[u.largestVectors(&m, x):]
	for i, v := range x {
		if v > m[i%parts] {
			m[i%parts] = v
		}
	}
	return max(m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7])
}

// total returns Σ xᵢ, in float64.
func (u *micro) total(x []float32) float64 {
	var s [parts]float64
	x = x[u.totalVectors(&s, x):]
	for i, v := range x {
		s[i%parts] += float64(v)
	}
	return fold(&s)
}

// SoftmaxBackward computes the gradient of p = softmax(x), where lse is the logarithm of the
// sum of exponentials of x and delta is Σ pᵢ dpᵢ. It turns x into p, and turns dx from the
// gradient of p into the gradient of x:
//
//	xᵢ = e^(xᵢ−lse),  dxᵢ = xᵢ (dxᵢ − delta)
//
// The slices have one length. All kernels give the same bytes. With u = 2⁻²⁴ and barring
// underflow, the relative error is to first order at most (2 + |x − lse|)u for p, and 2u
// more for dx.
func SoftmaxBackward(x, dx []float32, lse, delta float32) { inUse.softmaxBackward(x, dx, lse, delta) }

func (u *micro) softmaxBackward(x, dx []float32, lse, delta float32) {
	u.exp(x, x, lse)
	u.jacobian(dx, x, delta)
}

// jacobian sets dx[i] = p[i] (dx[i] - delta).
func (u *micro) jacobian(dx, p []float32, delta float32) {
	dx = dx[:len(p)]
	for i := u.jacobianVectors(dx, p, delta); i < len(p); i++ {
		dx[i] = p[i] * (dx[i] - delta)
	}
}
