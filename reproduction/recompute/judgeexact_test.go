package recompute

import (
	"math"
	"slices"
	"strings"
)

// exactCell is a cell's mean square over the expected one or, of a loss drop, its mean over
// the expected mean.
type exactCell struct {
	name say
	over interval
}

// exactCells are the cells with three seeds or more, and those of distinct rows.
func exactCells(arms []*arm) (all, apart []exactCell, groups [][]row) {
	of := func(r row) (cells []exactCell) {
		what := ": square of "
		if isMean(r.statistic) {
			what = ": "
		}
		for _, c := range r.arm.cells {
			if over := c.overExpected(r.statistic); over.n >= 3 {
				name := r.name.plus(phrase(what+r.statistic+" at rank #", count(c.rank())))
				cells = append(cells, exactCell{name, over})
			}
		}
		return cells
	}
	var rows []row
	names := armNames(arms)
	for i, a := range arms {
		for _, s := range statistics {
			r := row{name: names[i], arm: a, statistic: s.name}
			if isRatio(s.name) {
				continue
			}
			if cells := of(r); len(cells) > 0 {
				rows, all = append(rows, r), append(all, cells...)
			}
		}
	}
	groups = distinct(rows)
	for _, g := range groups {
		apart = append(apart, of(g[0])...)
	}
	return all, apart, groups
}

// multipliers says how far the ratios of one quantity are from those of the first arm of the group
// that has it: the farthest run, and the farthest mean over seeds at one rank.
func multipliers(groups [][]row) (long, short say) {
	run, over, where, steps := 0.0, interval{}, say{}, say{}
	for _, g := range groups {
		for _, rows := range byQuantity(g) {
			for _, c := range rows[0].arm.cells {
				var said []say
				at, most := 0, interval{}
				for i, r := range rows[1:] {
					apart := r.apart(rows[0], c.rank())
					for _, v := range apart {
						run = math.Max(run, math.Abs(v))
					}
					m := mean(apart)
					if m.n == 0 {
						continue
					}
					if math.Abs(m.mean) > math.Abs(most.mean) {
						at, most = i+1, m
					}
					said = append(said, r.stepSaid(m, rows[0], c.rank()))
				}
				if math.Abs(most.mean) > math.Abs(over.mean) {
					over, steps = most, join(said, "")
					where = rows[at].name.plus(phrase(": "+rows[at].statistic+" at rank #", count(c.rank())))
				}
			}
		}
	}
	if run == 0 {
		return say{}, say{}
	}
	short = phrase(" A test that pairs multipliers by seed is no part of the claim. It finds their ratios up to #% "+
		"apart on "+
		"average (p = #): not all of them are exactly one.", sig(100*math.Abs(over.mean), 2), sig(over.p(0), 2))
	return phrase("\n\nA step is not infinitely small, so the ratio of one quantity differs a little "+
		"between multipliers. "+
		"From the ratio under the first multiplier, that of the same seed and rank differs by up to #%; on average "+
		"over seeds, by up to #%: ", sig(100*run, 2), sig(100*math.Abs(over.mean), 2)).plus(where,
		phrase(", with p = # in a t test that pairs the two by seed, not corrected. That test is no part "+
			"of the claim, which tests each cell by itself; if its p is small, not all of these "+
			"ratios are exactly one. For that quantity and rank, the mean difference under each other "+
			"multiplier stands here with how much larger the norm of the first weight update is. If the size of the "+
			"step "+
			"is the reason, the two are in proportion:\n", sig(over.p(0), 2)), steps), short
}

// byQuantity parts rows by their statistic and optimizer.
func byQuantity(rows []row) (parts [][]row) {
	at := make(map[[2]string]int)
	for _, r := range rows {
		key := [2]string{r.statistic, r.arm.text("optimizer")}
		if _, ok := at[key]; !ok {
			at[key], parts = len(parts), append(parts, nil)
		}
		parts[at[key]] = append(parts[at[key]], r)
	}
	return parts
}

