package recompute

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// rowsOfPowers are the powers of statistics of arms for which theory predicts one.
func rowsOfPowers(arms []*arm, statistics []string) (rows []row) {
	names := armNames(arms)
	for i, a := range arms {
		for _, name := range statistics {
			if p := a.power(name); p.judged() {
				rows = append(rows, row{power: p, name: names[i], arm: a, statistic: name})
			}
		}
	}
	return rows
}

// predicted are the statistics of the first steps that were measured and that theory predicts
// for some arm.
func predicted(arms []*arm) (names []string) {
	for _, s := range statistics {
		says, measured := false, false
		for _, a := range arms {
			says = says || !math.IsNaN(a.power(s.name).predicted)
			for _, o := range a.values(s.name) {
				measured = measured || !math.IsNaN(o.value)
			}
		}
		if says && measured && slices.Contains(firstSteps, s.name) {
			names = append(names, s.name)
		}
	}
	return names
}

func judgePowers(r rule, s *study) finding {
	arms, names := r.arms(s), r.Statistics
	if len(names) == 0 {
		names = predicted(arms)
	}
	return judgeRows(r, arms, names, rowsOfPowers(arms, names))
}

// judgeRows judges powers of some statistics of some arms.
func judgeRows(r rule, arms []*arm, names []string, rows []row) finding {
	if len(rows) == 0 {
		return lacking("a power of rank that theory predicts")
	}
	f := heldToTheory(rows, r.Limits["tolerance"], r.Limits["level"])
	f.seen = f.seen.plus(pairedSaid(rows, r.Limits["level"]))
	if slices.Contains(names, "loss_drop_first") {
		f.seen = f.seen.plus(say{text: " "}, checkedSaid(arms))
		if doubt := unbelievable(arms); doubt.text != "" {
			f.standing, f.seen = unresolved, doubt.plus(say{text: " "}, f.seen)
		}
	}
	f.tables = []wanted{powersTable(arms, names)}
	return f
}

// heldToTheory judges powers: no row may differ, corrected over all rows, and no distinct row,
// corrected over the distinct ones; every distinct interval must lie within the tolerance, and
// no row may be off by more than that.
func heldToTheory(rows []row, tolerance, level float64) finding {
	groups := distinct(rows)
	standing, agree := seen, 0
	var f finding
	var firsts, every []float64
	for _, g := range groups {
		f.addRow(g[0])
		firsts = append(firsts, g[0].p())
		close := g[0].within(tolerance)
		for _, r := range g {
			every = append(every, r.p())
			close = close && r.off() <= tolerance
		}
		switch {
		case !close:
			standing = unresolved
		case g[0].agreement(tolerance) == "agrees":
			agree++
		}
	}
	firsts, every = holm(firsts), holm(every)
	differ, at := 0, 0
	var apart []row // shown to differ
	for i, g := range groups {
		if firsts[i] <= level {
			apart = append(apart, g[0])
		}
		if firsts[i] <= level || atMost(every[at:at+len(g)], level) > 0 {
			differ++
		}
		for k, r := range g {
			if every[at+k] <= level {
				apart = append(apart, r)
			}
		}
		at += len(g)
	}
	if differ > 0 {
		standing = notSeen
	}
	far, _ := farthest(apart)
	f.off = offBy(far)
	n := count(len(groups))
	if f.standing = standing; len(rows) == 2 && len(groups) == 1 &&
		math.Abs(rows[0].off()-rows[1].off()) < 5e-4 {
		f.seen = say{text: "The two rows are one measurement: one is the other times a constant or a power of the " +
			"rank. " +
			"It is off by "}.plus(farthestSaid(rows), phrase(". A test that it is not off at all has p = #.",
			sig(firsts[0], 2)))
		return f
	}
	f.seen = phrase("Rows: #. Distinct measurements among them: #; "+
		"any other row is one of these times a constant or a power of the rank, or its square. "+
		"Each judged alone, # of # agree with theory. Corrected over all of them by Holm's method, "+
		"# of # differ from theory at the level #. The largest deviation from theory is ",
		count(len(rows)), n, count(agree), n, count(differ), n, plain(level)).plus(farthestSaid(rows), say{text: "."})
	if known := present(firsts); len(known) > 0 {
		f.seen = f.seen.plus(phrase(" The smallest p of a distinct row, so corrected, is #.",
			sig(slices.Min(known), 2)))
	}
	f.seen = f.seen.plus(othersDiffering(groups, tolerance))
	return f
}

