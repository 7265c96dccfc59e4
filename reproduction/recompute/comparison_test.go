package recompute

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// comparison is of two cells, seed by seed.
type comparison struct {
	family           string
	name, filed      string // if set, in place of what the two are called on the page and in history
	cell, reference  *cell
	ds, margins      []float64 // differences of pairs, and a tenth of what the reference learned
	diff             interval  // with the error that the validation set adds
	shared           float64   // that error; NaN where it is not known
	same             bool      // both learn one function, or no pair differs
	loss             float64   // mean of the reference's over the pairs
	holm, equivalent float64   // corrected
	beyond           float64   // the same of a difference above the margin
	tests            int
	unequal          []say // how gamma differs
}

func newComparison(family string, c, reference *cell) *comparison {
	d := &comparison{family: family, cell: c, reference: reference, shared: validationError(c.runs, reference.runs)}
	bySeed := make(map[int]*run)
	for _, r := range reference.runs {
		bySeed[r.seed()] = r
	}
	var losses []float64
	for _, r := range c.runs {
		other := bySeed[r.seed()]
		if other == nil {
			continue
		}
		if v := r.value("val_loss") - other.value("val_loss"); !math.IsNaN(v) {
			d.ds, d.margins = append(d.ds, v), append(d.margins, margin*other.learned())
			losses = append(losses, other.value("val_loss"))
		}
	}
	alone := mean(d.ds)
	d.diff, d.loss = widened(alone, d.shared), mean(losses).mean
	equal := alone.mean == 0 && (alone.n == 1 || alone.se == 0)
	d.same = equal || functionOf(c) != "" && functionOf(c) == functionOf(reference)
	return d
}

// functionOf names the function that the runs of a cell learn; of a local grid, the function
// of its first run.
func functionOf(c *cell) string {
	if c.grid != nil {
		return c.grid.first.text("function")
	}
	return c.text("function")
}

// widened is an interval with an added error that all pairs share: variances add up.
func widened(i interval, shared float64) interval {
	if i.n < 2 || !(shared > 0) {
		return i
	}
	return spread(i.mean, math.Sqrt(i.se*i.se+shared*shared), i.n)
}

// validationError is the standard error that the choice of the validation set adds to a mean
// difference. It is that of a ratio over batches, linearized: summed differences of nats over
// summed scored tokens. It is NaN if a pair that is done lacks batches, or has other batches.
func validationError(a, b []*run) float64 {
	var scored, sums []float64
	pairs := 0.0
	for _, r := range a {
		for _, o := range b {
			if r.seed() != o.seed() || !r.done() || !o.done() {
				continue
			}
			if pairs == 0 {
				scored, sums = tokensOf(r), make([]float64, len(r.batches))
			}
			if pairs++; !slices.Equal(tokensOf(r), scored) || !slices.Equal(tokensOf(o), scored) {
				return nan
			}
			for i := range sums {
				sums[i] += r.batches[i].nats - o.batches[i].nats
			}
		}
	}
	k := float64(len(scored))
	if k < 2 {
		return nan
	}
	nats, tokens, squares := 0.0, 0.0, 0.0
	for i := range sums {
		nats, tokens = nats+sums[i]/pairs, tokens+scored[i]
	}
	for i := range sums {
		off := sums[i]/pairs - nats/tokens*scored[i]
		squares += off * off
	}
	return math.Sqrt(squares*k/(k-1)) / tokens
}

func tokensOf(r *run) (scored []float64) {
	for _, b := range r.batches {
		scored = append(scored, b.scored)
	}
	return scored
}

// p is the P value of the difference; NaN if nothing was tested.
func (d *comparison) p() float64 {
	if d.same || d.diff.n < 2 {
		return nan
	}
	return d.diff.p(0)
}

