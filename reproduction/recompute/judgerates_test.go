package recompute

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// rates are arms that differ only in their learning rate, by rising rate.
type rates []*arm

// groups are the groups of such arms, in the arms' order.
func groups(arms []*arm) (all []rates) {
	for _, g := range grouped(arms, func(a *arm) string {
		return axesKey(&run{axes: a.axes}, "lr") + fmt.Sprint(a.traits())
	}) {
		slices.SortStableFunc(g, func(a, b *arm) int { return cmp.Compare(a.cells[0].lr, b.cells[0].lr) })
		all = append(all, g)
	}
	return all
}

// best is the best learning rate of a rank and seed.
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

// best finds the best rate of every rank and seed, in rising order.
func (g rates) best() (all []best) {
	var runs []*run
	for _, c := range cellsOf(g) {
		runs = append(runs, c.runs...)
	}
	for _, of := range grouped(runs, func(r *run) [2]int { return [2]int{r.rank(), r.seed()} }) {
		var at, losses []float64
		for _, r := range of {
			if loss := trial(r); !math.IsNaN(loss) {
				at, losses = append(at, r.num("lr")), append(losses, loss)
			}
		}
		all = append(all, best{of[0].rank(), of[0].seed(), lowest(at, losses)})
	}
	slices.SortFunc(all, func(a, b best) int { return cmp.Or(a.rank-b.rank, a.seed-b.seed) })
	return all
}

// inside reports whether a power may be fitted to a best rate.
func (b best) inside() bool { return !b.edge && !math.IsNaN(b.rate) }

// found counts the best rates, and those inside their grid.
func (g rates) found() (all, inside int) {
	found := g.best()
	all = len(found)
	return all, len(slices.DeleteFunc(found, func(b best) bool { return !b.inside() }))
}

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

// logs are the logarithms of ranks and of best rates inside their grid, grouped by a key.
func (g rates) logs(key func(best) int) (ranks, rates [][]float64) {
	inside := slices.DeleteFunc(g.best(), func(b best) bool { return !b.inside() })
	for _, of := range grouped(inside, key) {
		var x, y []float64
		for _, b := range of {
			x, y = append(x, math.Log(float64(b.rank))), append(y, math.Log(b.rate))
		}
		ranks, rates = append(ranks, x), append(rates, y)
	}
	return ranks, rates
}

// bends are the coefficients of the squared log rank, from one parabola for each seed.
func (g rates) bends() interval {
	var all []float64
	ranks, rates := g.logs(func(b best) int { return b.seed })
	for i := range ranks {
		all = append(all, bend(ranks[i], rates[i]))
	}
	return mean(all)
}

// drifts reports whether at least three values only fall or only rise.
func (s say) drifts() bool {
	up, down := len(s.values) >= 3, len(s.values) >= 3
	for i := 1; i < len(s.values); i++ {
		up = up && s.values[i].value >= s.values[i-1].value
		down = down && s.values[i].value <= s.values[i-1].value
	}
	return up || down
}

// steps are the powers from each rank to the next: means over the seeds that have a best
// rate at both. Nothing is known of ranks at which best rates lie at an edge.
func (g rates) steps() say {
	var all []say
	byRank := grouped(g.best(), func(b best) int { return b.rank })
	edge := func(b best) bool { return b.edge }
	for i := 1; i < len(byRank); i++ {
		var steps []float64
		for _, high := range byRank[i] {
			for _, low := range byRank[i-1] {
				if low.seed == high.seed && low.inside() && high.inside() {
					steps = append(steps, math.Log(high.rate/low.rate)/math.Log(float64(high.rank)/float64(low.rank)))
				}
			}
		}
		if slices.ContainsFunc(byRank[i], edge) || slices.ContainsFunc(byRank[i-1], edge) {
			all = append(all, say{text: "not known"})
		} else {
			all = append(all, one(fix(mean(steps).mean, 2)))
		}
	}
	return join(all, ", ")
}

