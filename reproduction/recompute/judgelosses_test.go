package recompute

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// comparisonsTable has a row for each comparison.
func comparisonsTable(family []*comparison) wanted {
	t := wanted{kind: "comparisons"}
	for _, d := range family {
		t.rows = append(t.rows, d.row())
	}
	return t
}

// lowerSeen judges the claim that the first of two losses is lower.
func lowerSeen(d *comparison) string {
	switch {
	case d.lower():
		return seen
	case d.higher(), d.alike():
		return notSeen
	}
	return unresolved
}

// littleSeen judges the claim that the first loss is not lower by as much as the margin.
func littleSeen(d *comparison) string {
	switch {
	case d.higher(), d.alike():
		return seen
	case d.lower() && d.beyond <= level:
		return notSeen
	}
	return unresolved
}

// alikeSeen judges the claim that the two losses are the same to within the margin.
func alikeSeen(d *comparison) string {
	switch {
	case d.verdict() == "same function", d.alike():
		return seen
	case d.beyond <= level:
		return notSeen
	}
	return unresolved
}

// off says how much higher or lower the first loss is, in percent of what the reference learned.
func (d *comparison) off() say {
	part := 100 * margin * d.diff.mean / d.margin()
	s := phrase(d.called(d.cell)+" at rank # ends ", count(d.cell.rank()))
	switch {
	case !(d.margin() > 0):
		return say{}
	case part < 0:
		return s.plus(phrase("lower by #% of what was learned", fix(-part, 1)))
	}
	return s.plus(phrase("higher by #% of what was learned", fix(part, 1)))
}

// share is the difference with half of its interval, in percent of what the reference learned.
func (d *comparison) share() say {
	unit, which := margin*100/d.margin(), "higher"
	if d.diff.mean < 0 {
		which = "lower"
	}
	return phrase(which+" by # ± #%", fix(unit*math.Abs(d.diff.mean), 1), fix(unit*d.diff.half(), 1))
}

// notBorne names the comparisons that do not bear a claim out.
func notBorne(family []*comparison, stand func(*comparison) string) say {
	var not []say
	for _, d := range family {
		if stand(d) == seen {
			continue
		}
		var doubts []say
		if !math.IsNaN(d.equivalent) {
			doubts = append(doubts, phrase("p within the margin is #", sig(d.equivalent, 2)))
		}
		for _, c := range []*cell{d.cell, d.reference} {
			if e := c.edges(); e.text != "" {
				doubts = append(doubts, say{text: "under " + d.called(c) + ", "}.plus(e))
			}
		}
		s := d.pair()
		if len(doubts) > 0 {
			s = s.plus(say{text: " ("}, join(doubts, "; "), say{text: ")"})
		}
		not = append(not, s)
	}
	if len(not) == 0 {
		return say{}
	}
	return phrase("# of # comparisons bear the claim out. Not so: ", count(len(family)-len(not)),
		count(len(family))).plus(join(not, "; "), say{text: "."})
}

// apartSaid counts the differences that are shown although the margin should hold them.
func apartSaid(family []*comparison) say {
	apart, shown := 0, 0
	for _, d := range family {
		if d.diff.low > 0 || d.diff.high < 0 {
			apart++
		}
		if d.lower() || d.higher() {
			shown++
		}
	}
	if apart == 0 {
		return say{}
	}
	return phrase(" The intervals of # of # differences do not contain 0, and # are shown by Holm's p: these "+
		"losses differ, whether or not the margin holds the difference.",
		count(apart), count(len(family)), count(shown))
}

// edgesSaid names the cells that have best values at an edge of their local grid.
func edgesSaid(family []*comparison) say {
	var all []say
	named := make(map[*cell]bool)
	for _, d := range family {
		for _, c := range []*cell{d.cell, d.reference} {
			name := d.called(c)
			if n := c.count((*run).atEdge); n > 0 && !named[c] {
				named[c] = true
				all = append(all, phrase("rank #: "+name+" (# of #)", count(c.rank()), count(n), count(len(c.runs))))
			}
		}
	}
	if len(all) == 0 {
		return say{}
	}
	return say{text: " The best learning rates of some seeds lie at an edge of their local grid, beyond which lower " +
		"losses may lie: "}.plus(join(all, "; "), say{text: "."})
}