// pairedSaid is what pairing would find where a rule does not pair.
func pairedSaid(rows []row, level float64) say {
	var ps []float64
	sharper, groups := 0, distinct(rows)
	for _, g := range groups {
		p := g[0].power
		if p.paired != nil {
			return say{}
		}
		p = g[0].arm.pair(p, g[0].statistic, 0)
		if ps = append(ps, p.p()); p.sharper() {
			sharper++
		}
	}
	if sharper == 0 {
		return say{}
	}
	ps = holm(ps)
	return phrase(" In # of the distinct rows theory's own power is another for each seed. The rule does not pair "+
		"seeds. If each seed's power is paired with theory's for that seed, # of # distinct rows differ, corrected, "+
		"and the smallest p is #.", count(sharper), count(atMost(ps, level)), count(len(groups)),
		sig(slices.Min(present(ps)), 2))
}

// othersDiffering are the rows that differ, judged alone, in groups whose first row agrees.
func othersDiffering(groups [][]row, tolerance float64) say {
	n, named := 0, []string(nil)
	for _, g := range groups {
		for _, r := range g[1:] {
			if g[0].agreement(tolerance) == "agrees" && r.agreement(tolerance) == "differs" {
				n++
				name, _, _ := strings.Cut(titleOf(r.statistic), " (")
				named = append(named, name)
			}
		}
	}
	if n == 0 {
		return say{}
	}
	slices.Sort(named)
	return phrase(" Rows that differ when judged alone, though the first row of the same measurement agrees: # ("+
		strings.Join(slices.Compact(named), ", ")+"). They count in the standing only corrected over all rows.",
		count(n))
}

// offBy says how far a value is from what is claimed of it.
func offBy(far float64) say { return phrase("off by #", sig(far, 2)) }

// offFlat says how far a power is from the side of ±flat where a claim has it.
func offFlat(far, flat float64) say {
	return phrase("# on the wrong side of ±#", sig(far, 2), plain(flat))
}

// beyond is how far a value lies outside of ±flat; within is how far it lies inside.
func beyond(v, flat float64) float64 { return math.Max(0, math.Abs(v)-flat) }
func within(v, flat float64) float64 { return math.Max(0, flat-math.Abs(v)) }

// farthest is the largest deviation of powers from theory's, and the factor by which it changes a
// value from the smallest rank of its arm to the largest.
func farthest(rows []row) (far, factor float64) {
	factor = 1
	for _, r := range rows {
		if off := r.off(); off > far {
			low, high := r.arm.cells[0].rank(), r.arm.cells[len(r.arm.cells)-1].rank()
			far, factor = off, math.Exp(off*math.Log(float64(high)/float64(low)))
		}
	}
	return far, factor
}

func farthestSaid(rows []row) say {
	far, factor := farthest(rows)
	return phrase("#: a factor of # over the ranks", fix(far, 3), fix(factor, 3))
}

// lossRounding is the part of a loss that float32 leaves uncertain between two passes.
const lossRounding = 5e-6

// drops are the loss drops of the first step: to first order, and as the loss did on the same
// batch. They cannot be told apart if a tenth of them is lost in rounding, or if one is absent.
func drops(r *run) (drop, actual float64, told bool) {
	drop, actual = r.at(1, "loss_drop"), r.at(1, "loss_drop_actual")
	largest := math.Max(math.Abs(drop), math.Abs(actual))
	return drop, actual, !math.IsNaN(largest) && !(0.1*largest < lossRounding*r.at(0, "train_loss"))
}

// believed reports whether the first-order loss drop is what the loss did on the same batch,
// to a tenth; true if nobody can tell.
func believed(r *run) bool {
	drop, actual, told := drops(r)
	return !told || math.Abs(drop-actual) <= 0.1*math.Abs(actual)
}

// checked counts the arm's runs that can be compared so, and all.
func (a *arm) checked() (n, all int) {
	for _, c := range a.cells {
		all += len(c.runs)
		n += c.count(compared)
	}
	return n, all
}

// checkedSaid counts the same over arms, and names those without any such run.
func checkedSaid(arms []*arm) say {
	n, all := 0, 0
	for _, a := range arms {
		some, of := a.checked()
		n, all = n+some, all+of
	}
	s := phrase("In # of # runs the first loss drop was compared with what the loss did on the same batch.",
		count(n), count(all))
	if n < all {
		s.text += " In the others a tenth of the drop is below what float32 leaves uncertain in the loss, or one " +
			"of the two was not measured."
	}
	return s.plus(ratioSaid(arms), uncheckedSaid(arms))
}