// multiplier is what is found of the best rates under one multiplier.
type multiplier struct {
	rates
	p         float64
	power     power // with the error from validation in its interval
	plain     power
	judged    bool
	holm      float64
	edges     int
	bend      interval // absent where best rates are left out
	bendError float64
}

func judgeRates(r rule, s *study) finding {
	t := wanted{kind: "best-rate powers"}
	var all []*multiplier
	var rows []row
	var left []say // multipliers that are not judged
	validated := false
	var shares []float64
	kept, asked := 0, 0
	var once, again []rankSeedGamma
	for _, g := range groups(r.arms(s)) {
		m := &multiplier{rates: g, p: g[0].scheme.p, plain: g.power(), holm: nan}
		m.bend, m.bendError = g.bends(), g.bendError()
		if !g[0].scheme.alone() {
			continue
		}
		tried, inside := g.found()
		kept, asked = kept+inside, asked+tried
		m.judged = float64(inside) >= r.Limits["inside"]*float64(tried)
		if !m.judged || !m.plain.fitted() {
			left = append(left, phrase("p = # (# of #)", plain(m.p), count(inside), count(tried)))
		}
		if !m.plain.fitted() {
			continue
		}
		for _, b := range g.best() {
			if b.edge {
				m.edges++
			}
		}
		if m.edges > 0 {
			m.bend, m.bendError = interval{nan, nan, nan, nan, 0}, nan
		}
		switch r.Wants {
		case "theory":
			m.plain.predicted = g[0].scheme.bestRate(g[0].text("optimizer"))
		case "free":
			m.plain.predicted = 0
		case "p":
			m.plain.predicted = m.p
		}
		m.power = m.plain
		m.power.interval = widened(m.plain.interval, g.powerError())
		if m.judged {
			name := say{text: label(g[0].text("scheme"))}
			rows = append(rows, row{power: m.power, name: name, arm: g.whole(), statistic: "best rate"})
		}
		validated = validated || g.powerError() > 0
		shares = append(shares, g.shares()...)
		for _, b := range g.measured() {
			if slices.Contains(once, b) {
				again = append(again, b)
			} else {
				once = append(once, b)
			}
		}
		all = append(all, m)
	}
	if len(all) == 0 {
		return lacking("best rates at two ranks")
	}
	var ps []float64
	for _, r := range rows {
		ps = append(ps, r.p())
	}
	for ps = holm(ps); len(ps) > 0; ps = ps[1:] {
		i := slices.IndexFunc(all, func(m *multiplier) bool { return m.judged && math.IsNaN(m.holm) })
		all[i].holm = ps[0]
	}
	for _, m := range all {
		t.rows = append(t.rows, m.row(r.Limits["tolerance"]))
	}
	f := heldToTheory(rows, r.Limits["tolerance"], r.Limits["level"])
	f.tables = []wanted{t}
	f.seen = phrase("# of # best rates lie between other rates that were tried.", count(kept), count(asked)).plus(
		equals(len(once), again))
	if len(left) > 0 {
		f.seen = f.seen.plus(phrase(" A multiplier for which fewer than #% of them do is not judged: ",
			plain(100*r.Limits["inside"]))).plus(join(left, ", ")).plus(say{text: "."})
		if f.standing == seen {
			f.standing = unresolved
		}
	}
	f.seen = f.seen.plus(besides(all))
	for _, m := range all {
		f.seen = f.seen.plus(m.leftOut())
	}
	f.seen = f.seen.plus(lowsSaid(all), say{text: "\n\n"}, differingSaid(all, r.Limits["level"]))
	if len(rows) > 0 {
		f.seen = f.seen.plus(say{text: " The largest deviation of a judged power from the claimed one is "},
			farthestSaid(rows), say{text: "."})
	}
	f.seen = f.seen.plus(say{text: " At its best rate, a seed's loss falls by "}, span(shares),
		say{text: " of itself: means over seeds, the lowest and the highest of all rows and ranks."},
		curvaturesSaid(all, validated))
	if validated {
		f.seen.text += "\n\n" + validatedExamples
	} else {
		f.seen.text += "\n\n" + sharedExamples
	}
	return f
}

