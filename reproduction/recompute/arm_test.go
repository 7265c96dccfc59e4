package recompute

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// cell is a sample: runs that differ only in their seed.
type cell struct {
	*run // the first of runs
	runs []*run
	of   *arm
	lr   float64 // geometric mean of the runs'
}

// arm is the cells that differ only in their rank, by rising rank.
type arm struct {
	*run   // the first of all
	cells  []*cell
	axes   [][2]string // but for rank, scaling, seed and what moves with rank
	moves  bool        // the learning rate differs by rank or is tuned
	moving []string    // axes that move with rank or are tuned
	tuned  []string    // those that are tuned
	scheme scheme
}

// arms groups the reported runs, in the order lora, rslora, constant, other schemes by p, full
// fine-tuning.
func (s *study) arms() []*arm {
	moving := s.moving()
	var single, all []*arm
	for _, r := range s.runs {
		a := &arm{run: r, scheme: schemeOf(r), tuned: s.tuned}
		for _, x := range r.axes {
			if slices.Contains(s.tuned, x[0]) || moving[x[0]] && r.rank() > 0 {
				a.moving = append(a.moving, x[0])
			} else if x[0] != "rank" && x[0] != "scaling" && x[0] != "seed" {
				a.axes = append(a.axes, x)
			}
		}
		single = append(single, a)
	}
	for _, g := range grouped(single, (*arm).key) {
		for _, of := range grouped(g, func(a *arm) int { return a.rank() }) {
			c := &cell{of: g[0]}
			for _, a := range of {
				c.runs = append(c.runs, a.run)
			}
			g[0].cells = append(g[0].cells, c)
		}
		g[0].order()
		all = append(all, g[0])
	}
	slices.SortStableFunc(all, before)
	return all
}

func (a *arm) key() string {
	if slices.Contains(a.moving, "lr") {
		return fmt.Sprint(a.traits(), a.axes)
	}
	return fmt.Sprint(a.traits(), a.axes, a.text("lr"))
}

// traits are the settings that runs of an arm share, besides axes.
func (a *arm) traits() (all []string) {
	for _, column := range []string{"scheme", "optimizer", "numerics", "model_hash", "data_hash"} {
		all = append(all, a.text(column))
	}
	return all
}

func (a *arm) order() {
	for _, c := range a.cells {
		slices.SortFunc(c.runs, func(x, y *run) int { return cmp.Compare(x.seed(), y.seed()) })
		c.run = c.runs[0]
		var logs []float64
		for _, r := range c.runs {
			logs = append(logs, math.Log(r.rate()))
		}
		c.lr = math.Exp(mean(logs).mean)
	}
	slices.SortFunc(a.cells, func(x, y *cell) int { return cmp.Compare(x.rank(), y.rank()) })
	a.run = a.cells[0].run
	a.moves = slices.Contains(a.tuned, "lr")
	for _, c := range a.cells {
		a.moves = a.moves || !same(c.lr, a.cells[0].lr)
	}
}

// before reports the order of two arms.
func before(a, b *arm) int {
	return cmp.Or(
		cmp.Compare(placeOf(a.run), placeOf(b.run)), cmp.Compare(a.scheme.p, b.scheme.p),
		cmp.Compare(a.text("scheme"), b.text("scheme")), cmp.Compare(a.text("optimizer"), b.text("optimizer")),
		slices.CompareFunc(a.axes, b.axes, func(x, y [2]string) int {
			return cmp.Or(cmp.Compare(x[0], y[0]), byValue(x[1], y[1]))
		}), cmp.Compare(a.num("lr"), b.num("lr")))
}

// byValue orders numbers by size; they come before words.
func byValue(x, y string) int {
	a, errA := strconv.ParseFloat(x, 64)
	b, errB := strconv.ParseFloat(y, 64)
	switch {
	case errA == nil && errB == nil:
		return cmp.Compare(a, b)
	case errA == nil:
		return -1
	case errB == nil:
		return 1
	}
	return cmp.Compare(x, y)
}

func placeOf(r *run) int {
	if r.rank() == 0 {
		return 4
	}
	name, _, _ := strings.Cut(r.scheme(), "@")
	if i := slices.Index([]string{"lora", "rslora", "constant"}, name); i >= 0 {
		return i
	}
	return 3
}

// labels are the names of schemes in tables.
var labels = map[string]string{
	"lora": "LoRA", "rslora": "rsLoRA", "lora+": "LoRA+", "full": "full fine-tuning",
}

// label is a scheme as tables write it.
func label(scheme string) string {
	name, rank, matched := strings.Cut(scheme, "@")
	first, rest, more := strings.Cut(name, ",")
	if l, ok := labels[first]; ok {
		first = l
	}
	first = strings.ReplaceAll(first, "=", " = ")
	if more {
		first += ", " + strings.NewReplacer(",", ", ", "=", " = ").Replace(rest)
	}
	if matched {
		first += " matched at rank " + rank
	}
	return first
}

// settings are what tells arms apart besides their scheme, by the heads of columns.
func (a *arm) settings() map[string]say {
	all := map[string]say{
		"optimizer": {text: a.text("optimizer")}, "learning rate": {},
		"model": {text: a.text("model_hash")[:min(8, len(a.text("model_hash")))]},
		"data":  {text: a.text("data_hash")[:min(8, len(a.text("data_hash")))]}, "numerics": {text: a.text("numerics")},
	}
	if !a.moves {
		all["learning rate"] = one(plain(a.cells[0].lr))
	}
	for _, x := range a.axes {
		name := x[0][strings.LastIndexByte(x[0], '.')+1:]
		if name != "optimizer" && name != "lr" {
			all[name] = literal(x[1])
		}
	}
	return all
}

// literal is a text without values, whatever characters are in it.
func literal(text string) say {
	if v, err := strconv.ParseFloat(text, 64); err == nil {
		return one(plain(v))
	}
	return say{text: text}
}

func (c *cell) count(is func(*run) bool) (n int) {
	for _, r := range c.runs {
		if is(r) {
			n++
		}
	}
	return n
}

// of is the mean over seeds of a value.
func (c *cell) mean(of func(*run) float64) interval {
	var values []float64
	for _, r := range c.runs {
		values = append(values, of(r))
	}
	return mean(values)
}

func (c *cell) overExpected(statistic string) interval {
	return c.mean(func(r *run) float64 { return r.overExpected(statistic) })
}

func (c *cell) learned() float64 { return c.mean((*run).learned).mean }

func (c *cell) loss() interval {
	return c.mean(func(r *run) float64 { return r.value("val_loss") })
}

// cellsOf are the cells of all arms.
func cellsOf(arms []*arm) (all []*cell) {
	for _, a := range arms {
		all = append(all, a.cells...)
	}
	return all
}