// ratioSaid has the cells with the smallest and the largest mean ratio of the actual drop to the estimate, of those in
// which every run was compared, and the smallest of the others.
func ratioSaid(arms []*arm) (s say) {
	type place struct {
		ratio       float64
		arm         say
		rank        int
		below, runs int
	}
	var told, rest []place
	for i, name := range armNames(arms) {
		if m := arms[i].axis("method"); m != "" {
			name.text += ", method " + m
		}
		for _, c := range arms[i].cells {
			at := place{arm: name, rank: c.rank(), runs: len(c.runs)}
			var ratios []float64
			for _, r := range c.runs {
				drop, actual, _ := drops(r)
				ratios = append(ratios, actual/drop)
				if actual/drop < 1 {
					at.below++
				}
			}
			known := present(ratios)
			if len(known) == 0 {
				continue
			}
			if at.ratio = mean(known).mean; c.count(compared) == len(c.runs) {
				told = append(told, at)
			} else {
				rest = append(rest, at)
			}
		}
	}
	order := func(a, b place) int { return cmp.Compare(a.ratio, b.ratio) }
	if told != nil {
		low, high := slices.MinFunc(told, order), slices.MaxFunc(told, order)
		s = phrase(" Where all runs of a rank were compared, the mean over seeds of what the loss did over the "+
			"estimate "+
			"is between # (", fix(low.ratio, 3)).plus(low.arm, phrase(" at rank #) and # (", count(low.rank),
			fix(high.ratio, 3)), high.arm, phrase(" at rank #).", count(high.rank)))
	}
	if rest != nil {
		low := slices.MinFunc(rest, order)
		s = s.plus(phrase(" Where some were not, the smallest such mean, over all runs, is # "+
			"(", fix(low.ratio, 3)), low.arm,
			phrase(" at rank #; below 1 in # of # runs): there the drop is so small that float32 may be the "+
				"reason, and "+
				"nothing here shows it.", count(low.rank), count(low.below), count(low.runs)))
	}
	return s
}

// uncheckedSaid names the arms without any such run, and those with such runs at one of several ranks.
func uncheckedSaid(arms []*arm) (all say) {
	by := make(map[int][]say) // the number of ranks with such runs
	for i, name := range armNames(arms) {
		ranks := 0
		for _, c := range arms[i].cells {
			if c.count(compared) > 0 {
				ranks++
			}
		}
		if ranks == 0 || len(arms[i].cells) > 1 {
			by[ranks] = append(by[ranks], name)
		}
	}
	if len(by[0]) > 0 {
		all = all.plus(say{text: " No run of these was compared with what the loss did, so nothing but the " +
			"first-order estimate speaks for their loss drop: "}, join(by[0], "; "), say{text: "."})
	}
	if len(by[1]) > 0 {
		all = all.plus(say{text: " Of these, only runs at one rank were compared with what the loss did, so nothing " +
			"but the first-order estimate speaks for the power of rank of their loss drop: "}, join(by[1], "; "),
			say{text: "."})
	}
	return all
}

// compared reports whether what the loss did can be told from rounding.
func compared(r *run) bool {
	_, _, told := drops(r)
	return told
}

// unbelievable names the first cell with runs that are not believed, and counts them.
func unbelievable(arms []*arm) say {
	for _, c := range cellsOf(arms) {
		if n := c.count(func(r *run) bool { return !believed(r) }); n > 0 {
			return phrase("No verdict: for "+label(c.scheme())+" at rank # under "+c.text("optimizer")+
				", in # of # runs the first-order loss drop is more than a tenth off what the loss did on the same "+
				"batch.",
				count(c.rank()), count(n), count(len(c.runs)))
		}
	}
	return say{}
}

// powersTable has a row for each arm and statistic.
func powersTable(arms []*arm, names []string) wanted {
	return rowsTable(arms, names, (*arm).power)
}

// rowsTable has the powers that of gives.
func rowsTable(arms []*arm, names []string, of func(*arm, string) power) wanted {
	t := wanted{kind: "powers"}
	for _, a := range arms {
		for _, name := range names {
			if a.rank() == 0 {
				continue
			}
			t.rows = append(t.rows, powerRow(a, name, of(a, name)))
		}
	}
	return t
}