// row is the multiplier's row in the table.
func (m *multiplier) row(tolerance float64) wantedRow {
	_, inside := m.found()
	tried := len(m.best())
	a, verdict, unknown := m.rates[0], "not judged", say{text: "not known"}
	if m.judged {
		verdict = m.power.agreement(tolerance)
	}
	bend, wide := halved(m.bend), halved(widened(m.bend, m.bendError))
	if m.edges > 0 {
		bend = unknown
	}
	return wantedRow{
		keys: map[string]say{"p": one(plain(m.p))},
		values: map[string]say{
			"fitted power": m.plain.say(), "claimed power": one(plain(m.plain.predicted)),
			"median over seeds": one(fix(m.median(), 3)), "Holm's p": one(sig(m.holm, 2)),
			"best first step": m.firstRate().say(),
			"rate for the same first loss drop, by theory": one(plain(-a.scheme.power("loss_drop_first",
				a.text("optimizer")))),
			"from each rank to the " +
				"next": m.steps(), "curvature": bend, "curvature" + withValidation: unlessAbsent(m.bendError, wide),
			"best rates inside the grid": phrase("# of #", count(inside), count(tried)), "seeds": one(count(m.plain.n)),
			"verdict":                       {text: verdict},
			"fitted power" + withValidation: unlessAbsent(m.powerError(), m.power.say()),
		},
	}
}

// median is that of the powers of the seeds.
func (m *multiplier) median() float64 {
	var slopes []float64
	ranks, rates := m.logs(func(b best) int { return b.seed })
	for i, x := range ranks {
		if slices.Min(x) == slices.Max(x) {
			continue
		}
		above, below := 0.0, 0.0
		middle := mean(x).mean
		for k := range x {
			above, below = above+(x[k]-middle)*rates[i][k], below+(x[k]-middle)*(x[k]-middle)
		}
		slopes = append(slopes, above/below)
	}
	slices.Sort(slopes)
	n := len(slopes)
	return (slopes[(n-1)/2] + slopes[n/2]) / 2
}

// leftOut names the ranks at which best rates lie at an edge, and the power with these counted.
func (m *multiplier) leftOut() say {
	if m.edges == 0 {
		return say{}
	}
	verbs := [2]string{"lie", "are"}
	if m.edges == 1 {
		verbs = [2]string{"lies", "is"}
	}
	name := "best rates"
	if m.edges == 1 {
		name = "best rate"
	}
	var at []say
	var counted []observed
	for _, of := range grouped(m.best(), func(b best) int { return b.rank }) {
		edges := 0
		for _, b := range of {
			counted = append(counted, observed{b.rank, b.seed, b.rate})
			if b.edge {
				edges++
			}
		}
		if edges > 0 {
			at = append(at, phrase("rank # (# of #)", count(of[0].rank), count(edges), count(len(of))))
		}
	}
	return phrase(" For p = #, # "+name+" "+verbs[0]+" at an edge of the rates tried and "+verbs[1]+" left out: ",
		plain(m.p), count(m.edges)).plus(join(at, ", "), say{text: ". The rest is no chance sample of all seeds, so " +
		"the " +
		"curvature is not known, nor are the powers from and to such a rank. Counted as the rates at the edge, " +
		"beyond " +
		"which the true ones lie, they make the power "}, fit(counted).say(), say{text: "."})
}

