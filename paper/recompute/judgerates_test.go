package recompute

import (
	"cmp"
	"math"
	"slices"
)

// rates are arms that differ in their learning rate alone, by rising rate.
type rates []*arm

// groups are those of arms, in the arms' order.
func groups(arms []*arm) (all []rates) {
	at := make(map[string]int)
	for _, a := range arms {
		key := a.text("scheme") + a.text("optimizer") + a.text("model_hash") + a.text("data_hash") + a.text("numerics")
		for _, x := range a.axes {
			if x[0] != "lr" {
				key += "\n" + x[0] + x[1]
			}
		}
		if _, ok := at[key]; !ok {
			at[key], all = len(all), append(all, nil)
		}
		all[at[key]] = append(all[at[key]], a)
	}
	for _, g := range all {
		slices.SortStableFunc(g, func(a, b *arm) int { return cmp.Compare(a.cells[0].lr, b.cells[0].lr) })
	}
	return all
}

// best is the lowest point over rates of a rank and seed.
type best struct {
	rank, seed int
	optimum
}

// tried are the runs of a rank and seed, by rising rate.
func (g rates) tried(rank, seed int) (runs []*run) {
	for _, c := range cellsOf(g) {
		for _, r := range c.runs {
			if r.rank() == rank && r.seed() == seed {
				runs = append(runs, r)
			}
		}
	}
	return runs
}

// best is of all ranks and seeds, rising.
func (g rates) best() (all []best) {
	var places [][2]int
	for _, c := range cellsOf(g) {
		for _, r := range c.runs {
			places = append(places, [2]int{r.rank(), r.seed()})
		}
	}
	slices.SortFunc(places, func(a, b [2]int) int { return cmp.Or(a[0]-b[0], a[1]-b[1]) })
	for _, p := range slices.Compact(places) {
		var at, losses []float64
		for _, r := range g.tried(p[0], p[1]) {
			if loss := trial(r); !math.IsNaN(loss) {
				at, losses = append(at, r.num("lr")), append(losses, loss)
			}
		}
		all = append(all, best{p[0], p[1], lowest(at, losses)})
	}
	return all
}

// inside reports whether a best rate is one that a power is fitted to.
func (b best) inside() bool { return !b.edge && !math.IsNaN(b.rate) }

func (g rates) power() power {
	var all []observed
	for _, b := range g.best() {
		if !b.inside() {
			b.rate = nan
		}
		all = append(all, observed{b.rank, b.seed, b.rate})
	}
	return fit(all)
}

// bends are the coefficients of the squared log rank, a parabola a seed.
func (g rates) bends() interval {
	x, y := make(map[int][]float64), make(map[int][]float64)
	for _, b := range g.best() {
		if b.inside() {
			x[b.seed], y[b.seed] = append(x[b.seed], math.Log(float64(b.rank))), append(y[b.seed], math.Log(b.rate))
		}
	}
	var all []float64
	for seed := range x {
		all = append(all, bend(x[seed], y[seed]))
	}
	slices.Sort(all) // so that sums have one order
	return mean(all)
}

// steps are the powers from each rank to the next, of geometric means.
func (g rates) steps() say {
	logs := make(map[int][]float64)
	var ranks []int
	for _, b := range g.best() {
		if b.inside() {
			ranks, logs[b.rank] = append(ranks, b.rank), append(logs[b.rank], math.Log(b.rate))
		}
	}
	slices.Sort(ranks)
	ranks = slices.Compact(ranks)
	var all []say
	for i := 1; i < len(ranks); i++ {
		rise := mean(logs[ranks[i]]).mean - mean(logs[ranks[i-1]]).mean
		all = append(all, phrase("#", fix(rise/math.Log(float64(ranks[i])/float64(ranks[i-1])), 2)))
	}
	return join(all, ", ")
}