// within is the larger P of two one-sided tests, by pairs, that the difference lies within the
// margin. outside is the smaller P of two such tests that it lies above the margin, or below
// minus the margin.
func (d *comparison) within() (within, outside float64) {
	if math.IsNaN(d.p()) || !(d.margin() > 0) {
		return nan, nan
	}
	side := func(sign, margins float64) float64 {
		var all []float64
		for i, v := range d.ds {
			all = append(all, sign*v+margins*d.margins[i])
		}
		return widened(mean(all), d.shared).above(0)
	}
	return math.Max(side(1, 1), side(-1, 1)), math.Min(side(1, -1), side(-1, -1))
}

// margin is the mean margin; NaN if a pair has none.
func (d *comparison) margin() float64 {
	if slices.ContainsFunc(d.margins, math.IsNaN) {
		return nan
	}
	return mean(d.margins).mean
}

// detectable is the smallest difference that the pairs would show with a probability of 0.8 if
// this were the only test; NaN for fewer than two pairs.
func (d *comparison) detectable() float64 {
	if d.diff.n < 2 {
		return nan
	}
	t := student(d.diff.n)
	return (t.Quantile(0.975) + t.Quantile(0.8)) * d.diff.se
}

// correct sets the corrected P values of a family.
func correct(family []*comparison) {
	var ps, within, outside []float64
	for _, d := range family {
		in, out := d.within()
		ps, within, outside = append(ps, d.p()), append(within, in), append(outside, out)
	}
	tests := len(present(ps))
	ps, within, outside = holm(ps), holm(within), holm(outside)
	for i, d := range family {
		d.holm, d.equivalent, d.beyond, d.tests = ps[i], within[i], outside[i], tests
	}
}

func (d *comparison) lost() int {
	return d.cell.count((*run).diverged) + d.reference.count((*run).diverged)
}

// verdict is the verdict on two losses.
func (d *comparison) verdict() string {
	gone := func(c *cell) bool { return c.count((*run).diverged) == len(c.runs) }
	switch {
	case d.diff.n == 0 && (gone(d.cell) || gone(d.reference)):
		return "diverged"
	case d.diff.n == 0:
		return "no pair"
	case d.same:
		return "same function"
	}
	return verdictOf(d.diff.mean, d.holm <= level, d.equivalent <= level)
}

func verdictOf(difference float64, separated, equivalent bool) string {
	which := "higher"
	if difference < 0 {
		which = "lower"
	}
	switch {
	case separated && equivalent:
		return which + ", within the margin"
	case separated:
		return which
	case equivalent:
		return "equivalent"
	}
	return "not separated"
}

func (d *comparison) lower() bool  { return strings.HasPrefix(d.verdict(), "lower") }
func (d *comparison) higher() bool { return strings.HasPrefix(d.verdict(), "higher") }
func (d *comparison) alike() bool {
	return d.verdict() == "equivalent" || strings.HasSuffix(d.verdict(), "within the margin")
}

// pair is what is compared.
func (d *comparison) pair() say {
	a, b := label(d.cell.scheme()), label(d.reference.scheme())
	switch {
	case d.name != "":
		return say{text: d.name}
	case d.family == "methods":
		return d.withRanks(" vs ")
	case d.family == "ranks":
		return phrase(a+": rank # vs rank #", count(d.cell.rank()), count(d.reference.rank()))
	}
	return phrase("rank #: "+a+" vs "+b, count(d.cell.rank()))
}

// inHistory is the name of the comparison in history.csv, which never changes.
func (d *comparison) inHistory() say {
	a, b := label(d.cell.scheme()), label(d.reference.scheme())
	switch {
	case d.filed != "":
		return say{text: d.filed}
	case d.family == "methods":
		return d.withRanks(" - ")
	case d.family == "ranks":
		return phrase("rank # - #, "+a, count(d.cell.rank()), count(d.reference.rank()))
	}
	return phrase(a+" - "+b+", rank #", count(d.cell.rank()))
}

