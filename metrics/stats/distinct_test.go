package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// madeUpRow follows a power of rank, with noise of 1% per run and 20% per seed.
func madeUpRow(rng *rand.Rand, power float64) (row []Observation) {
	for seed := range uint64(4) {
		level := math.Exp(0.2 * rng.NormFloat64())
		for _, rank := range []int{4, 16, 64, 256} {
			v := level * math.Pow(float64(rank), power) * math.Exp(0.01*rng.NormFloat64())
			row = append(row, Observation{rank, seed, v})
		}
	}
	return row
}

// changed returns a row with each value changed.
func changed(row []Observation, change func(o Observation) float64) (other []Observation) {
	for _, o := range row {
		o.Value = change(o)
		other = append(other, o)
	}
	return other
}

func TestDistinct(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	row := madeUpRow(rng, -0.5)
	times := func(c float64) []Observation {
		return changed(row, func(o Observation) float64 { return float64(float32(c * o.Value)) })
	}
	for _, test := range []struct {
		name string
		rows [][]Observation
		want string
	}{
		{"none", nil, "[]"},
		{"five multipliers", [][]Observation{times(16), times(4), times(1), times(1e-3), times(3e-5)}, "[[0 1 2 3 4]]"},
		{"norm and root mean square", [][]Observation{row, changed(row, func(o Observation) float64 {
			return o.Value / math.Sqrt(float64(64*o.Rank))
		})}, "[[0 1]]"},
		{"a multiplier that depends on rank", [][]Observation{row, changed(row, func(o Observation) float64 {
			return 16 / float64(o.Rank) * o.Value
		})}, "[[0 1]]"},
		{"the square", [][]Observation{row, changed(row, func(o Observation) float64 {
			return 0.1 * sq(o.Value)
		})}, "[[0 1]]"},
		{"the inverse", [][]Observation{row, changed(row, func(o Observation) float64 {
			return 1 / o.Value
		})}, "[[0 1]]"},
		{"independent draws", [][]Observation{row, madeUpRow(rng, -0.5), madeUpRow(rng, 0)}, "[[0] [1] [2]]"},
		{"one level a seed and independent draws", [][]Observation{row, changed(row, func(o Observation) float64 {
			return o.Value * math.Exp(0.01*rng.NormFloat64())
		})}, "[[0] [1]]"},
		{"a hundredth of the variance its own", [][]Observation{row, changed(row, func(o Observation) float64 {
			return o.Value * math.Exp(0.001*rng.NormFloat64())
		})}, "[[0 1]]"},
		{"a fifth of the variance its own", [][]Observation{row, changed(row, func(o Observation) float64 {
			return o.Value * math.Exp(0.005*rng.NormFloat64())
		})}, "[[0] [1]]"},
		{"two and two, mixed", [][]Observation{row, madeUpRow(rng, 0), times(2), nil}, "[[0 2] [1] [3]]"},
		{"a seed's level its own", [][]Observation{row, changed(row, func(o Observation) float64 {
			return o.Value * float64(1+o.Seed)
		})}, "[[0] [1]]"},
		{"three runs in common", [][]Observation{row, times(2)[:3]}, "[[0] [1]]"},
		{"four runs in common", [][]Observation{row, times(2)[:4]}, "[[0 1]]"},
		{"exact powers", [][]Observation{
			changed(row, func(o Observation) float64 { return 2 * float64(o.Rank) }),
			changed(row, func(o Observation) float64 { return 3 / float64(o.Rank) }), row,
		}, "[[0 1] [2]]"},
		{"absent values", [][]Observation{row, changed(row, func(Observation) float64 {
			return math.NaN()
		})}, "[[0] [1]]"},
		{"one rank", [][]Observation{
			{{4, 0, 1.1}, {4, 1, 1.2}, {4, 2, 1.4}, {4, 3, 1.3}, {4, 4, 1}},
			{{4, 0, 2.2}, {4, 1, 2.4}, {4, 2, 2.8}, {4, 3, 2.6}, {4, 4, 2}},
		}, "[[0 1]]"},
	} {
		if got := fmt.Sprint(Distinct(test.rows)); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// Independent rows are almost never taken for the same measurement, even with the fewest runs.
func TestIndependentRowsStayApart(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 5))
	same := 0
	for range 5000 {
		if len(Distinct([][]Observation{madeUpRow(rng, 0)[:enoughRuns], madeUpRow(rng, 0)[:enoughRuns]})) == 1 {
			same++
		}
	}
	if same > 5 { // one is expected, or less
		t.Errorf("%d of 5000 pairs of independent rows pass for one", same)
	}
}
