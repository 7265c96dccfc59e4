package analysis

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"ranksweep/grid"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/results"
)

// testRun is a run of a small grid, whose onset gradient norm is theory's times a factor that
// depends on the seed.
func testRun(scheme string, p float64, rank int, seed uint64) results.Run {
	cell := fmt.Sprintf("%s-%d", scheme, rank)
	r := results.Run{
		ID: fmt.Sprintf("%s-%d", cell, seed), Cell: cell, TwinID: cell, Experiment: "test",
		Scheme: scheme, Powers: lora.Scheme{P: p}, Rank: rank, Alpha: 16, Gamma: 16 / math.Pow(float64(rank), p),
		Seed: seed, Optimizer: "adamw", LR: 5e-5,
		Axes:   axes("rank", strconv.Itoa(rank), "scaling", scheme, "seed", strconv.FormatUint(seed, 10)),
		Status: results.Done, Steps: 2, Tokens: 200,
		Provenance: results.Provenance{Numerics: 1, ModelHash: "m", DataHash: "d", Kernel: "gonum"},
	}
	for step := range 3 {
		v := metrics.NoValues()
		v[metrics.TrainLoss] = 2 - float64(step)/3 + float64(seed)/100
		v[metrics.GradNorm] = r.Gamma * math.Sqrt(float64(rank)) * (1 + float64(seed)/8)
		r.Curve = append(r.Curve, metrics.Point{Step: step, Tokens: int64(100 * step), Values: v})
	}
	return r
}

// testGrid is LoRA and rsLoRA at three ranks with two seeds, in mixed order.
func testGrid() []results.Run {
	var runs []results.Run
	for _, rank := range []int{64, 4, 16} {
		for _, seed := range []uint64{1, 0} {
			runs = append(runs, testRun("rslora", 0.5, rank, seed), testRun("lora", 1, rank, seed))
		}
	}
	return runs
}

// axes makes coordinates of names and values, in turn.
func axes(pairs ...string) (all []grid.Coordinate) {
	for pair := range slices.Chunk(pairs, 2) {
		all = append(all, grid.Coordinate{Name: pair[0], Value: pair[1]})
	}
	return all
}