// lowsSaid counts the ranks and seeds whose losses have more than one low.
func lowsSaid(all []*multiplier) say {
	by := make(map[int]int)
	n, asked := 0, 0
	for _, m := range all {
		for _, b := range m.best() {
			losses := []float64{math.Inf(1)}
			for _, r := range m.tried(b.rank, b.seed) {
				if loss := trial(r); !math.IsNaN(loss) {
					losses = append(losses, loss)
				}
			}
			losses, asked = append(losses, math.Inf(1)), asked+1
			lows := 0
			for i := 1; i < len(losses)-1; i++ {
				if losses[i] < losses[i-1] && losses[i] <= losses[i+1] {
					lows++
				}
			}
			if lows > 1 {
				n, by[b.seed] = n+1, by[b.seed]+1
			}
		}
	}
	if n == 0 {
		return say{}
	}
	var seeds []int
	for seed := range by {
		seeds = append(seeds, seed)
	}
	slices.SortFunc(seeds, func(a, b int) int { return cmp.Or(by[b]-by[a], a-b) })
	var said []say
	for _, seed := range seeds {
		said = append(said, phrase("seed # in #", count(seed), count(by[seed])))
	}
	return phrase(" In # of # cases the loss has more than one low among the rates tried, and the best rate may jump "+
		"from one to another: ", count(n), count(asked)).plus(join(said, ", "), say{text: ". The median over seeds " +
		"depends less on them than the mean."})
}

// differingSaid names the multipliers whose power differs from the claimed one.
func differingSaid(all []*multiplier, level float64) say {
	n := 0
	var apart []say
	for _, m := range all {
		if m.judged {
			n++
		}
		if m.holm <= level {
			apart = append(apart, phrase("p = # by #", plain(m.p), fix(math.Abs(m.plain.mean-m.plain.predicted), 3)))
		}
	}
	if len(apart) == 0 {
		return phrase("Corrected over # by Holm's method, no power is shown to differ from the claimed one.", count(n))
	}
	return phrase("Corrected over # by Holm's method, these powers differ from the claimed one: ", count(n)).plus(
		join(apart, ", "), say{text: "."})
}

// curvaturesSaid says which multipliers' powers change with the rank.
func curvaturesSaid(all []*multiplier, validated bool) say {
	var bent, drifting []say
	known := false
	for _, m := range all {
		if m.edges > 0 {
			continue
		}
		known = true
		if wide := widened(m.bend, m.bendError); wide.low > 0 || wide.high < 0 {
			bent = append(bent, one(plain(m.p)))
		}
		if s := m.steps(); s.drifts() {
			drifting = append(drifting, phrase(" For p = # the powers from each rank to the next go one way: ",
				plain(m.p)).plus(s, say{text: "; the curvature says whether that is more than scatter."}))
		}
	}
	if !known {
		return say{}
	}
	wider := ""
	if validated {
		wider = withValidation + ","
	}
	s := say{text: "\n\nCurvature is the coefficient of the squared logarithm of the rank, in a parabola fitted to " +
		"each " +
		"seed. If its interval" + wider + " does not contain 0, these runs speak against a power of the rank, each " +
		"row " +
		"judged alone."}
	if len(bent) > 0 {
		s = s.plus(say{text: " That is so for p = "}, join(bent, ", "), say{text: "."})
	}
	return s.plus(drifting...)
}

// unlessAbsent is a text, or nothing if the error in it is unknown.
func unlessAbsent(e float64, s say) say {
	if math.IsNaN(e) {
		return say{}
	}
	return s
}

// shares are, for each rank, how much of its loss a run loses at the best rate, in percent: the
// mean over seeds.
func (g rates) shares() (means []float64) {
	for _, of := range grouped(g.best(), func(b best) int { return b.rank }) {
		var all []float64
		for _, b := range of {
			onset := g.onset(b.rank, b.seed)
			all = append(all, 100*(onset-b.loss)/onset)
		}
		means = append(means, mean(all).mean)
	}
	return means
}

const sharedExamples = "Intervals are over seeds, which share the validation examples: what the choice of these " +
	"examples adds is left out."

