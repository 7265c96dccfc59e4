package nn_test

import (
	"fmt"

	"ranksweep/nn"
)

// One parameter w walks down (w−3)²; its gradient is 2(w−3).
func ExampleNewOptimizer() {
	w := nn.Param{Name: "w", Rows: 1, Cols: 1, Value: []float32{0}, Grad: []float32{0}}
	config, err := nn.DefaultOptimizer("adamw")
	if err != nil {
		fmt.Println(err)
		return
	}
	optimizer, err := nn.NewOptimizer(config, []nn.Param{w})
	if err != nil {
		fmt.Println(err)
		return
	}
	rates := nn.UniformRate(0.3)
	schedule := nn.Schedule{Name: "cosine", Warmup: 5, Steps: 60}
	for step := range schedule.Steps {
		w.Grad[0] = 2 * (w.Value[0] - 3)
		optimizer.Step(rates.Times(schedule.Factor(step)))
	}
	fmt.Printf("%.1f\n", w.Value[0])
	// Output: 3.0
}
