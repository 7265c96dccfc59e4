package grid

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"ranksweep/metrics/stats"
)

// Choice is what tuning tried for one cell and what it chose: a combination of values on the
// axes that an experiment is about, with the candidates for its nuisance values.
type Choice struct {
	Axes       []Coordinate // the axes without seed and nuisance axes
	Candidates []Candidate  // in rising order of their values
	Best       int          // index of the chosen candidate; -1 while a run is missing or failed
	Local      bool         // reported runs have local grids around the chosen value, which may go beyond an edge
}

// Candidate is a combination of nuisance values, tried on the seeds of tuning.
type Candidate struct {
	Axes    []Coordinate // the nuisance axes
	Results []Result     // in order of seed
	Missing int
}

// Result is what the choice needs to know of a run that tunes.
type Result struct {
	Seed     uint64
	Loss     float64 // final validation loss; NaN if there is none
	Steps    int     // number of updates made
	Diverged bool
	Failed   bool
}

// Choose finds, for each cell, the nuisance values with the lowest mean final validation loss
// over the seeds of tuning; result returns the result of the run with an ID, if there is one.
// Values under which a run diverged are worse than values under which none did; among them,
// fewer diverged runs are better, and if all diverged, more steps before that. Among equals
// the lower values are chosen. Cells are in the grid's order.
func (g Grid) Choose(result func(id string) (Result, bool)) []Choice {
	var all []Choice
	cells := make(map[string]int)
	for _, p := range g.Tuning {
		cell, values := g.Partition(p.Axes)
		i, ok := cells[cell]
		if !ok {
			i = len(all)
			cells[cell] = i
			all = append(all, Choice{Axes: g.cellAxes(p.Axes), Local: g.Local})
		}
		c := all[i].candidate(values)
		if r, ok := result(p.ID); ok {
			c.Results = append(c.Results, r)
		} else {
			c.Missing++
		}
	}
	for i := range all {
		all[i].choose()
	}
	return all
}

// Key identifies the cell.
func (c Choice) Key() string { return Key(c.Axes) }

// candidate returns the candidate with the given values, and adds it if need be.
func (c *Choice) candidate(values []Coordinate) *Candidate {
	i := slices.IndexFunc(c.Candidates, func(d Candidate) bool { return slices.Equal(d.Axes, values) })
	if i < 0 {
		i = len(c.Candidates)
		c.Candidates = append(c.Candidates, Candidate{Axes: values})
	}
	return &c.Candidates[i]
}

func (c *Choice) choose() {
	slices.SortStableFunc(c.Candidates, func(a, b Candidate) int {
		return slices.CompareFunc(a.Axes, b.Axes, Compare)
	})
	c.Best = 0
	for i, d := range c.Candidates {
		slices.SortFunc(d.Results, func(a, b Result) int { return cmp.Compare(a.Seed, b.Seed) })
		if d.Missing > 0 || d.Failed() > 0 {
			c.Best = -1
			return
		}
		if d.compare(c.Candidates[c.Best]) < 0 {
			c.Best = i
		}
	}
}

// compare is below 0 if c is better than d.
func (c Candidate) compare(d Candidate) int {
	a, b := c.Loss().Mean, d.Loss().Mean
	return cmp.Or(
		cmp.Compare(c.Diverged(), d.Diverged()),
		-cmp.Compare(-a, -b), // cmp takes NaN for the lowest: negated twice, it is the highest
		-cmp.Compare(c.steps(), d.steps()),
	)
}

// Loss is the mean final validation loss of the candidate's runs.
func (c Candidate) Loss() stats.Interval {
	var values []float64
	for _, r := range c.Results {
		values = append(values, r.Loss)
	}
	return stats.MeanInterval(values)
}

// Diverged counts the candidate's diverged runs.
func (c Candidate) Diverged() int { return c.count(func(r Result) bool { return r.Diverged }) }

// Failed counts the candidate's failed runs.
func (c Candidate) Failed() int { return c.count(func(r Result) bool { return r.Failed }) }

func (c Candidate) count(is func(Result) bool) (n int) {
	for _, r := range c.Results {
		if is(r) {
			n++
		}
	}
	return n
}

func (c Candidate) steps() (sum int) {
	for _, r := range c.Results {
		sum += r.Steps
	}
	return sum
}

// Diverged reports whether a run diverged under every candidate, so that none could be
// chosen by its loss.
func (c Choice) Diverged() bool {
	return c.Best >= 0 && c.Candidates[c.Best].Diverged() > 0
}

// Edge is a nuisance axis on which the chosen value is the lowest or the highest value
// tried: a better one may lie beyond.
type Edge struct {
	Name   string
	Values []float64 // all values that were tried, rising
	Top    bool      // the chosen value is the highest
}

// Edges returns the nuisance axes with numeric values on which the chosen value lies at an
// edge.
func (c Choice) Edges() (edges []Edge) {
	if c.Best < 0 {
		return nil
	}
	for _, a := range c.Candidates[c.Best].Axes {
		values := c.tried(a.Name)
		if len(values) < 2 {
			continue
		}
		best, _ := strconv.ParseFloat(a.Value, 64)
		if low, high := values[0], values[len(values)-1]; stats.AtEdge(best, low, high) {
			edges = append(edges, Edge{a.Name, values, best == high})
		}
	}
	return edges
}

// tried returns the values of an axis over the candidates, each once, rising; none if one
// of them is no number.
func (c Choice) tried(name string) []float64 {
	var values []float64
	for _, d := range c.Candidates {
		v, err := strconv.ParseFloat(ValueOf(d.Axes, name), 64)
		if err != nil {
			return nil
		}
		values = append(values, v)
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// Doubts says why the chosen values may not be the best ones. If local grids lie around
// them, an edge is no doubt, since the local grids look beyond it.
func (c Choice) Doubts() (doubts []string) {
	if c.Diverged() {
		doubts = append(doubts, "tuning: under every value tried a run diverged")
	}
	if c.Local {
		return doubts
	}
	for _, e := range c.Edges() {
		doubts = append(doubts, fmt.Sprintf("tuning: the best %s lies at the edge of the values tried: "+
			"a better one may lie beyond; use sweep run --extend to look there", e.Name))
	}
	return doubts
}