const withValidation = ", with the error from validation"

const validatedExamples = "All seeds share the validation examples, and intervals over seeds leave out what the " +
	"choice of these examples adds to the error. Two columns have wider intervals, with the error from validation: " +
	"best rates are found again on halves of the validation set, which shows that error, and its square is added to " +
	"the square of the error over seeds. Verdicts and the standing go by these wider intervals."

const validatedTransfer = "All seeds share the validation examples. One column has a wider interval, with the error " +
	"from validation: what the choice of these examples adds is found on halves of the validation set, and its " +
	"square is added to the square of the error over seeds. All other columns leave it out. The rule was fixed " +
	"before the runs, and says that P and the standing go by seeds."

// rankSeedGamma tells best rates apart: of one rank, seed and multiplier there is one.
type rankSeedGamma struct {
	rank, seed int
	gamma      float32
}

// measured are the best rates inside their grid.
func (g rates) measured() (all []rankSeedGamma) {
	for _, b := range g.best() {
		if b.inside() {
			all = append(all, rankSeedGamma{b.rank, b.seed, float32(g.tried(b.rank, b.seed)[0].num("gamma"))})
		}
	}
	return all
}

// equals says how many best rates are distinct, and at which ranks they are not.
func equals(once int, again []rankSeedGamma) say {
	if len(again) == 0 {
		return say{}
	}
	var ranks []int
	for _, b := range again {
		ranks = append(ranks, b.rank)
	}
	slices.Sort(ranks)
	var at []say
	for _, rank := range slices.Compact(ranks) {
		at = append(at, one(count(rank)))
	}
	return phrase(" # of these are distinct: multipliers are equal at rank ", count(once)).plus(join(at, ", "),
		say{text: "."})
}

// besides says how many best rates lie next to a rate at which training failed, at which ranks, and what powers become
// if they lie a step lower or higher.
func besides(all []*multiplier) say {
	walled, by, asked := 0, make(map[int]int), make(map[int]int)
	var ranks []int
	moved := say{}
	for _, m := range all {
		here := 0
		for _, b := range m.best() {
			if asked[b.rank]++; b.wall && b.inside() {
				here, by[b.rank], ranks = here+1, by[b.rank]+1, append(ranks, b.rank)
			}
		}
		if walled += here; here > 0 {
			moved = moved.plus(phrase(" For p = #, if each of these were the rate tried below it, the power would be ",
				plain(m.p)), m.moved(-1).say(), say{text: "; if the one above it, "}, m.moved(1).say(), say{text: "."})
		}
	}
	verb := "rates lie"
	switch walled {
	case 0:
		return say{text: " None lies next to a rate at which the run ended above the loss where it began, or diverged."}
	case 1:
		verb = "rate lies"
	}
	slices.Sort(ranks)
	var at []say
	for _, rank := range slices.Compact(ranks) {
		at = append(at, phrase("rank # (# of #)", count(rank), count(by[rank]), count(asked[rank])))
	}
	return phrase(" # best "+verb+" next to a rate at which the run ended above the loss where it began, or diverged: ",
		count(walled)).plus(join(at, ", "), say{text: ". Such a best rate is used as it was tried, without a " +
		"parabola. " +
		"It is known to within a step of the rates tried, which intervals over seeds leave out."}, moved)
}

// moved is the power if best rates next to a rate at which training failed were the next rate tried, by is -1 or 1.
func (g rates) moved(by int) power {
	var all []observed
	for _, b := range g.best() {
		if !b.inside() {
			b.rate = nan
		} else if b.wall {
			var at []float64
			for _, r := range g.tried(b.rank, b.seed) {
				if !math.IsNaN(trial(r)) {
					at = append(at, r.num("lr"))
				}
			}
			b.rate = at[slices.Index(at, b.rate)+by]
		}
		all = append(all, observed{b.rank, b.seed, b.rate})
	}
	return fit(all)
}