// runCosts is the ratio of the costs of two ranks' runs.
func (d *comparison) runCosts() say {
	return phrase(" All ranks make as many steps, so that a run at rank # costs # times as much as one at rank #.",
		count(d.cell.rank()), sig(d.cell.num("flops")/d.reference.num("flops"), 2), count(d.reference.rank()))
}

// stepCosts is the ratio of the costs of two ranks' steps, here and for Llama 2 7B: operations for each token
// of 512, with all linear maps adapted.
func (d *comparison) stepCosts() say {
	here := func(c *cell) float64 { return c.num("flops") / c.num("steps") }
	there := func(c *cell) float64 {
		const maps, widths, head, attention = 6.48e9, 2.50e6, 32000 * 4096, 32 * 512 * 4096
		return 4*maps + 6*widths*float64(c.rank()) + 4*head + 7*attention
	}
	big, small := count(d.cell.rank()), count(d.reference.rank())
	return phrase("A step at rank # costs # times as much as one at rank # here, so that rank # makes that many times "+
		"as many steps. By shapes, it would cost # times as much at Llama 2 7B: what a larger rank takes from the "+
		"steps depends on the maps' width, and this comparison is about maps as narrow as the ones here.",
		big, sig(here(d.cell)/here(d.reference), 2), small, small, sig(there(d.cell)/there(d.reference), 3))
}

// farthestOff is the off of the largest difference that does not bear a claim out.
func farthestOff(family []*comparison, stand func(*comparison) string) (off say) {
	far := 0.0
	for _, d := range family {
		part := math.Abs(d.diff.mean / d.margin())
		if stand(d) == notSeen && part > far {
			far, off = part, d.off()
		}
	}
	return off
}

// all is the standing of a claim that each comparison must bear out.
func all(family []*comparison, stand func(*comparison) string) string {
	standing := seen
	for _, d := range family {
		standing = worse(standing, stand(d))
	}
	return standing
}

// fullBest is what full fine-tuning learned at its best rate, and that rate.
func fullBest(arms []*arm) (most, rate float64) {
	for _, c := range cellsOf(arms) {
		if v := c.learned(); c.scheme() == "full" && c.count((*run).diverged) == 0 && v > most {
			most, rate = v, c.lr
		}
	}
	return most, rate
}

// topComparison judges the largest rank of a scheme against the smallest; nil if there are not two
// ranks.
func topComparison(r rule, arms []*arm) (top *comparison, f finding) {
	family := rankComparisons(arms, r.Schemes[0])
	if len(family) == 0 {
		return nil, lacking("two ranks of " + label(r.Schemes[0]))
	}
	top, f.tables = family[len(family)-1], []wanted{comparisonsTable(family)}
	f.off = top.off()
	if f.standing = lowerSeen(top); r.Wants == "no gain" {
		f.standing = littleSeen(top)
	}
	f.seen = top.text().plus(say{text: "."})
	f.addComparisons(top)
	f.shares = []say{top.share()}
	return top, f
}

func judgeRankGain(r rule, s *study) finding {
	arms := s.arms()
	top, f := topComparison(r, arms)
	if top == nil {
		return f
	}
	most, rate := fullBest(arms)
	if most == 0 {
		f.standing = unresolved
		f.seen.text += " " + noFull
		return f
	}
	share := top.reference.learned() / most
	f.add(say{text: "share of what full fine-tuning learned"}, spread(share, 0, 1))
	f.seen = f.seen.plus(phrase(" At rank # the scheme learned #% of what full fine-tuning learned at its best "+
		"learning rate, #.", count(top.reference.rank()), fix(100*share, 0), plain(rate)))
	if least := r.Limits["least-learned"]; share < least {
		f.standing = unresolved
		const text = " That is less than the #% that a verdict needs."
		f.seen = f.seen.plus(phrase(text, plain(100*least)))
	}
	f.beware = top.runCosts()
	f.seen = f.seen.plus(f.beware)
	return f
}