// row is the comparison in its table.
func (d *comparison) row() wantedRow {
	values := map[string]say{
		"difference (nats/token)": columned(d.diff), "pairs": one(count(d.diff.n)), "p": one(sig(d.p(), 2)),
		"Holm's p": one(sig(d.holm, 2)), "verdict": {text: d.verdict()}, "sign-flip p": {},
		"relative to reference": {}, "margin (nats/token)": one(sig(d.margin(), 2)),
		"p within the margin": one(sig(d.equivalent, 2)),
		"diverged": phrase("#/#, #/#", count(d.cell.count((*run).diverged)), count(len(d.cell.runs)),
			count(d.reference.count((*run).diverged)), count(len(d.reference.runs))),
		"error from validation": {}, "detectable (nats/token)": {},
	}
	if v := d.detectable(); v > 0 && !d.same {
		values["detectable (nats/token)"] = one(sig(v, 2))
	}
	if !math.IsNaN(d.p()) {
		values["sign-flip p"] = one(sig(flips(d.ds), 2))
	}
	if d.diff.n > 0 {
		values["relative to reference"] = phrase("#%", fix(100*d.diff.mean/d.loss, 2))
	}
	if d.shared > 0 && d.diff.n > 1 {
		values["error from validation"] = phrase("#%", fix(100*d.shared/d.diff.se, 0))
	}
	mine, other := d.cell.of.settings(), d.reference.of.settings()
	shared := make(map[string]say)
	for h, s := range mine {
		if s.String() == other[h].String() {
			shared[h] = s
		}
	}
	return wantedRow{
		keys:     map[string]say{"family": {text: d.family}, "comparison": d.pair()},
		settings: shared, values: values, notes: d.notes(),
	}
}

// notes are the doubts about a comparison that have numbers.
func (d *comparison) notes() (all []say) {
	if p := d.p(); p <= level && !(d.holm <= level) {
		text := "as the only test it would be " + verdictOf(d.diff.mean, true, false) + " (p = #), but it is one of " +
			"# tests"
		all = append(all, phrase(text, sig(p, 2), count(d.tests)))
	}
	switch n := d.diff.n; {
	case n == 1:
		all = append(all, say{text: "n = 1: no interval and no test"})
	case !math.IsNaN(d.p()) && n < 6:
		const text = "n = #: interval and p assume a normal distribution, which so few pairs cannot confirm"
		all = append(all, phrase(text, count(n)))
	}
	for _, c := range []*cell{d.cell, d.reference} {
		if c.learned() < 0 {
			text := d.called(c) + " at rank # ended with a higher loss than before training"
			all = append(all, phrase(text, count(c.rank())))
			break
		}
	}
	all = append(all, d.unequal...)
	if text := d.alsoDiffering(); text != "" {
		all = append(all, say{text: text})
	}
	if !slices.Contains(d.cell.of.tuned, "lr") && same(d.cell.lr, d.reference.lr) {
		all = append(all, phrase("at one learning rate, #: either may do better at another", plain(d.cell.lr)))
	}
	if tuned := d.cell.of.tuned; len(tuned) > 0 && d.cell.grid == nil && !math.IsNaN(d.p()) {
		text := "the interval does not include the error of choosing " + strings.Join(tuned, " and ")
		if len(tuned) == 1 {
			text += "; with tune: {local: 5} it does"
		}
		all = append(all, say{text: text})
	}
	return append(all, d.edges()...)
}

// edges says for how many seeds a better value may lie beyond their grid.
func (d *comparison) edges() (all []say) {
	for _, c := range []*cell{d.cell, d.reference} {
		if s := c.edges(); s.text != "" {
			all = append(all, s)
		}
	}
	return all
}

// edges says how many of the cell's seeds have their best value at the edge of their grid.
func (c *cell) edges() say {
	n, top := c.count((*run).atEdge), c.count(func(r *run) bool { return r.atEdge() && r.grid.top })
	which := "an"
	if top == n {
		which = "the upper"
	} else if top == 0 {
		which = "the lower"
	}
	if n == 0 {
		return say{}
	}
	text := "for # of # seeds the best " + axisWord(c.grid.axis) + " lies at " + which + " edge of the local grid"
	return phrase(text, count(n), count(len(c.runs)))
}

func (r *run) atEdge() bool { return r.grid != nil && r.grid.edge }

