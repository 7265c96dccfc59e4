// Package nntest makes a small model for the tests of packages that train one.
package nntest

import (
	"math/rand/v2"
	"testing"

	"ranksweep/nn"
)

// Model returns a model of two blocks, the same each time. Its maps have different shapes, with
// sides from 6 to 20, below and above the ranks of most tests.
func Model(t testing.TB) *nn.Model {
	t.Helper()
	m, err := nn.New(nn.Config{
		Vocab: 17, Dim: 12, Layers: 2, Heads: 2, KVHeads: 1, HeadDim: 6, Hidden: 20,
		Context: 16, NormEps: 1e-5, RopeTheta: 100,
	})
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for _, tensor := range m.Tensors() {
		Fill(tensor.Data, rng)
	}
	return m
}

// Fill draws normal values of standard deviation 0.3.
func Fill(x []float32, rng *rand.Rand) {
	for i := range x {
		x[i] = float32(0.3 * rng.NormFloat64())
	}
}
