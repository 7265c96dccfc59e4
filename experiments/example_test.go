package experiments_test

import (
	"fmt"
	"log"

	"ranksweep/experiments"
)

// An embedded experiment with another grid, and the runs of that grid.
func Example() {
	fmt.Println(experiments.Names()[:3]) // the first of the embedded experiments

	e, err := experiments.Load("quickstart")
	if err != nil {
		log.Fatal(err)
	}
	if err := e.Set("rank=[4,64]", "scaling=[lora,rslora]", "seed=0", "alpha=16"); err != nil {
		log.Fatal(err)
	}
	points, err := e.Configs()
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range points {
		fmt.Println(p, "gamma", p.Config.Adapter.Gamma())
	}
	// Output:
	// [best-rates equal-cost finite-ranks]
	// rank=4 scaling=lora seed=0 gamma 4
	// rank=4 scaling=rslora seed=0 gamma 8
	// rank=64 scaling=lora seed=0 gamma 0.25
	// rank=64 scaling=rslora seed=0 gamma 2
}