func judgeCostGain(r rule, s *study) finding {
	arms := s.arms()
	top, f := topComparison(r, arms)
	if top == nil {
		return f
	}
	f.tables = slices.Insert(f.tables, 0, costsTable(arms))
	f.beware = top.stepCosts().plus(top.inside())
	f.seen = f.seen.plus(say{text: " "}, f.beware, say{text: " The losses in the table of costs have intervals over " +
		"seeds, which leave out the error from validation; those of differences have it."})
	if off := math.Abs(top.cell.num("flops")/top.reference.num("flops") - 1); !(off <= r.Limits["cost"]) {
		f.standing = unresolved
		const text = " The costs are #% apart, so this is no comparison at equal cost."
		f.seen = f.seen.plus(phrase(text, fix(100*off, 0)))
	}
	return f
}

// costsTable has the cost of each cell.
func costsTable(arms []*arm) wanted {
	t := wanted{kind: "costs"}
	for _, c := range cellsOf(arms) {
		t.rows = append(t.rows, wantedRow{
			keys:     map[string]say{"scheme": {text: label(c.scheme())}, "rank": rankOf(c)},
			settings: c.of.settings(),
			values: map[string]say{
				"steps run": one(count(c.whole("steps"))), "learning rate": one(sig(c.lr, 3)),
				"training cost, factored form (TFLOP)": one(sig(c.num("factored_flops")/1e12, 3)),
				"training cost, cheaper form (TFLOP)":  one(sig(c.num("flops")/1e12, 3)),
				"memory beside the base model (MiB)":   one(sig(c.num("bytes")/(1<<20), 3)),
				"validation loss (nats/token)":         columned(c.loss()),
			},
		})
	}
	return t
}

func rankOf(c *cell) say {
	if c.rank() == 0 {
		return say{text: "-"}
	}
	return one(count(c.rank()))
}

func judgeDefaultRate(_ rule, s *study) finding {
	var best, reference *cell
	var rates []float64
	for _, c := range cellsOf(s.arms()) {
		if c.scheme() == "rslora" {
			reference = c
			continue
		}
		rates = append(rates, c.lr)
		if c.count((*run).diverged) == 0 && (best == nil || c.loss().mean < best.loss().mean) {
			best = c
		}
	}
	if best == nil || reference == nil {
		return lacking("LoRA or rsLoRA")
	}
	edge := ""
	if best.lr == slices.Min(rates) || best.lr == slices.Max(rates) {
		edge = ", which lies at the edge of those tried"
	}
	d := newComparison("schemes", reference, best)
	correct([]*comparison{d})
	s1 := phrase("rsLoRA at rank # with rate # ends at ", count(reference.rank()), plain(reference.lr))
	s2 := phrase(" nats/token. LoRA at rank # with the best of # rates, #"+edge+", ends at ",
		count(best.rank()), count(len(rates)), plain(best.lr))
	s3 := phrase(" nats/token; that rate was chosen on the same seeds, which favours LoRA. "+
		"Both ± are over seeds and leave out the error from validation, which the interval of the difference has. "+
		"The difference is # [#, #] nats/token (n = #, p = #): "+d.verdict()+".",
		sig(d.diff.mean, 2), sig(d.diff.low, 2), sig(d.diff.high, 2), count(d.diff.n), sig(d.holm, 2))
	f := finding{standing: lowerSeen(d), off: d.off()}
	f.beware = phrase("LoRA's best rate is # times the one of rsLoRA, which was not tuned.",
		sig(best.lr/reference.lr, 3))
	f.seen = s1.plus(halved(reference.loss()), s2, halved(best.loss()), s3, say{text: " "}, f.beware)
	f.addComparisons(d)
	return f
}

const noFull = "The study has no full fine-tuning, so it does not say what share of that was learned."

