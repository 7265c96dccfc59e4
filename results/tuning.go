package results

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"ranksweep/metrics"
	"ranksweep/metrics/stats"
)

// Choice is one combination of values on the axes that an experiment is about, with the
// candidates among which its nuisance values are chosen.
type Choice struct {
	Axes       []Coordinate // the axes without seed and nuisance axes
	Candidates []Candidate  // in rising order of their values
	Best       int          // index of the chosen candidate; -1 while a run is missing or failed
	Local      bool         // reported runs have local grids around the chosen value, which may go beyond an edge
}

// Candidate is a combination of nuisance values, tried on the seeds of tuning.
type Candidate struct {
	Axes    []Coordinate // the nuisance axes
	Runs    []Run        // in order of seed
	Missing int
}

// Tune finds, for each cell, the nuisance values with the lowest mean final validation loss
// over the seeds of tuning. Values under which a run diverged are worse than values under
// which none did; among them, fewer diverged runs are better, and if all diverged, more
// steps before that. Among equals the lower values are chosen. Cells are in the grid's
// order.
func (g Grid) Tune(runs []Run) []Choice {
	byID := make(map[string]Run, len(runs))
	for _, r := range runs {
		byID[r.ID] = r
	}
	var all []Choice
	cells := make(map[string]int)
	for _, p := range g.Tuning {
		cell, values := g.Partition(p.Axes)
		i, ok := cells[cell]
		if !ok {
			i = len(all)
			cells[cell] = i
			all = append(all, Choice{Axes: without(p.Axes, append(slices.Clip(g.Nuisance), "seed")...), Local: g.Local})
		}
		c := all[i].candidate(values)
		if r, ok := byID[p.ID]; ok {
			c.Runs = append(c.Runs, r)
		} else {
			c.Missing++
		}
	}
	for i := range all {
		all[i].choose()
	}
	return all
}

// Partition splits the axes of a planned run into a key of its cell, equal to [Choice.Key],
// and its nuisance axes.
func (g Grid) Partition(axes []Coordinate) (cell string, nuisance []Coordinate) {
	for _, a := range axes {
		if slices.Contains(g.Nuisance, a.Name) {
			nuisance = append(nuisance, a)
		}
	}
	return key(without(axes, append(slices.Clip(g.Nuisance), "seed")...)), nuisance
}

// Key identifies the cell.
func (t Choice) Key() string { return key(t.Axes) }

func key(axes []Coordinate) string { return fmt.Sprintf("%q", axes) }

// candidate returns the candidate with the given values, and adds it if need be.
func (t *Choice) candidate(values []Coordinate) *Candidate {
	i := slices.IndexFunc(t.Candidates, func(c Candidate) bool { return slices.Equal(c.Axes, values) })
	if i < 0 {
		i = len(t.Candidates)
		t.Candidates = append(t.Candidates, Candidate{Axes: values})
	}
	return &t.Candidates[i]
}

func (t *Choice) choose() {
	slices.SortStableFunc(t.Candidates, func(a, b Candidate) int {
		return slices.CompareFunc(a.Axes, b.Axes, compareAxes)
	})
	t.Best = 0
	for i, c := range t.Candidates {
		slices.SortFunc(c.Runs, func(a, b Run) int { return cmp.Compare(a.Seed, b.Seed) })
		if c.Missing > 0 || c.Failed() > 0 {
			t.Best = -1
			return
		}
		if c.compare(t.Candidates[t.Best]) < 0 {
			t.Best = i
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
	for _, r := range c.Runs {
		values = append(values, r.Statistic(metrics.ValLossFinal))
	}
	return stats.MeanInterval(values)
}

// Diverged counts the candidate's diverged runs.
func (c Candidate) Diverged() int { return c.count(Diverged) }

// Failed counts the candidate's failed runs.
func (c Candidate) Failed() int { return c.count(Failed) }

func (c Candidate) count(s Status) (n int) {
	for _, r := range c.Runs {
		if r.Status == s {
			n++
		}
	}
	return n
}

func (c Candidate) steps() (sum int) {
	for _, r := range c.Runs {
		sum += r.Steps
	}
	return sum
}

// Diverged reports whether a run diverged under every candidate, so that none could be
// chosen by its loss.
func (t Choice) Diverged() bool {
	return t.Best >= 0 && t.Candidates[t.Best].Diverged() > 0
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
func (t Choice) Edges() (edges []Edge) {
	if t.Best < 0 {
		return nil
	}
	for _, a := range t.Candidates[t.Best].Axes {
		values := t.tried(a.Name)
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
func (t Choice) tried(name string) []float64 {
	var values []float64
	for _, c := range t.Candidates {
		v, err := strconv.ParseFloat(ValueOf(c.Axes, name), 64)
		if err != nil {
			return nil
		}
		values = append(values, v)
	}
	return distinct(values)
}

// Doubts says why the chosen values may not be the best ones. If local grids lie around
// them, an edge is no doubt, since the local grids look beyond it.
func (t Choice) Doubts() (doubts []string) {
	if t.Diverged() {
		doubts = append(doubts, "tuning: under every value tried a run diverged")
	}
	if t.Local {
		return doubts
	}
	for _, e := range t.Edges() {
		doubts = append(doubts, fmt.Sprintf("tuning: the best %s lies at the edge of the values tried: "+
			"a better one may lie beyond; use sweep run --extend to look there", e.Name))
	}
	return doubts
}

// doubts returns the doubts about the tuning of a reported run's cell.
func (g Grid) doubts(choices []Choice, axes []Coordinate) []string {
	cell, _ := g.Partition(axes)
	for _, t := range choices {
		if t.Key() == cell {
			return t.Doubts()
		}
	}
	return nil
}
