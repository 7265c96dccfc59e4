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

// found counts the best rates, those inside their grid, and of these those beside a wall.
func (g rates) found() (all, inside, walled int) {
	found := g.best()
	all = len(found)
	found = slices.DeleteFunc(found, func(b best) bool { return !b.inside() })
	inside = len(found)
	return all, inside, inside - len(slices.DeleteFunc(found, func(b best) bool { return b.wall }))
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
// rate at both.
func (g rates) steps() say {
	var all []say
	inside := grouped(slices.DeleteFunc(g.best(), func(b best) bool { return !b.inside() }),
		func(b best) int { return b.rank })
	for i := 1; i < len(inside); i++ {
		var steps []float64
		for _, high := range inside[i] {
			for _, low := range inside[i-1] {
				if low.seed == high.seed {
					steps = append(steps, math.Log(high.rate/low.rate)/math.Log(float64(high.rank)/float64(low.rank)))
				}
			}
		}
		all = append(all, one(fix(mean(steps).mean, 2)))
	}
	return join(all, ", ")
}

func judgeRates(r rule, s *study) finding {
	t := wanted{kind: "best-rate powers"}
	var rows []row
	var left []say // multipliers that are not judged
	var bent, drifting []say
	validated := false
	var shares []float64
	kept, all, walled := 0, 0, 0
	var once, again []rankSeedGamma
	for _, g := range groups(r.arms(s)) {
		a, p := g[0], g.power()
		if !a.scheme.alone() {
			continue
		}
		tried, inside, beside := g.found()
		kept, all, walled = kept+inside, all+tried, walled+beside
		enough := float64(inside) >= r.Limits["inside"]*float64(tried)
		if !enough || !p.fitted() {
			left = append(left, phrase("p = # (# of #)", plain(a.scheme.p), count(inside), count(tried)))
		}
		if !p.fitted() {
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
		wide, bend := p, widened(g.bends(), g.bendError())
		wide.interval = widened(p.interval, g.powerError())
		verdict := "not judged"
		if enough {
			verdict = wide.agreement(r.Limits["tolerance"])
			name := say{text: label(a.text("scheme"))}
			rows = append(rows, row{power: wide, name: name, arm: g.whole(), statistic: "best rate"})
		}
		if bend.low > 0 || bend.high < 0 {
			bent = append(bent, one(plain(a.scheme.p)))
		}
		if s := g.steps(); s.drifts() {
			drifting = append(drifting, phrase(" For p = # the powers from each rank to the next go one way: ",
				plain(a.scheme.p)).plus(s, say{text: "; the curvature says whether that is more than scatter."}))
		}
		validated = validated || g.bendError() > 0
		shares = append(shares, g.shares()...)
		for _, b := range g.measured() {
			if slices.Contains(once, b) {
				again = append(again, b)
			} else {
				once = append(once, b)
			}
		}
		t.rows = append(t.rows, wantedRow{
			keys: map[string]say{"p": one(plain(a.scheme.p))},
			values: map[string]say{
				"fitted power": p.say(), "claimed power": one(plain(p.predicted)),
				"best first step": g.firstRate().say(),
				"rate for the same first loss drop, by theory": one(plain(-a.scheme.power("loss_drop_first",
					a.text("optimizer")))),
				"from each rank to the next": g.steps(), "curvature": halved(g.bends()),
				"best rates inside the grid": phrase("# of #", count(inside), count(tried)), "seeds": one(count(p.n)),
				"verdict":                       {text: verdict},
				"fitted power" + withValidation: unlessAbsent(g.powerError(), wide.say()),
				"curvature" + withValidation:    unlessAbsent(g.bendError(), halved(bend)),
			},
		})
	}
	if len(t.rows) == 0 {
		return lacking("best rates at two ranks")
	}
	f := heldToTheory(rows, r.Limits["tolerance"], r.Limits["level"])
	f.tables = []wanted{t}
	wider := ""
	if validated {
		wider = withValidation + ","
	}
	f.seen = say{text: "Curvature is the coefficient of the squared logarithm of the rank, in a parabola fitted to " +
		"each seed. If its interval" + wider + " does not contain 0, these runs speak against a power of the rank, " +
		"each row judged alone."}
	if len(bent) > 0 {
		f.seen = f.seen.plus(say{text: " That is so for p = "}, join(bent, ", "), say{text: "."})
	}
	f.seen = f.seen.plus(phrase(" # of # best rates lie between other rates that were tried.", count(kept), count(all)),
		equals(len(once), again))
	if len(left) > 0 {
		f.seen = f.seen.plus(phrase(" A multiplier for which fewer than #% of them do is not judged: ",
			plain(100*r.Limits["inside"]))).plus(join(left, ", ")).plus(say{text: "."})
		if f.standing == seen {
			f.standing = unresolved
		}
	}
	f.seen = f.seen.plus(drifting...).plus(besides(walled))
	if len(rows) > 0 {
		f.seen = f.seen.plus(say{text: " The largest deviation of a judged power from the claimed one is "},
			farthestSaid(rows), say{text: "."})
	}
	f.seen = f.seen.plus(say{text: " At its best rate, a seed's loss falls by "}, span(shares),
		say{text: " of itself: means over seeds, the lowest and the highest of all rows and ranks."})
	if validated {
		f.seen.text += validatedExamples
	} else {
		f.seen.text += sharedExamples
	}
	return f
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

const sharedExamples = " Intervals are over seeds, which share the validation examples: what the choice of these " +
	"examples adds is left out."

const withValidation = ", with the error from validation"

const validatedExamples = " All seeds share the validation examples, and intervals over seeds leave out what the " +
	"choice of these examples adds to the error. Two columns have wider intervals, with the error from validation: " +
	"best rates are found again on halves of the validation set, which shows that error, and its square is added to " +
	"the square of the error over seeds. Verdicts and the standing go by these wider intervals."

const validatedTransfer = " All seeds share the validation examples. One column has a wider interval, with the error " +
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

// besides says how many best rates have no parabola.
func besides(walled int) say {
	verb := "rates lie"
	switch walled {
	case 0:
		return say{}
	case 1:
		verb = "rate lies"
	}
	return phrase(" # best "+verb+" next to a rate at which the run ended above the loss where it began, or diverged: "+
		"such a best rate is used as it was tried, without a parabola.", count(walled))
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
			learned = halved(half.share).plus(phrase("%, #% for one of # pairs", sig(slices.Max(lost), 3), count(len(lost))))
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
			"as claimed, in percent of what was learned: mean, and most of all pairs of seeds": learned,
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
		t.rows[i].values["p that half of all seeds or more lose the margin"] = one(sig(p, 2))
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
	f.beware = say{text: " If each seed gets the rate of each other one, the seed that loses most loses "}.plus(join(most, ", "), say{text: ". The standing is " +
		"about most seeds, not about their mean, and leaves out what the choice of the validation examples adds to " +
		"the error. It needs all multipliers, so that no p is corrected."})
	f.seen = f.seen.plus(f.beware, say{text: " The last column is no part of the claim. It has the powers of R/r, in " +
		"hundredths, with which each multiplier alone is shown to lose less than the margin."})
	if validated {
		f.seen.text += validatedTransfer
	} else {
		f.seen.text += sharedExamples
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
