package external

import (
	"path/filepath"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/lora"
	"ranksweep/nn"
	"ranksweep/train/arrays"
)

// BenchmarkFactor draws the first factor of a map of a model of 7B parameters at rank 2048,
// and hands it over in a file.
func BenchmarkFactor(b *testing.B) {
	const rank, width = 2048, 4096
	l := &nn.Linear{Name: "x", Weight: blas32.General{Rows: width, Cols: width}}
	draw, path := lora.Init{Kind: lora.KaimingUniform}, filepath.Join(b.TempDir(), "x.safetensors")
	b.SetBytes(4 * rank * width)
	for b.Loop() {
		name, rows, cols := factorName(draw, l, rank)
		all := arrays.Set{name: arrays.Floats32(rows, cols, func() []float32 { return draw.Drawn(rank, l, 0).Data })}
		check(b, all.Write(path, nil))
	}
}