// cellAt is a row's cell at a rank; nil if it has none.
func (r row) cellAt(rank int) *cell {
	for _, c := range r.arm.cells {
		if c.rank() == rank {
			return c
		}
	}
	return nil
}

// apart are the relative differences of a row's ratios at a rank from another row's, seed by seed.
func (r row) apart(first row, rank int) (all []float64) {
	c, o := r.cellAt(rank), first.cellAt(rank)
	if c == nil || o == nil {
		return nil
	}
	for _, x := range c.runs {
		for _, y := range o.runs {
			if one := y.overExpected(r.statistic); x.seed() == y.seed() {
				all = append(all, (x.overExpected(r.statistic)-one)/one)
			}
		}
	}
	return present(all)
}

// stepSaid is a mean difference beside how much larger the first weight update is than another row's.
func (r row) stepSaid(m interval, first row, rank int) say {
	m.mean, m.low, m.high = 100*m.mean, 100*m.low, 100*m.high
	size := func(of row) float64 {
		return of.cellAt(rank).mean(func(x *run) float64 { return x.value("delta_w_first") }).mean
	}
	return say{text: "\n- "}.plus(halved(m), phrase("% at # (", sig(size(r)-size(first), 2)), r.name, say{text: ")"})
}

const sharesByChance = " More seeds make the intervals narrower. They do not make more of them contain 1: cells of " +
	"one seed deviate together, so a study can fall below nine of ten by chance at any number of seeds, though " +
	"theory is right."

// smallestSaid is the smallest P of all cells, with its cell.
func smallestSaid(cells []exactCell) say {
	least := cells[0]
	for _, c := range cells {
		if c.over.p(1) < least.over.p(1)*(1-1e-6) { // and not for rounding
			least = c
		}
	}
	return phrase(" The smallest p of one cell among all of them, not corrected, is #: ", sig(least.over.p(1), 2)).plus(
		least.name, say{text: ", "}, halved(least.over), say{text: "."})
}