// insiders are the seeds of which neither run is at an edge, and the difference of these.
func (d *comparison) insiders() (seeds int, diff interval) {
	at := func(runs []*run) []*run {
		return slices.DeleteFunc(slices.Clone(runs), func(r *run) bool { return !r.atEdge() })
	}
	edge := slices.Concat(at(d.cell.runs), at(d.reference.runs))
	within := func(c cell) *cell {
		c.runs = slices.DeleteFunc(slices.Clone(c.runs), func(r *run) bool {
			return slices.ContainsFunc(edge, func(o *run) bool { return o.seed() == r.seed() })
		})
		return &c
	}
	some := within(*d.cell)
	if seeds = len(some.runs); seeds < 2 {
		return seeds, interval{}
	}
	return seeds, newComparison(d.family, some, within(*d.reference)).diff
}

// inside is the difference without the seeds of which either run is at an edge.
func (d *comparison) inside() say {
	seeds, diff := d.insiders()
	left := len(d.cell.runs) - seeds
	if left == 0 || seeds < 2 {
		return say{}
	}
	text := " For # seeds the best "
	if left == 1 {
		text = " For # seed the best "
	}
	s := phrase(text+axisWord(d.cell.grid.axis)+" lies at an edge of the local grid.", count(left))
	for _, c := range []*cell{d.cell, d.reference} {
		if e := c.edges(); e.text != "" {
			s = s.plus(phrase(" At rank #, ", count(c.rank())), e, say{text: "."})
		}
	}
	return s.plus(say{text: " Without these, the difference is "}, halved(diff),
		phrase(" nats/token (n = #), where it is ", count(diff.n)), halved(d.diff), say{text: " with them."})
}

// withoutEdges are the differences of several comparisons without such seeds.
func withoutEdges(family []*comparison) say {
	var all []say
	for _, d := range family {
		seeds, diff := d.insiders()
		switch {
		case seeds == len(d.cell.runs):
		case seeds < 2:
			all = append(all, d.pair().plus(phrase(": fewer than # seeds are left", count(2))))
		default:
			all = append(all, d.pair().plus(say{text: ": "}, halved(diff), phrase(" (n = #), where it is "+
				"", count(diff.n)),
				halved(d.diff), say{text: " with them"}))
		}
	}
	if len(all) == 0 {
		return say{}
	}
	return say{text: " Without these seeds, the difference in nats/token is: "}.plus(join(all, "; "), say{text: "."})
}