func judgeRates(r rule, s *study) finding {
	t := wanted{kind: "best-rate powers"}
	var rows []row
	kept, all := 0, 0
	for _, g := range groups(r.arms(s)) {
		a, p := g[0], g.power()
		if !a.scheme.alone() {
			continue
		}
		if kept, all = kept+p.runs, all+p.runs+p.excluded; !p.fitted() {
			continue
		}
		switch r.Wants {
		case "theory":
			p.predicted = a.scheme.bestRate(a.text("optimizer"))
		case "free":
			p.predicted = 0
		case "p":
			p.predicted = a.scheme.p
		}
		rows = append(rows, row{power: p, name: say{text: label(a.text("scheme"))}, arm: a, statistic: "best rate"})
		t.rows = append(t.rows, wantedRow{
			keys: map[string]say{"p": phrase("#", plain(a.scheme.p))},
			values: map[string]say{
				"power of rank": p.say(), "claimed": phrase("#", plain(p.predicted)),
				"while A has hardly moved": optional(-a.scheme.power("loss_drop_first", a.text("optimizer"))),
				"from rank to rank":        g.steps(), "curvature": halved(g.bends()),
				"best rates inside the grid": phrase("# of #", count(p.runs), count(p.runs+p.excluded)),
				"verdict":                    {text: p.agreement(r.Limits["tolerance"])},
			},
		})
	}
	if len(rows) == 0 {
		return lacking("best rates at two ranks")
	}
	f := heldToTheory(rows, r.Limits["tolerance"], r.Limits["level"])
	f.tables = []wanted{t}
	f.seen = phrase("Curvature is the coefficient of the squared logarithm of the rank in a parabola a seed: "+
		"where its interval leaves out 0, the best rate is no power of the rank. "+
		"# of # best rates lie between others that were tried; one beside a rate that diverged counts as it was "+
		"tried.", count(kept), count(all))
	if float64(kept) < r.Limits["inside"]*float64(all) {
		f.standing = unresolved
	}
	return f
}

// given is what a transferred rate gives away, over seeds.
type given struct {
	percent, share interval // of the loss, and of what was learned
	outside        int      // seeds at which the rate lies outside of those tried
	edges          int      // seeds whose own best rate lies at an edge, so that they give away more
	less, more     float64  // P of the loss given away being the margin or more, and of its being that or less
}

// transfer takes the best rate at the smallest rank, a geometric mean over every second
// seed, times the ratio of the ranks to a power, to the largest rank of the other seeds.
func (g rates) transfer(power, margin float64) given {
	at := make(map[[2]int]best)
	var ranks, seeds []int
	for _, b := range g.best() {
		at[[2]int{b.rank, b.seed}] = b
		ranks, seeds = append(ranks, b.rank), append(seeds, b.seed)
	}
	low, high := slices.Min(ranks), slices.Max(ranks)
	slices.Sort(seeds)
	seeds = slices.Compact(seeds)
	var x given
	var percent, share, over []float64
	for i, seed := range seeds {
		b, ok := at[[2]int{high, seed}]
		if !ok {
			continue
		}
		var logs []float64
		for j, other := range seeds {
			if o, ok := at[[2]int{low, other}]; ok && (i-j)%2 != 0 && !o.edge {
				logs = append(logs, math.Log(o.rate))
			}
		}
		lost := g.lossAt(high, seed, math.Exp(plainMean(logs))*math.Pow(float64(high)/float64(low), power)) - b.loss
		if math.IsNaN(lost) {
			x.outside++
			continue
		}
		if b.edge {
			x.edges++
		}
		learned := g.onset(high, seed) - b.loss
		percent, share = append(percent, 100*lost/b.loss), append(share, 100*lost/learned)
		over = append(over, margin*learned-lost)
	}
	x.percent, x.share = mean(percent), mean(share)
	x.less, x.more = 1, 1
	if i := mean(over); x.outside == 0 && i.n > 1 {
		if x.more = 1 - i.above(0); x.edges == 0 {
			x.less = i.above(0)
		}
	}
	return x
}

