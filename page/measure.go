package page

import (
	"slices"

	"ranksweep/analysis"
	"ranksweep/metrics"
	"ranksweep/results"
)

// A measure is a number that each run has.
type measure struct {
	Name    string   `json:"name"`
	Label   string   `json:"label"`
	Unit    string   `json:"unit"`
	Meaning string   `json:"meaning"`
	Values  []float  `json:"values,omitempty"` // of each reported run; left out if the column of this name has them
	Means   []spread `json:"means,omitempty"`  // of each cell; none of what a run costs
	Theory  []float  `json:"theory,omitempty"` // of each cell, on theory's line; left out if there is none
	Loss    bool     `json:"loss,omitempty"`   // less of it is better
}

// A spread is a mean over the seeds of a cell with the ends of its 95% interval, and how many seeds they are.
type spread struct {
	Mean float `json:"mean"`
	Low  float `json:"low"`
	High float `json:"high"`
	N    int   `json:"n"`
}

// measuresOf are the statistics that some run has, and what runs cost.
func measuresOf(cells []analysis.Cell, rows []analysis.Row) (all []measure) {
	arms := analysis.Arms(rows)
	for _, s := range metrics.Statistics {
		m := measure{Name: s.Name, Label: s.Label, Unit: s.Unit, Meaning: s.Meaning(), Loss: s.IsLoss()}
		for _, r := range rows {
			m.Values = append(m.Values, float(r.Statistic(s)))
		}
		if !slices.ContainsFunc(m.Values, float.finite) {
			continue
		}
		for _, c := range cells {
			i := c.Statistic(s)
			m.Means = append(m.Means, spread{float(i.Mean), float(i.Low), float(i.High), i.N})
		}
		m.Theory = theoryOf(s, arms)
		all = append(all, m)
	}
	for _, c := range costs {
		m := c.measure
		for _, r := range rows {
			m.Values = append(m.Values, float(c.of(r)))
		}
		all = append(all, m)
	}
	return all
}

// costs are numbers of which no mean is taken.
var costs = []struct {
	measure
	of func(analysis.Row) float64
}{
	{measure{Name: "gamma", Label: "multiplier γ", Meaning: "what BA is multiplied by"},
		func(r analysis.Row) float64 { return r.Gamma }},
	{measure{Name: "flops", Label: "operations of training", Unit: "FLOP", Meaning: "counted from shapes"},
		func(r analysis.Row) float64 { return r.Flops }},
	{measure{Name: "seconds", Label: "time of training", Unit: "s",
		Meaning: "it differs from one execution to the next"},
		func(r analysis.Row) float64 { return r.Timing.Seconds }},
}

// leaveOut leaves out values that a column has at the rows of the reported runs.
func (m *measure) leaveOut(columns []column, shown []int) {
	i := slices.IndexFunc(columns, func(c column) bool { return c.Name == m.Name })
	if i < 0 {
		return
	}
	for k, v := range m.Values {
		if results.FormatFloat(float64(v)) != columns[i].cell(shown[k]) {
			return
		}
	}
	m.Values = nil
}