// quantitiesSaid names the quantities of rows.
func quantitiesSaid(groups [][]row) say {
	var names []string
	for _, s := range statistics {
		for _, r := range slices.Concat(groups...) {
			if name, _, _ := strings.Cut(s.title, " ("); r.statistic == s.name && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return phrase("\n\nThe quantities are, # in number: "+strings.Join(names, ", ")+". The best multiple of the "+
		"first step "+
		"is not among them: it is a ratio, and the expected value of a ratio is not the ratio of expected values.",
		count(len(names)))
}

// offRatio says how far the farthest of the ratios that differ is from 1, in percent.
func offRatio(r rule, cells []exactCell) say {
	var ps []float64
	for _, c := range cells {
		ps = append(ps, c.over.p(1))
	}
	far := 0.0
	for i, p := range holm(ps) {
		if p <= r.Limits["level"] {
			far = math.Max(far, math.Abs(cells[i].over.mean-1))
		}
	}
	return offBy(100 * far)
}

func judgeExact(r rule, s *study) finding {
	arms := r.arms(s)
	all, apart, groups := exactCells(arms)
	if len(all) == 0 {
		return lacking("a cell with three seeds and an exact expectation")
	}
	held, widest := 0, 0.0
	var ps, every []float64
	var out []say
	for _, c := range apart {
		ps = append(ps, c.over.p(1))
	}
	for _, c := range all {
		every, widest = append(every, c.over.p(1)), math.Max(widest, c.over.half())
		if c.over.holds(1) {
			held++
		} else {
			out = append(out, c.name.plus(say{text: ", "}, halved(c.over)))
		}
	}
	differ, differOfAll := atMost(holm(ps), r.Limits["level"]), atMost(holm(every), r.Limits["level"])
	var differing []say
	for i, p := range holm(every) {
		if p <= r.Limits["level"] {
			differing = append(differing, all[i].name.plus(say{text: ", "}, halved(all[i].over)))
		}
	}
	n := float64(len(all))
	f := finding{standing: seen}
	f.add(say{text: "cells whose interval holds what is expected"}, spread(float64(held)/n, 0, 1))
	switch {
	case differ+differOfAll > 0:
		f.standing, f.off = notSeen, offRatio(r, apart).plus(say{text: "%"})
		if far := offRatio(r, all); far.values[0].value > f.off.values[0].value {
			f.off = far.plus(say{text: "%"})
		}
	case widest > r.Limits["widest"], float64(held) < r.Limits["held"]*n:
		f.standing = unresolved
	}
	f.seen = phrase("Cells: #. Distinct measurements among them: #. Each cell has a ratio: the mean "+
		"square over its expected value or, for a loss drop, the mean over its expected value. "+
		"The intervals of # of all ratios, #%, contain 1; if theory is right, 95% should, on average over studies. "+
		"Corrected over the distinct ones by Holm's method, # differ from theory at the level #; corrected over all "+
		"cells, # do. The widest interval of a ratio is ±#%.",
		count(len(all)), count(len(apart)), count(held), fix(100*float64(held)/n, 1),
		count(differ), plain(r.Limits["level"]), count(differOfAll), fix(100*widest, 1))
	f.seen = f.seen.plus(smallestSaid(all), say{text: sharesByChance}, quantitiesSaid(groups))
	if len(differing) > 0 && len(differing) <= 16 {
		f.seen = f.seen.plus(say{text: "\n\nThe ratios that differ, corrected over all cells:\n\n- " +
			""}, join(differing, "\n- "))
	}
	if len(out) > 0 && len(out) <= 16 {
		f.seen = f.seen.plus(say{text: "\n\nThe ratios whose intervals do not contain 1:\n\n- "}, join(out, "\n- "))
	}
	if slices.ContainsFunc(arms, func(a *arm) bool { return a.text("scheme") != arms[0].text("scheme") }) {
		long, short := multipliers(groups)
		f.seen, f.beware = f.seen.plus(long), short
	}
	if t := regimesTable(arms); len(t.rows) > 0 {
		f.tables = []wanted{t}
	}
	return f
}

// regime is where two laws of a statistic meet. The expected square, divided by the square of
// the first law's power of rank, is level + slope·r; the smallest and the largest rank give
// both.
type regime struct {
	meet      interval // level/slope, over seeds
	held, all int      // ranks whose mean square, in units of the first law, is as expected
}

func (a *arm) regime(statistic string) (g regime, ok bool) {
	power := a.scheme.power(statistic, a.text("optimizer"))
	first, last := a.cells[0], a.cells[len(a.cells)-1]
	if math.IsNaN(power) || first == last {
		return g, false
	}
	square := func(r *run) float64 {
		return math.Pow(r.expected(statistic)/math.Pow(float64(r.rank()), power), 2)
	}
	levels := make(map[int]float64)
	var meets []float64
	for _, r := range first.runs {
		for _, o := range last.runs {
			if r.seed() != o.seed() {
				continue
			}
			slope := (square(o) - square(r)) / float64(o.rank()-r.rank())
			level := square(r) - slope*float64(r.rank())
			if !(slope > 0 && level > 0) {
				level, slope = nan, nan
			}
			levels[r.seed()], meets = level, append(meets, level/slope)
		}
	}
	for _, c := range a.cells {
		in := func(of func(*run) float64) interval {
			return c.mean(func(r *run) float64 {
				level, ok := levels[r.seed()]
				if !ok {
					return nan
				}
				return math.Pow(of(r)/math.Pow(float64(r.rank()), power), 2) / level
			})
		}
		measured := in(func(r *run) float64 { return r.value(statistic) })
		expected := in(func(r *run) float64 { return r.expected(statistic) })
		if g.all++; measured.holds(expected.mean) {
			g.held++
		}
	}
	g.meet = mean(meets)
	return g, g.meet.n > 0
}

// regimesTable has a row for each arm and statistic with two laws. A law holds to a tenth if 1
// + r/meet, or 1 + meet/r, is at most the square of 1.1.
func regimesTable(arms []*arm) wanted {
	t := wanted{kind: "regimes"}
	names := armNames(arms)
	alone := !slices.ContainsFunc(arms, func(a *arm) bool { return a.text("scheme") != arms[0].text("scheme") })
	for i, a := range arms {
		if rest, ok := strings.CutPrefix(names[i].text, label(a.text("scheme"))+", "); ok && alone {
			names[i].text = rest
		}
		for _, s := range statistics {
			if !hasTwoLaws(s.name) {
				continue
			}
			g, ok := a.regime(s.name)
			if !ok {
				continue
			}
			quantity, _, _ := strings.Cut(s.title, " (")
			t.rows = append(t.rows, wantedRow{
				keys: map[string]say{"adapter": names[i], "quantity": {text: quantity}},
				values: map[string]say{
					"the laws meet at rank":           one(sig(g.meet.mean, 4)),
					"law for small ranks, up to rank": one(sig(math.Floor(0.21*g.meet.mean+1e-9), 4)),
					"law for large ranks, from rank":  one(sig(math.Ceil(g.meet.mean/0.21-1e-9), 4)),

					"ranks whose 95% interval of the mean square contains the exact one": phrase("# of #",
						count(g.held), count(g.all)),
				},
			})
		}
	}
	return t
}

// armNames are the schemes of arms, and the settings that tell them apart.
func armNames(arms []*arm) (names []say) {
	order := []string{"optimizer", "learning rate"}
	var axes []string
	for _, a := range arms {
		for h := range a.settings() {
			if !slices.Contains(slices.Concat(order, axes, []string{"method", "model", "data", "numerics"}), h) {
				axes = append(axes, h)
			}
		}
	}
	slices.Sort(axes)
	for _, a := range arms {
		name := say{text: label(a.text("scheme"))}
		for _, h := range slices.Concat(order, axes, []string{"model", "data"}) {
			value := a.settings()[h]
			if value.text != "" && slices.ContainsFunc(arms, func(o *arm) bool {
				return o.settings()[h].String() != value.String()
			}) {
				name = name.plus(say{text: ", " + h + " "}, value)
			}
		}
		names = append(names, name)
	}
	return names
}

func judgeInits(r rule, s *study) finding {
	arms := r.arms(s)
	rows := rowsOfPowers(arms, []string{"grad_norm_onset"})
	if len(rows) == 0 {
		return lacking("a power of the onset norm")
	}
	f := heldToTheory(rows, r.Limits["tolerance"], r.Limits["level"])
	var scatter []row
	for _, x := range rows {
		if v := x.arm.variancePower("grad_norm_onset"); v.n > 0 {
			scatter = append(scatter, row{power{interval: v}, x.name, x.arm, "grad_norm_onset", nil})
		}
	}
	held, groups := 0, distinct(scatter)
	for _, g := range groups {
		if g[0].holds(-1) {
			held++
		}
	}
	f.seen = f.seen.plus(phrase(" Theory also says how much the squared norm varies from draw to draw: its variance "+
		"falls as r to the power of # if rows of A, or columns of B, are independent. "+
		"# of # distinct intervals contain that power. For orthogonal rows theory says nothing.",
		count(-1), count(held), count(len(groups))))
	t := wanted{kind: "inits"}
	for _, a := range arms {
		p, v, top := a.power("grad_norm_onset"), a.variancePower("grad_norm_onset"), a.cells[len(a.cells)-1]
		values := map[string]say{
			"power of rank": p.shown(), "predicted power": one(plain(p.predicted)),
			"exact theory": one(fix(p.exact, p.decimals())),
			"squared norm over its expected value, at the largest rank": columned(top.overExpected("grad_norm_onset")),
			"power of rank of the squared norm's variance":              bracketed(v, 3),
			"verdict": {text: p.agreement(near)},
		}
		t.rows = append(t.rows, a.row(values))
	}
	f.tables = []wanted{t}
	return f
}