// alsoDiffering names what else differs in the configs of the two.
func (d *comparison) alsoDiffering() string {
	except := append([]string{"seed", "rank", "scaling", "model", "source"}, d.cell.of.tuned...)
	switch d.family {
	case "schemes":
		except = append(except, "alpha", "match_rank")
	case "inits":
		except = append(except, "init")
	case "methods":
		except = append(except, "method", "target_rank", "tinit", "tfinal")
	}
	var names []string
	for _, column := range slices.Sorted(maps.Keys(d.cell.columns)) {
		path, ok := strings.CutPrefix(column, "config.")
		name := path[strings.LastIndexByte(path, '.')+1:]
		mine, other := d.cell.text(column), d.reference.text(column)
		if ok && mine != "" && mine != other && !slices.Contains(except, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if len(names) == 0 {
		return ""
	}
	what := strings.TrimSuffix(d.family, "s")
	return fmt.Sprintf("two things differ: the %s, and %s", what, strings.Join(names, " and "))
}

// text is the comparison in a sentence.
func (d *comparison) text() say {
	if d.diff.n == 0 {
		return d.pair().plus(phrase(": "+d.verdict()+" (# runs diverged)", count(d.lost())))
	}
	part := func(v float64) digits { return fix(100*v/d.loss, 2) }
	s := d.pair().plus(phrase(". The final loss differs by #% [#, #]% of the reference's loss",
		part(d.diff.mean), part(d.diff.low), part(d.diff.high)))
	if m := d.margin(); m > 0 {
		s = s.plus(phrase(", which is #% of what the reference learned", fix(100*margin*d.diff.mean/m, 1)))
	}
	s = s.plus(phrase(" (n = #, Holm's p = # over the # tests of the claim): "+d.verdict(),
		count(d.diff.n), sig(d.holm, 2), count(d.tests)))
	if n := d.lost(); n > 0 {
		s = s.plus(phrase(" (# runs diverged)", count(n)))
	}
	return s
}

// rivals groups cells that differ only in scheme and rank, and in what follows from these.
func rivals(arms []*arm) [][]*cell {
	heads := make(map[string]bool)
	for _, a := range arms {
		for h := range a.settings() {
			heads[h] = true
		}
	}
	key := make(map[*arm]string)
	for _, h := range slices.Sorted(maps.Keys(heads)) {
		made := h == "model" || h == "data" || h == "numerics"
		if !made && follows(h, arms) {
			continue
		}
		for _, a := range arms {
			key[a] += a.settings()[h].String() + "\n"
		}
	}
	return grouped(cellsOf(arms), func(c *cell) string { return key[c.of] })
}

// follows reports whether a setting has a single value for each scheme and rank.
func follows(head string, arms []*arm) bool {
	at := make(map[string]string)
	for _, c := range cellsOf(arms) {
		key, value := fmt.Sprint(c.scheme(), c.rank()), c.of.settings()[head].String()
		if before, ok := at[key]; ok && before != value {
			return false
		}
		at[key] = value
	}
	return true
}

// rankComparisons compares the ranks of a scheme with its smallest.
func rankComparisons(arms []*arm, scheme string) (family []*comparison) {
	for _, group := range rivals(arms) {
		group = slices.DeleteFunc(slices.Clone(group), func(c *cell) bool { return c.scheme() != scheme })
		slices.SortFunc(group, func(a, b *cell) int { return cmp.Compare(a.rank(), b.rank()) })
		for _, c := range group[min(1, len(group)):] {
			if c.rank() != group[0].rank() {
				family = append(family, newComparison("ranks", c, group[0]))
			}
		}
	}
	slices.SortStableFunc(family, func(a, b *comparison) int { return cmp.Compare(a.cell.rank(), b.cell.rank()) })
	correct(family)
	return family
}

// schemeComparisons compares each scheme with the first of the grid, rank by rank.
func schemeComparisons(arms []*arm) (family []*comparison) {
	first := firstScheme(arms)
	for _, group := range rivals(arms) {
		for _, c := range group {
			i := slices.IndexFunc(group, func(o *cell) bool { return o.scheme() == first && o.rank() == c.rank() })
			if i >= 0 && c.scheme() != first {
				d := newComparison("schemes", c, group[i])
				d.unequal = unequalGamma(group, c.scheme(), first)
				family = append(family, d)
			}
		}
	}
	correct(family)
	return family
}

// firstScheme is the scheme of the first run of the grid that has a rank.
func firstScheme(arms []*arm) string {
	place, scheme := math.MaxInt, ""
	for _, c := range cellsOf(arms) {
		at := c.whole("place")
		if c.grid != nil {
			at = c.grid.first.whole("place")
		}
		if c.rank() > 0 && at < place {
			place, scheme = at, c.scheme()
		}
	}
	return scheme
}

// unequalGamma says how gamma differs already at the smallest rank that two schemes share.
func unequalGamma(group []*cell, scheme, first string) []say {
	var a, b *cell
	for _, c := range group {
		for _, o := range group {
			both := c.scheme() == scheme && o.scheme() == first && c.rank() == o.rank()
			if both && (a == nil || c.rank() < a.rank()) {
				a, b = c, o
			}
		}
	}
	x, y := a.num("gamma"), b.num("gamma")
	if math.Abs(x-y) <= 1e-9*y {
		return nil
	}
	return []say{phrase("two things differ: the scheme, and the size of gamma, which is # and # already at rank #; "+
		"match_rank: # makes them equal there", sig(x, 4), sig(y, 4), count(a.rank()), count(a.rank()))}
}

// axisWord is what sentences call an axis.
func axisWord(axis string) string {
	if axis == "lr" {
		return "learning rate"
	}
	return axis
}
