package paper_test

import (
	"fmt"
	"log"
	"math"
	"os"

	"ranksweep/analysis"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/paper"
	"ranksweep/results"
)

// Runs come from a store. Here they are made up: gradient norms at onset that
// follow theory, with a little noise.
func ExampleTables() {
	var runs []results.Run
	for i, rank := range []int{4, 64, 1024} {
		for seed := range 3 {
			noise := []float64{0.98, 1, 1.02}[(i+seed)%3]
			v := metrics.NoValues()
			v[metrics.GradNorm] = noise / math.Sqrt(float64(rank))
			runs = append(runs, results.Run{
				ID:   fmt.Sprint(rank, "-", seed),
				Cell: fmt.Sprint(rank), Scheme: "lora", Powers: lora.Scheme{P: 1},
				Rank: rank, Alpha: 16, Gamma: 16 / float64(rank),
				Seed: uint64(seed), Optimizer: "adamw", LR: 5e-5,
				Status: results.Done,
				Curve:  []metrics.Point{{Step: 0, Values: v}},
			})
		}
	}
	tables, err := paper.Tables(paper.NewView(analysis.Rows(runs), nil, results.Coverage{}))
	if err != nil {
		log.Fatal(err)
	}
	exponents := tables[1]
	exponents.Caption = "" // what all runs share
	if err := exponents.WriteMarkdown(os.Stdout); err != nil {
		log.Fatal(err)
	}
	// Output:
	// **Fitted powers of rank, with 95% intervals, and the powers that theory predicts**
	//
	// | scheme | quantity | fitted power | predicted power | runs | seeds | verdict |
	// |:---|:---|---:|---:|---:|---:|:---|
	// | LoRA | onset gradient norm (Frobenius) | -0.500 [-0.516, -0.484] | -0.5 | 9 | 3 | agrees |
	// | LoRA | mean gradient norm (Frobenius) | -0.500 [-0.516, -0.484] |  | 9 | 3 | no prediction |
}