// ofFull says which share of what full fine-tuning learned each cell learned.
func ofFull(arms []*arm) say {
	most, _ := fullBest(arms)
	var said []say
	local := ""
	for _, a := range arms {
		var shares []say
		for _, c := range a.cells {
			if c.grid != nil {
				local = c.grid.axis
			}
			if share := c.learned() / most; c.scheme() != "full" && !math.IsNaN(share) && !math.IsInf(share, 0) {
				shares = append(shares, phrase("rank # #%", count(c.rank()), fix(100*share, 0)))
			}
		}
		if len(shares) > 0 {
			said = append(said, say{text: a.methodName() + ": "}.plus(join(shares, ", ")))
		}
	}
	if most == 0 || len(said) == 0 {
		return say{text: noFull}
	}
	s := say{text: "Share of what full fine-tuning learned at its best learning rate: "}
	s = s.plus(join(said, "; "), say{text: "."})
	if local != "" {
		s.text += " Each seed has its own best " + axisWord(local) + ". Its final validation loss is the lowest " +
			"point of the parabola through the best value of its local grid and the two beside it, on the same " +
			"validation examples that the loss is reported on. Everything else is from the best run of the seed."
	}
	return s
}

func judgeSchemes(_ rule, s *study) finding {
	arms := s.arms()
	family := slices.DeleteFunc(schemeComparisons(arms), func(d *comparison) bool { return d.same })
	if len(family) == 0 {
		return lacking("two schemes at one rank")
	}
	f := comparedAlike(family)
	f.seen = f.seen.plus(say{text: "\n\n"}, ofFull(arms))
	f.tables = []wanted{comparisonsTable(family), ratesTable(arms)}
	return f
}

// comparedAlike judges the claim that no comparison shows a difference beyond the margin.
func comparedAlike(family []*comparison) finding {
	f := finding{standing: all(family, alikeSeen)}
	f.lacks, f.beware = notBorne(family, alikeSeen), apartSaid(family).plus(edgesSaid(family))
	if f.seen = f.lacks.plus(f.beware, withoutEdges(family)); f.lacks.text == "" {
		f.seen.text = strings.TrimPrefix(f.seen.text, " ")
	}
	f.off = farthestOff(family, alikeSeen)
	f.addComparisons(family...)
	return f
}

func judgeRanks(_ rule, s *study) finding {
	arms := s.arms()
	var every, tops []*comparison
	for _, g := range grouped(arms, func(a *arm) string { return a.text("scheme") }) {
		if family := rankComparisons(arms, g[0].text("scheme")); len(family) > 0 {
			top := *family[len(family)-1]
			every, tops = append(every, family...), append(tops, &top)
		}
	}
	if len(tops) == 0 {
		return lacking("two ranks of a scheme")
	}
	correct(tops)
	correct(every)
	var said []say
	for _, d := range tops {
		said = append(said, d.text())
	}
	beware := tops[0].runCosts().plus(edgesSaid(tops))
	rest := beware.plus(withoutEdges(tops), say{text: " "}, ofFull(arms))
	rest.text = strings.TrimPrefix(rest.text, " ")
	says := say{text: "The largest rank against the smallest, scheme by scheme:\n\n- "}.plus(join(said, ".\n- "+
		""), say{text: ".\n\n"}, rest)
	f := finding{standing: all(tops, lowerSeen), seen: says, beware: beware,
		tables: []wanted{comparisonsTable(every), ratesTable(arms)}}
	f.off = farthestOff(tops, lowerSeen)
	for _, d := range tops {
		f.shares = append(f.shares, d.share())
	}
	f.addComparisons(tops...)
	return f
}

