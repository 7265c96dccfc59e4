package chart

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ranksweep/analysis"
	"ranksweep/grid"
	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
	"ranksweep/results"
)

// A Mark is the runs that share a place in a figure.
type Mark struct {
	X, Y     float64   // Y is the place on the second axis of a heat map, and 0 in other figures
	Runs     []*Run    // those that have a value, in order of seed
	Values   []float64 // one for each of Runs
	Diverged int       // runs that have none, since they diverged
	stats.Interval

	Best  bool // of its row in a heat map: the lowest loss
	Edge  int  // -1 or 1 if it is the best, and at the lower or the upper edge of its row; else 0
	Alike bool // not told apart from the best of its row, seed by seed
}

// Value is what stands for the mark's runs: their mean, unless one of them diverged. The mean of those that
// are left would be a mean of survivors.
func (m Mark) Value() float64 {
	if m.Diverged > 0 {
		return math.NaN()
	}
	return m.Mean
}

// gathering is a mark that is being filled.
type gathering struct {
	Mark
	sums map[*Run]*sum
	all  []*Run // those without a value too
}

type sum struct {
	total float64
	n     int
}

// add adds a sample's value. A run that has several, of several maps, counts once, by their mean.
func (g *gathering) add(r *Run, value float64) {
	if g.sums == nil {
		g.sums = make(map[*Run]*sum)
	}
	s := g.sums[r]
	if s == nil {
		s = new(sum)
		g.sums[r], g.all = s, append(g.all, r)
	}
	if !math.IsNaN(value) {
		s.total += value
		s.n++
	}
}

// mark works the mark out.
func (g *gathering) mark() Mark {
	slices.SortStableFunc(g.all, func(a, b *Run) int {
		return strings.Compare(fmt.Sprintf("%020d %s", a.Seed, a.ID), fmt.Sprintf("%020d %s", b.Seed, b.ID))
	})
	m := g.Mark
	for _, r := range g.all {
		switch s := g.sums[r]; {
		case s.n > 0:
			m.Runs, m.Values = append(m.Runs, r), append(m.Values, s.total/float64(s.n))
		case r.Status == results.Diverged:
			m.Diverged++
		}
	}
	m.Interval = stats.MeanInterval(m.Values)
	return m
}

// mixed names the settings, besides the seed and what was tuned, in which runs of one mark differ, with their
// values: "lr 1e-4, 1e-3". It is empty if all are runs of one cell.
func mixed(runs []*Run, nuisance []string) string {
	for _, r := range runs[1:] {
		if r.Setting.Cell == runs[0].Setting.Cell {
			continue
		}
		if name := differing(runs[0], r, nuisance); name != "" {
			return name + " " + strings.Join(valuesOf(runs, name), ", ")
		}
	}
	return ""
}

// differing is the first setting in which two runs differ; empty if it is none that counts.
func differing(a, b *Run, nuisance []string) string {
	except := append([]string{"seed"}, nuisance...)
	for _, x := range a.Setting.Axes {
		if !slices.Contains(except, x.Name) && grid.ValueOf(b.Setting.Axes, x.Name) != x.Value {
			return x.Name
		}
	}
	for i := range except {
		except[i] = except[i][strings.LastIndexByte(except[i], '.')+1:]
	}
	if names := analysis.Differing(a.Run, b.Run, except...); len(names) > 0 {
		return names[0]
	}
	return ""
}

// valuesOf are the values of a setting over runs, as far as they are known, each once.
func valuesOf(runs []*Run, name string) (values []string) {
	for _, r := range runs {
		value := grid.ValueOf(r.Setting.Axes, name)
		if v, ok := r.fields[name]; value == "" && ok {
			value = fmt.Sprint(v)
		}
		if value != "" && !slices.Contains(values, value) {
			values = append(values, value)
		}
	}
	write := number.AlikeTexts(values...)
	for i := range values {
		values[i] = write(values[i])
	}
	return values
}