// plainMean is not there where a value is not.
func plainMean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// onset is the loss before any update.
func (g rates) onset(rank, seed int) float64 {
	loss := nan
	for _, r := range g.tried(rank, seed) {
		if !math.IsNaN(r.num("val_loss")) {
			loss = r.num("val_loss_onset")
		}
	}
	return loss
}

// lossAt is that of the parabola through the three nearest rates; NaN outside of them.
func (g rates) lossAt(rank, seed int, rate float64) float64 {
	runs := g.tried(rank, seed)
	n := len(runs)
	if n < 3 || !(rate >= runs[0].num("lr") && rate <= runs[n-1].num("lr")) {
		return nan
	}
	off := func(i int) float64 { return math.Log(runs[i].num("lr") / rate) }
	middle := 1
	for i := 2; i < n-1; i++ {
		if math.Abs(off(i)) < math.Abs(off(middle)) {
			middle = i
		}
	}
	// Neville's scheme at 0, over logarithms of rates less that of the one asked for.
	x := []float64{off(middle - 1), off(middle), off(middle + 1)}
	y := []float64{runs[middle-1].num("val_loss"), runs[middle].num("val_loss"), runs[middle+1].num("val_loss")}
	for step := 1; step < 3; step++ {
		for i := 0; i < 3-step; i++ {
			y[i] = (x[i+step]*y[i] - x[i]*y[i+1]) / (x[i+step] - x[i])
		}
	}
	return y[0]
}

func (x given) say() say {
	if x.percent.n == 0 {
		return say{text: "outside of the rates tried"}
	}
	s := halved(x.percent)
	if x.outside > 0 {
		s = s.plus(phrase(" (# seeds outside)", count(x.outside)))
	}
	if x.edges > 0 {
		s = s.plus(phrase(" (at least: of # seeds the best rate lies at an edge)", count(x.edges)))
	}
	return s
}

func judgeTransfer(r rule, s *study) finding {
	t := wanted{kind: "transfer"}
	var f finding
	var shown []given
	var ps []float64
	for _, g := range groups(r.arms(s)) {
		p := g[0].scheme.p
		if ranks := ranksOf(g); !g[0].scheme.alone() || len(ranks) < 2 {
			continue
		}
		half := g.transfer(-(1-p)/2, r.Limits["margin"])
		learned := say{}
		if half.share.n > 0 {
			learned = halved(half.share).plus(say{text: "%"})
		}
		f.add(phrase("regret in percent of the loss, p = #", plain(p)), half.percent)
		shown, ps = append(shown, half), append(ps, half.less)
		t.rows = append(t.rows, wantedRow{keys: map[string]say{"p": phrase("#", plain(p))}, values: map[string]say{
			"the same rate":                            g.transfer(0, r.Limits["margin"]).say(),
			"× (R/r)^−(1−p)/2":                         half.say(),
			"× (R/r)^−(1−p)":                           g.transfer(-(1 - p), r.Limits["margin"]).say(),
			"of what was learned, in the third column": learned,
		}})
	}
	if len(shown) == 0 {
		return lacking("learning rates at two ranks")
	}
	ranks := ranksOf(r.arms(s))
	f.standing, f.tables, f.seen = seen, []wanted{t}, phrase("From rank # to rank #. "+
		"A rate between those tried has its loss from the parabola through the three nearest.",
		count(ranks[0]), count(ranks[len(ranks)-1]))
	for i, p := range holm(ps) {
		t.rows[i].values["Holm's p of at least the margin"] = probability(p)
		switch {
		case p <= r.Limits["level"]:
		case shown[i].more <= r.Limits["level"]/float64(len(shown)):
			f.standing = notSeen
		case f.standing == seen:
			f.standing = unresolved
		}
	}
	return f
}

func ranksOf(arms []*arm) (all []int) {
	for _, c := range cellsOf(arms) {
		all = append(all, c.rank())
	}
	slices.Sort(all)
	return slices.Compact(all)
}
