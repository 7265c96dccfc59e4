package analysis_test

import (
	"fmt"
	"math"
	"os"

	"ranksweep/analysis"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/results"
)

// Example stores four runs and asks how the onset gradient norm depends on rank.
func Example() {
	dir, err := os.MkdirTemp("", "store")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)

	store := results.Open(dir)
	for _, rank := range []int{4, 64} {
		for seed := range uint64(2) {
			onset := metrics.NoValues()
			onset[metrics.GradNorm] = (1 + float64(seed)) / math.Sqrt(float64(rank))
			err := store.Put(results.Run{
				ID:        fmt.Sprintf("lora-r%d-s%d", rank, seed),
				Cell:      fmt.Sprintf("lora-r%d", rank),
				Scheme:    "lora",
				Powers:    lora.Scheme{P: 1},
				Rank:      rank,
				Seed:      seed,
				Optimizer: "sgd",
				Status:    results.Done,
				Curve:     []metrics.Point{{Values: onset}},
			})
			if err != nil {
				fmt.Println(err)
				return
			}
		}
	}

	runs, problems := store.Runs()
	fmt.Println(len(runs), "runs,", len(problems), "problems")
	for _, arm := range analysis.Arms(analysis.Rows(runs)) {
		e, err := arm.Exponent(metrics.GradNormOnset)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s: r^%.2f over %d seeds, predicted r^%.2f\n", arm.Scheme, e.Value, e.Seeds, e.Predicted)
	}
	// Output:
	// 4 runs, 0 problems
	// lora: r^-0.50 over 2 seeds, predicted r^-0.50
}