func powerRow(a *arm, name string, p power) wantedRow {
	values := map[string]say{
		"fitted power": p.shown(), "predicted power": one(plain(p.predicted)), "exact theory": {},
		"verdict": {text: p.agreement(near)},
		"runs":    one(count(p.runs)), "seeds": one(count(p.n)),
	}
	if !math.IsNaN(p.predicted) && p.rise != 0 {
		values["predicted power"] = phrase("# to #", plain(p.predicted), plain(p.predicted+p.rise))
	}
	if !math.IsNaN(p.exact) {
		held, all := a.exactRanks(name)
		values["exact theory"] = phrase("#, at # of # ranks", fix(p.exact, p.decimals()), count(held), count(all))
	}
	if p.paired != nil {
		values["above exact theory, paired by seed"] = bracketed(p.paired.interval, 4)
	}
	r := a.row(values)
	r.keys["quantity"] = say{text: titleOf(name)}
	if p.fitted() && p.excluded > 0 {
		text := "# of # runs are left out: the value is absent, zero or negative"
		r.notes = append(r.notes, phrase(text, count(p.excluded), count(p.excluded+p.runs)))
	}
	return r
}

// exactRanks counts the ranks whose interval contains the expected value, and all ranks that
// have one.
func (a *arm) exactRanks(name string) (held, all int) {
	for _, c := range a.cells {
		over := c.overExpected(name)
		if over.n > 1 {
			all++
			if over.holds(1) {
				held++
			}
		}
	}
	return held, all
}

// armOf is the arm of a scheme; nil if there is none.
func armOf(arms []*arm, scheme string) *arm {
	for _, a := range arms {
		if a.text("scheme") == scheme {
			return a
		}
	}
	return nil
}

// fallsAndStays judges whether one power is below -flat and another within ±flat, and says how far
// off the two are.
func fallsAndStays(falls, stays power, flat float64) (string, say) {
	far := offFlat(math.Max(math.Max(0, falls.mean+flat), beyond(stays.mean, flat)), flat)
	switch {
	case falls.high < -flat && stays.low >= -flat && stays.high <= flat:
		return seen, far
	case falls.low > -flat || stays.high < -flat || stays.low > flat:
		return notSeen, far
	}
	return unresolved, far
}

func judgePattern(r rule, s *study) finding {
	lora, rslora := armOf(r.arms(s), "lora"), armOf(r.arms(s), "rslora")
	if lora == nil || rslora == nil {
		return lacking("LoRA or rsLoRA")
	}
	both := []*arm{lora, rslora}
	f := heldToTheory(rowsOfPowers(both, []string{"grad_norm_onset"}), r.Limits["tolerance"], r.Limits["level"])
	over, far := fallsAndStays(lora.power("grad_norm_mean"), rslora.power("grad_norm_mean"), r.Limits["flat"])
	if over == notSeen {
		f.off = far
	}
	f.standing = worse(f.standing, over)
	f.addPowers("grad_norm_mean", both...)
	f.seen = f.seen.plus(falls(lora, rslora))
	f.tables = []wanted{powersTable(both, []string{"grad_norm_onset", "grad_norm_mean"})}
	return f
}

func judgeOutputs(r rule, s *study) finding {
	lora, rslora := armOf(r.arms(s), "lora"), armOf(r.arms(s), "rslora")
	if lora == nil || rslora == nil {
		return lacking("LoRA or rsLoRA")
	}
	name, optimizer := r.Statistics[0], rslora.text("optimizer")
	first := rslora.power("adapter_output_first")
	standing, far := fallsAndStays(lora.power(name), rslora.power(name), r.Limits["flat"])
	f := finding{
		standing: standing, off: far,
		seen: phrase("Under LoRA the power is ").plus(lora.power(name).shown(), phrase(", and the claim has it "+
			"below -#; "+
			"under rsLoRA it is ", plain(r.Limits["flat"])), rslora.power(name).shown(), phrase(", and the claim "+
			"has it "+
			"within ±#. ", plain(r.Limits["flat"])), phrase("For the first output under rsLoRA with "+
			""+optimizer+", theory predicts a power of rank between # "+
			"and #. The table also has the output of the whole map, which the paper plots: most of that is Wx, the "+
			"output of the frozen map.",
			plain(first.predicted), plain(first.predicted+first.rise)), falls(lora, rslora)),
		tables: []wanted{powersTable([]*arm{lora, rslora}, r.Statistics)},
	}
	f.addPowers(name, lora, rslora)
	return f
}