func judgeCorrections(_ rule, s *study) finding {
	arms := s.arms()
	top := slices.Max(ranksOf(arms))
	var reference *cell
	for _, c := range cellsOf(arms) {
		if c.scheme() == "rslora" && c.rank() == top {
			reference = c
		}
	}
	if reference == nil {
		return lacking("rsLoRA")
	}
	var family []*comparison
	for _, c := range cellsOf(arms) {
		if c.rank() == top && c.of.scheme.init != 0 {
			family = append(family, newComparison("schemes", c, reference))
		}
	}
	if len(family) == 0 {
		return lacking("a correction of A's initialization")
	}
	correct(family)
	says := say{text: "Init = 0.5 makes A fall as 1/√r. Init = -0.5 makes it grow as √r, which keeps constant " +
		"what theorem 3.2 asks to be constant at the onset, γ²rσ²."}
	tables := []wanted{comparisonsTable(family), ratesTable(arms)}
	var little []say
	for _, d := range family {
		if v := d.verdict(); v == "higher, within the margin" || v == "lower, within the margin" {
			little = append(little, d.pair())
		}
	}
	beware := say{}
	if len(little) > 0 {
		beware = say{text: " This difference is shown, but lies within the margin: "}.plus(join(little, "; "),
			say{text: ". By an earlier rule, which is in the ledger, such a difference did not count as higher; " +
				"by that one the claim would be *not seen*."})
	}
	beware = beware.plus(edgesSaid(family))
	f := finding{standing: all(family, higherSeen), beware: beware, tables: tables}
	f.seen = says.plus(beware, withoutEdges(family), say{text: "\n\n"}, ofFull(arms))
	f.off = farthestOff(family, higherSeen)
	f.addComparisons(family...)
	return f
}

// higherSeen judges the claim that the first of two losses is higher, or that only it
// diverged.
func higherSeen(d *comparison) string {
	whole := func(c *cell) bool { return c.count((*run).diverged) < len(c.runs) }
	switch v := d.verdict(); {
	case d.higher(), v == "diverged" && whole(d.reference):
		return seen
	case v == "diverged" && whole(d.cell), d.lower(), d.alike():
		return notSeen
	}
	return unresolved
}

func judgeInitLosses(_ rule, s *study) finding {
	arms := s.arms()
	cells := cellsOf(arms)
	const usual = "kaiming-uniform"
	var family []*comparison
	for _, c := range cells {
		i := slices.IndexFunc(cells, func(o *cell) bool {
			return o.axis("init") == usual && o.scheme() == c.scheme() && o.rank() == c.rank()
		})
		if i >= 0 && c.axis("init") != usual {
			d := newComparison("inits", c, cells[i])
			d.name = fmt.Sprintf("rank %s: %s vs %s", c.text("rank"), c.axis("init"), usual)
			d.filed = fmt.Sprintf("%s - %s, rank %s", c.axis("init"), usual, c.text("rank"))
			family = append(family, d)
		}
	}
	if len(family) == 0 {
		return lacking("two kinds of init at one rank")
	}
	correct(family)
	f := finding{standing: all(family, alikeSeen), tables: []wanted{comparisonsTable(family)}}
	f.beware = apartSaid(family).plus(edgesSaid(family))
	f.seen = f.beware.plus(say{text: " "}, ofFull(arms))
	f.seen.text = strings.TrimPrefix(f.seen.text, " ")
	f.off = farthestOff(family, alikeSeen)
	f.addComparisons(family...)
	return f
}

func rankHead(rank int) string {
	if rank == 0 {
		return "no rank"
	}
	return fmt.Sprintf("rank %d", rank)
}

// ratesTable has a row for each arm and a column for each rank.
func ratesTable(arms []*arm) wanted {
	t := wanted{kind: "rates"}
	for _, a := range arms {
		r := a.row(make(map[string]say))
		for _, rank := range ranksOf(arms) {
			r.values[rankHead(rank)] = say{}
		}
		for _, c := range a.cells {
			head := rankHead(c.rank())
			if r.values[head] = one(plain(c.lr)); c.grid == nil {
				continue
			}
			t.kind = "best rates"
			low, high := math.Inf(1), 0.0
			for _, x := range c.runs {
				low, high = math.Min(low, x.rate()), math.Max(high, x.rate())
			}
			r.values[head] = phrase("# [#, #]", sig(c.lr, 3), sig(low, 3), sig(high, 3))
		}
		t.rows = append(t.rows, r)
	}
	return t
}
