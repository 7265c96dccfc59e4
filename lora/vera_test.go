package lora

import (
	"math"
	"testing"

	"ranksweep/nn"
)

func naiveVeRA(_ Config, m *sumMap, i, j int) (sum float64) {
	v := m.addend.(*vectors)
	a, b := v.random.a, v.random.b
	for k, d := range v.d.Value {
		sum += float64(b.Data[i*b.Stride+k]) * float64(d) * float64(a.Data[k*a.Stride+j])
	}
	return float64(v.b.Value[i]) * sum
}

// TestVeRABegins: d is 0.1 and b zero. A and B are drawn up to √6/√fan-in; a smaller rank has the
// first rows of A, and columns of B that are larger by the root of the ranks' ratio.
func TestVeRABegins(t *testing.T) {
	at := func(rank int, seed uint64) *vectors {
		s, err := veRA{}.Attach(new(nn.Arena), wideModel(t), testConfig(rank), seed)
		check(t, err)
		return s.Trainables[1].(*sumMap).addend.(*vectors)
	}
	small, large := at(4, 7), at(16, 7)
	checkLargest(t, nn.Param{Name: "A", Value: small.random.a.Data}, math.Sqrt(6./256))
	checkLargest(t, nn.Param{Name: "B", Value: small.random.b.Data}, math.Sqrt(6./4))
	for i, v := range small.random.a.Data {
		if large.random.a.Data[i] != v {
			t.Fatalf("A[%d] is %g at rank 4, %g at rank 16", i, v, large.random.a.Data[i])
		}
	}
	for i, v := range small.random.b.Data {
		if w := 2 * large.random.b.Data[i/4*16+i%4]; math.Abs(float64(w-v)) > 1e-6 {
			t.Fatalf("B[%d, %d] is %g at rank 4, and %g as at rank 16", i/4, i%4, v, w)
		}
	}
	if at(4, 8).random.a.Data[0] == small.random.a.Data[0] {
		t.Error("two seeds have one A")
	}
	for i, d := range small.d.Value {
		if d != 0.1 {
			t.Errorf("d[%d] begins at %g", i, d)
		}
	}
	checkLargest(t, small.b.Param, 0)
}