func judgeOnlyOnset(r rule, s *study) finding {
	f := rsloraAlone(r, s, "grad_norm_onset", "rsLoRA beside another multiplier")
	if f.numbers == nil {
		return f
	}
	for _, a := range r.arms(s) {
		if math.IsNaN(a.power("grad_norm_onset").low) {
			text := "There is no interval for " + label(a.text("scheme")) + "."
			return finding{standing: unresolved, seen: say{text: text}}
		}
	}
	f.seen = say{text: "The norm is proportional to γ√r by identity, so this tests the program."}
	f.tables = []wanted{powersTable(r.arms(s), []string{"grad_norm_onset"})}
	return f
}

// rsloraAlone judges whether the power of a statistic is near 0 under rsLoRA and under no
// other scheme.
func rsloraAlone(r rule, s *study, statistic, what string) finding {
	arms, f := r.arms(s), finding{standing: seen}
	if rslora := armOf(arms, "rslora"); rslora == nil || !slices.ContainsFunc(arms, func(a *arm) bool {
		return a.text("scheme") != "rslora"
	}) {
		return lacking(what)
	}
	f.addPowers(statistic, arms...)
	far, flat := 0.0, r.Limits["flat"]
	for _, a := range arms {
		p, free := a.power(statistic), a.text("scheme") == "rslora"
		saw := stabilityOf(p, flat)
		if saw == "undecided" && f.standing == seen {
			f.standing = unresolved
		} else if saw != "undecided" && (saw == "stable") != free {
			if f.standing = notSeen; free {
				far = math.Max(far, beyond(p.mean, flat))
			} else {
				far = math.Max(far, within(p.mean, flat))
			}
		}
	}
	f.off = offFlat(far, flat)
	return f
}

func judgeOnlyStable(r rule, s *study) finding {
	f := rsloraAlone(r, s, "loss_drop_first", "rsLoRA beside another multiplier under "+r.Optimizers[0])
	if f.numbers == nil {
		return f
	}
	f.seen, f.beware = checkedSaid(r.arms(s)), uncheckedSaid(r.arms(s))
	if doubt := unbelievable(r.arms(s)); doubt.text != "" {
		f.standing, f.seen = unresolved, doubt.plus(say{text: " "}, f.seen)
	}
	f.tables = []wanted{checkTable(r.arms(s))}
	return f
}

// stabilityOf is the verdict on a power of rank.
func stabilityOf(p power, flat float64) string {
	switch {
	case p.low > flat:
		return "explodes"
	case p.high < -flat:
		return "collapses"
	case p.low >= -flat && p.high <= flat:
		return "stable"
	}
	return "undecided"
}

// checkTable has a row for each arm.
func checkTable(arms []*arm) wanted {
	t := wanted{kind: "check"}
	for _, a := range arms {
		drop := a.power("loss_drop_first")
		checked, all := a.checked()
		values := map[string]say{
			"onset gradient norm": a.power("grad_norm_onset").say(), "first loss drop": drop.say(),
			"best first step (exact theory)": a.firstStep(),
			"runs checked against the loss":  phrase("# of #", count(checked), count(all)),

			"measured":  {text: stabilityOf(drop, flat)},
			"predicted": {text: a.scheme.stability(a.text("optimizer"))},
		}
		if saw := stabilityOf(drop, flat); checked == 0 && saw != "undecided" {
			values["measured"] = say{text: saw + " (unchecked)"}
		}
		r := a.row(values)
		if doubt := unbelievable([]*arm{a}); doubt.text != "" {
			values["measured"] = say{text: "undecided"}
			r.notes = append(r.notes, doubt)
		}
		r.notes = append(r.notes, a.doubts()...)
		t.rows = append(t.rows, r)
	}
	return t
}

// firstStep is the power of the best first step, and in brackets that of its exact values.
func (a *arm) firstStep() say {
	step := a.power("step_first")
	if !step.fitted() || math.IsNaN(step.exact) {
		return step.say()
	}
	return step.say().plus(phrase(" (#)", fix(step.exact, 2)))
}

// doubts are the doubts about an arm.
func (a *arm) doubts() (all []say) {
	if why := cmp.Or(a.beyond()); why != "" {
		all = append(all, say{text: "no prediction of theory: " + why})
	}
	for _, c := range a.cells {
		if text := c.lost(); text.text != "" {
			all = append(all, phrase("rank # ", count(c.rank())).plus(text))
		}
	}
	return all
}

