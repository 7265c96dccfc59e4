package kernel_test

import (
	"fmt"
	"log"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn/kernel"
)

// After Use, gonum computes products with this package, and a product that is cut by rows gives
// the bytes of the whole.
func Example() {
	if err := kernel.Use(); err != nil {
		log.Fatal(err)
	}
	small := matrix(2, 2)
	blas32.Gemm(blas.NoTrans, blas.NoTrans, 1,
		blas32.General{Rows: 2, Cols: 3, Stride: 3, Data: []float32{1, 2, 3, 4, 5, 6}},
		blas32.General{Rows: 3, Cols: 2, Stride: 2, Data: []float32{1, 0, 0, 1, 1, 1}},
		0, small)
	fmt.Println(small.Data)

	rng := rand.New(rand.NewPCG(1, 2))
	a, b := matrix(100, 300), matrix(300, 50)
	for _, m := range []blas32.General{a, b} {
		for i := range m.Data {
			m.Data[i] = float32(rng.NormFloat64())
		}
	}
	whole, parts := matrix(100, 50), matrix(100, 50)
	blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, a, b, 0, whole)
	for _, cut := range [][2]int{{0, 1}, {1, 64}, {64, 100}} {
		blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, rows(a, cut), b, 0, rows(parts, cut))
	}
	fmt.Println("the same bytes in parts:", slices.Equal(whole.Data, parts.Data))
	// Output:
	// [4 5 10 11]
	// the same bytes in parts: true
}

func matrix(rows, cols int) blas32.General {
	return blas32.General{Rows: rows, Cols: cols, Stride: cols, Data: make([]float32, rows*cols)}
}

// rows returns the part of m from one row to another.
func rows(m blas32.General, cut [2]int) blas32.General {
	m.Rows, m.Data = cut[1]-cut[0], m.Data[cut[0]*m.Stride:cut[1]*m.Stride]
	return m
}

// The activation of a feed-forward layer, gate σ(gate) up.
func ExampleSwiGLU() {
	act := make([]float32, 3)
	kernel.SwiGLU(act, []float32{0, 1, 10}, []float32{5, 2, 3})
	fmt.Printf("%.2f\n", act)
	// Output: [0.00 1.46 30.00]
}