// given is what a transferred rate loses, over seeds.
type given struct {
	percent, share interval // of the loss, and of what was learned
	untuned        int      // seeds whose rate lies at an edge where it was tuned
	outside        int      // other seeds at which the rate lies outside of those tried
	edges          int      // seeds whose own best rate lies at an edge, so that they give away more
	less, more     float64  // P of half of the seeds giving away the margin or more, and that or less
}

// transfer takes the best rate of the following seed at the smallest rank, multiplies it by a
// power of the ratio of the ranks, and uses it at the largest rank. The first seed follows the
// last.
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
		following, ok := at[[2]int{low, seeds[(i+1)%len(seeds)]}]
		if !ok || len(seeds) == 1 || !following.inside() {
			x.untuned++
			continue
		}
		rate := following.rate * math.Pow(float64(high)/float64(low), power)
		lost := g.lossAt(high, seed, rate) - b.loss
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
	if x.outside+x.untuned == 0 && len(over) > 0 {
		if x.more = headsOrMore(over, -1); x.edges == 0 {
			x.less = headsOrMore(over, 1)
		}
	}
	return x
}

// pairs are the shares of what was learned that seeds give away, each with the rate of each other seed.
func (g rates) pairs(power float64) (shares []float64) {
	all := g.best()
	ranks := make([]int, len(all))
	for i, b := range all {
		ranks[i] = b.rank
	}
	low, high := slices.Min(ranks), slices.Max(ranks)
	for _, tuned := range all {
		for _, own := range all {
			if tuned.rank != low || own.rank != high || tuned.seed == own.seed || !tuned.inside() {
				continue
			}
			rate := tuned.rate * math.Pow(float64(high)/float64(low), power)
			lost := g.lossAt(high, own.seed, rate) - own.loss
			if share := 100 * lost / (g.onset(high, own.seed) - own.loss); !math.IsNaN(share) {
				shares = append(shares, share)
			}
		}
	}
	return shares
}

// headsOrMore is how likely as many heads as there are values of a sign, or more, come up when a
// coin is tossed once for each value.
func headsOrMore(values []float64, sign float64) float64 {
	ways := []float64{1} // to have 0, 1, … heads
	heads := 0
	for _, v := range values {
		next := make([]float64, len(ways)+1)
		for h, w := range ways {
			next[h], next[h+1] = next[h]+w/2, next[h+1]+w/2
		}
		if ways = next; v*sign > 0 {
			heads++
		}
	}
	p := 0.0
	for _, w := range ways[heads:] {
		p += w
	}
	return p
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

// lossAt is the loss on the parabola through the three nearest rates; NaN outside of the rates
// tried.
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
	// Neville's scheme at 0. The places are logarithms of rates minus the logarithm of the
	// rate asked for.
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
	s := say{text: "not known"}
	if x.percent.n > 0 {
		s = halved(x.percent)
	}
	if x.untuned > 0 {
		s = s.plus(phrase(" (without # seeds, whose rate at the smallest rank lies at an edge)", count(x.untuned)))
	}
	if x.outside > 0 {
		s = s.plus(phrase(" (without # seeds, for which it is outside of the rates tried)", count(x.outside)))
	}
	if x.edges > 0 {
		s = s.plus(phrase(" (or more: for # seeds the best rate lies at an edge)", count(x.edges)))
	}
	return s
}

