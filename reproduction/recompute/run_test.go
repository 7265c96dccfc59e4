package recompute

import "strconv"

// run is a row of runs.csv, with its curve and its validation batches.
type run struct {
	columns map[string]int
	row     []string
	axes    [][2]string
	curve   []point
	cells   [][]string // the rows of its curve in the file
	batches []batch
	grid    *localGrid // that the run stands for; nil where there is none
}

// point is a row of curves.csv.
type point struct {
	step   int
	values map[string]float64
}

// batch is a row of validation.csv.
type batch struct{ scored, nats float64 }

func (r *run) text(column string) string {
	i, ok := r.columns[column]
	if !ok {
		return ""
	}
	return r.row[i]
}

// num is NaN if the field is empty.
func (r *run) num(column string) float64 {
	v, err := strconv.ParseFloat(r.text(column), 64)
	if err != nil {
		return nan
	}
	return v
}

func (r *run) whole(column string) int {
	n, _ := strconv.Atoi(r.text(column))
	return n
}

func (r *run) rank() int      { return r.whole("rank") }
func (r *run) seed() int      { return r.whole("seed") }
func (r *run) done() bool     { return r.text("status") == "done" }
func (r *run) diverged() bool { return r.text("status") == "diverged" }
func (r *run) scheme() string { return r.text("scheme") }

// axis is the run's value on an axis; empty if it has none.
func (r *run) axis(name string) string {
	for _, a := range r.axes {
		if a[0] == name {
			return a[1]
		}
	}
	return ""
}

// rate is the learning rate; for a local grid of rates, the rate of its lowest point.
func (r *run) rate() float64 {
	if r.grid != nil && r.grid.axis == "lr" {
		return r.grid.value
	}
	return r.num("lr")
}

// value is a statistic of the run; for a local grid, the final validation loss is that of its
// lowest point.
func (r *run) value(statistic string) float64 {
	if r.grid != nil && statistic == "val_loss" {
		return r.grid.loss
	}
	return r.num(statistic)
}

func (r *run) expected(statistic string) float64 { return r.num("expected_" + statistic) }

// overExpected is a statistic divided by its expected value. Both are squared, unless theory
// expects the mean of the statistic itself.
func (r *run) overExpected(statistic string) float64 {
	ratio := r.value(statistic) / r.expected(statistic)
	if isMean(statistic) {
		return ratio
	}
	return ratio * ratio
}

// learned is how far the validation loss fell.
func (r *run) learned() float64 { return r.num("val_loss_onset") - r.value("val_loss") }

// at is a quantity of the curve at a step.
func (r *run) at(step int, quantity string) float64 {
	for _, p := range r.curve {
		if p.step == step {
			if v, ok := p.values[quantity]; ok {
				return v
			}
		}
	}
	return nan
}