// lost names the runs of a cell that diverged, when, and why.
func (c *cell) lost() say {
	var seeds []say
	var reasons []string
	for _, r := range c.runs {
		if !r.diverged() {
			continue
		}
		seeds = append(seeds, phrase("seed # at step #", count(r.seed()), count(r.whole("steps"))))
		if reason := r.text("reason"); reason != "" && !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
	}
	if len(seeds) == 0 {
		return say{}
	}
	s := say{text: "diverged: "}.plus(join(seeds, ", "))
	for i, reason := range reasons {
		s.text += []string{": ", "; "}[min(i, 1)] + reason
	}
	return s
}

func judgeSpread(r rule, s *study) finding {
	lora, rslora := armOf(r.arms(s), "lora"), armOf(r.arms(s), "rslora")
	if lora == nil || rslora == nil {
		return lacking("LoRA or rsLoRA")
	}
	narrow, wide, order := rslora.normRatio(), lora.normRatio(), r.Limits["order"]
	f := finding{standing: unresolved, tables: []wanted{powersTable([]*arm{lora, rslora}, []string{"grad_norm_mean"})}}
	switch {
	case narrow.high < order && wide.low > order:
		f.standing = seen
	case narrow.low > order || wide.high < order:
		f.standing, f.off = notSeen, phrase("the ratios are # and #", sig(narrow.mean, 3), sig(wide.mean, 3))
	}
	f.add(say{text: "ratio under rsLoRA"}, narrow)
	f.add(say{text: "ratio under LoRA"}, wide)
	low, high := rslora.cells[0].rank(), rslora.cells[len(rslora.cells)-1].rank()
	f.seen = phrase("Over ranks # to # (n = #) the ratio is ", count(low), count(high), count(narrow.n)).plus(
		halved(narrow), say{text: " under rsLoRA. Under LoRA it is "}, halved(wide),
		phrase(", which is # orders of magnitude. By theory LoRA's ratio at the onset is √(#/#) = #. So the choice "+
			"of ranks decides LoRA's half of the claim: up to rank # that ratio would be at most #.",
			fix(math.Log10(wide.mean), 2), count(high), count(low), sig(math.Sqrt(float64(high)/float64(low)), 3),
			count(low*int(order*order)), plain(order)),
		falls(lora, rslora))
	return f
}

// falls says by how much of itself the validation loss fell at the ranks of two arms.
func falls(lora, rslora *arm) say {
	var ends []say
	for _, a := range []*arm{lora, rslora} {
		var means []float64
		for _, c := range a.cells {
			var shares []float64
			for _, r := range c.runs {
				shares = append(shares, 100*(1-r.num("val_loss")/r.num("val_loss_onset")))
			}
			means = append(means, mean(shares).mean)
		}
		ends = append(ends, span(means))
	}
	return say{text: " In training, the validation loss fell by "}.plus(ends[0],
		say{text: " of itself under LoRA and by "}, ends[1],
		say{text: " under rsLoRA: means over seeds, the lowest and the highest of all ranks."})
}

// span is the range of values in percent; one number if both ends print alike.
func span(values []float64) say {
	low, high := sig(slices.Min(values), 2), sig(slices.Max(values), 2)
	if strconv.FormatFloat(low.value, 'e', 1, 64) == strconv.FormatFloat(high.value, 'e', 1, 64) {
		return phrase("#%", low)
	}
	return phrase("#% to #%", low, high)
}

// normRatio is, over seeds, the largest ratio at any step between the gradient norms of two
// ranks of an arm, from runs that are done.
func (a *arm) normRatio() interval {
	type place struct{ seed, step int }
	norms := make(map[place][]float64)
	for _, c := range a.cells {
		for _, r := range c.runs {
			for _, p := range r.curve {
				if v, ok := p.values["grad_norm"]; ok && r.done() {
					norms[place{r.seed(), p.step}] = append(norms[place{r.seed(), p.step}], v)
				}
			}
		}
	}
	most := make(map[int]float64)
	for at, of := range norms {
		most[at.seed] = math.Max(most[at.seed], slices.Max(of)/slices.Min(of))
	}
	var ratios []float64
	for _, r := range a.cells[0].runs {
		if v, ok := most[r.seed()]; ok {
			ratios = append(ratios, v)
		}
	}
	return mean(ratios)
}