func judgeTransfer(r rule, s *study) finding {
	t := wanted{kind: "transfer"}
	var f finding
	var shown []given
	var ps []float64
	var powers []digits
	var most []say
	validated := false
	for _, g := range groups(r.arms(s)) {
		p := g[0].scheme.p
		if ranks := ranksOf(g); !g[0].scheme.alone() || len(ranks) < 2 {
			continue
		}
		half := g.transfer(-(1-p)/2, r.Limits["margin"])
		unscaled, whole := g.transfer(0, r.Limits["margin"]), g.transfer(-(1-p), r.Limits["margin"])
		learned := say{}
		if half.share.n > 0 {
			lost := g.pairs(-(1 - p) / 2)
			learned = halved(half.share).plus(
				phrase("%, #% for one of # pairs", sig(slices.Max(lost), 3), count(len(lost))))
			most = append(most, phrase("#% of what it learned for p = #", sig(slices.Max(lost), 3), plain(p)))
		}
		f.add(phrase("regret in percent of the loss, p = #", plain(p)), half.percent)
		validated = validated || g.regretError(-(1-p)/2) > 0
		shown, ps, powers = append(shown, half), append(ps, half.less), append(powers, plain(p))
		t.rows = append(t.rows, wantedRow{keys: map[string]say{"p": one(plain(p))}, values: map[string]say{
			"the same rate": unscaled.say(),
			"rate × (R/r)^(−(1−p)/2), as claimed": half.say(),
			"rate × (R/r)^(−(1−p))":               whole.say(),
			"powers that lose less":               g.passing(r.Limits["margin"], r.Limits["level"]),
			"as claimed" + withValidation: unlessAbsent(g.regretError(-(1-p)/2),
				halved(widened(half.percent, g.regretError(-(1-p)/2)))),
			"as claimed, in percent of what was learned: mean with the next seed's rate, and " +
				"most of all pairs of seeds": learned,
		}})
	}
	if len(shown) == 0 {
		return lacking("learning rates at two ranks")
	}
	ranks := ranksOf(r.arms(s))
	f.standing, f.tables, f.seen = seen, []wanted{t}, phrase("The rate goes from rank # to rank #. "+
		"The loss at a rate between those tried is read from the parabola through the three nearest rates.",
		count(ranks[0]), count(ranks[len(ranks)-1]))
	lost := 0.0
	for i, p := range ps {
		t.rows[i].values["p of the sign test"] = one(sig(p, 2))
		switch {
		case p <= r.Limits["level"]:
		case shown[i].more <= r.Limits["level"]/float64(len(shown)):
			f.standing, lost = notSeen, math.Max(lost, shown[i].share.mean)
		case f.standing == seen:
			f.standing = unresolved
		}
		if shown[i].untuned+shown[i].outside+shown[i].edges > 0 {
			f.seen = f.seen.plus(phrase(" For p = # not every seed has its loss or a best rate of its own, and a "+
				"part of the seeds proves nothing: p is 1.", powers[i]))
		}
	}
	f.off = phrase("loses #% of what was learned", fix(lost, 1))
	each := say{text: " If each seed gets the rate of each other one, the seed that loses most loses "}
	f.beware = each.plus(join(most, ", "), say{text: ". The standing is " +
		"about most seeds, not about their mean, and leaves out what the choice of the validation examples adds to " +
		"the error. It needs all multipliers, so that no p is corrected."})
	f.seen = f.seen.plus(f.beware, say{text: " The last column is no part of the claim. It has the powers of R/r, in " +
		"hundredths, with which each multiplier alone is shown to lose less than the margin."})
	if validated {
		f.seen.text += "\n\n" + validatedTransfer
	} else {
		f.seen.text += "\n\n" + sharedExamples
	}
	return f
}

// passing are the first and the last power from -2 to 1 with which the margin is not lost.
func (g rates) passing(margin, level float64) say {
	var first, last float64
	found := false
	for power := -2.0; power < 1.005; power += 0.01 {
		if g.transfer(power, margin).less > level {
			continue
		}
		if last = power; !found {
			first, found = power, true
		}
	}
	if !found {
		return say{text: "none"}
	}
	return phrase("# to #", fix(first, 2), fix(last, 2))
}

func ranksOf(arms []*arm) (all []int) {
	for _, c := range cellsOf(arms) {
		all = append(all, c.rank())
	}
	slices.Sort(all)
	return slices.Compact(all)
}
