package recompute

import (
	"cmp"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat"
)

// judgement is a standing that a claim has had.
type judgement struct {
	claim, date, rule, digest, standing string
	numbers                             []judged
}

// judged is a number that a standing rested on.
type judged struct {
	name             string
	value, low, high float64
}

var codes = map[string]string{"unresolved": unresolved, "not-seen": notSeen, "seen": seen}

// same reports whether two judgements are equal except for their numbers.
func (j *judgement) same(k *judgement) bool {
	return j.claim == k.claim && j.date == k.date && j.rule == k.rule && j.digest == k.digest &&
		j.standing == k.standing
}

func readHistory(folder string) (all []*judgement, err error) {
	file, err := os.Open(filepath.Join(folder, "history.csv"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	err = rowsOf(csv.NewReader(file), file.Name(), func(columns map[string]int, row []string) error {
		at := func(column string) string { return row[columns[column]] }
		j := &judgement{at("claim"), at("date"), at("rule"), at("study"), codes[at("standing")], nil}
		if n := len(all); n == 0 || !all[n-1].same(j) || at("number") == "" {
			all = append(all, j)
		}
		if last := all[len(all)-1]; at("number") != "" {
			n := judged{at("number"), field(at("value")), field(at("ci_low")), field(at("ci_high"))}
			last.numbers = append(last.numbers, n)
		}
		return nil
	})
	return all, err
}

// fixed is a rule of a claim as the ledger has it: its hash, its date, and why.
type fixed struct{ claim, rule, date, why string }

// readLedger reads all rules, in their order.
func readLedger() (all []fixed, err error) {
	text, err := os.ReadFile("../../paper/ledger.yaml")
	for l := range strings.Lines(string(text)) {
		l = strings.TrimSpace(l)
		if claim, ok := strings.CutPrefix(l, "- claim: "); ok {
			all = append(all, fixed{claim: claim})
		}
		if len(all) == 0 || strings.HasPrefix(l, "- ") {
			continue
		}
		last := &all[len(all)-1]
		if rule, ok := strings.CutPrefix(l, "rule: "); ok {
			last.rule = rule
		} else if date, ok := strings.CutPrefix(l, "date: "); ok {
			last.date = date
		} else if l != "why: >-" {
			last.why = strings.TrimSpace(last.why + " " + strings.TrimPrefix(l, "why: "))
		}
	}
	return all, err
}

// fixed is the newest rule of a claim.
func (r report) fixed(key string) (last fixed) {
	for _, f := range r.ledger {
		if f.claim == key {
			last = f
		}
	}
	return last
}

// hyphenated words may be keys of claims.
var hyphenated = regexp.MustCompile(`[a-z]+(-[a-z]+)+`)

// whys are the reasons for all rules of a claim, in order, by their hashes; it says of which the history has no
// judgement. Claims are named by number.
func (r report) whys(key string) string {
	var all []string
	for _, f := range r.ledger {
		if f.claim != key {
			continue
		}
		note := ": "
		if len(r.judgedBy(key, f.rule)) == 0 {
			note = " (judged nothing): "
		}
		all = append(all, "`"+f.rule+"`"+note+hyphenated.ReplaceAllStringFunc(f.why, func(word string) string {
			return cmp.Or(r.numbers[word], word)
		}))
	}
	return strings.Join(all, "; ")
}

// judgedBy are the judgements of a claim by a rule, one of each study's runs: the last.
func (r report) judgedBy(key, rule string) (all []*judgement) {
	seen := make(map[string]bool)
	for i := len(r.history) - 1; i >= 0; i-- {
		if j := r.history[i]; j.claim == key && j.rule == rule && !seen[j.digest] {
			seen[j.digest], all = true, append(all, j)
		}
	}
	slices.Reverse(all)
	return all
}

// last are the newest judgement of a claim and the one before it; nil if there is none.
func (r report) last(key string) (now, before *judgement) {
	for _, j := range r.history {
		if j.claim == key {
			now, before = j, now
		}
	}
	return now, before
}

// late checks what the page says of a claim whose rule changed after its runs, and returns the
// standing that the claim had by the earlier rule.
func (r report) late(a *audit, c *claim, key string, s *study, today string) string {
	standing, was := unresolved, "these runs were never judged."
	for _, j := range r.history {
		if j.claim == key && j.rule == s.about.Rules[key] && j.digest == s.digest {
			standing, was = j.standing, "the claim was *"+j.standing+"*."
		}
	}
	want := "By the earlier rule, " + was + " By the new rule it would be *" + today +
		"*, but that needs runs on seeds that the new rule has not seen. Why it was changed: " + r.fixed(key).why
	if c.late != want {
		a.fail("the rule was changed after the runs: should read %q, and not %q", want, c.late)
	}
	return standing
}

// standings compares what a page says of a claim's standing, and what changed, with history. A
// claim that was not run, or only in part, has no finding.
func (r report) standings(a *audit, c *claim, key, standing string, f *finding) {
	s, hash := r.studies[rules[key].Study], rules[key].hash()
	judged := f != nil && s.about.Rules[key] == hash
	if f != nil && !judged {
		standing = r.late(a, c, key, s, standing)
	} else if c.late != "" {
		a.fail("the rule was not changed after the runs: %q", c.late)
	}
	shown := say{text: standing}
	if judged && standing == notSeen && f.off.text != "" {
		shown = shown.plus(say{text: ": "}, f.off)
	}
	a.hold("standings", c.standing, shown, 1)
	a.hold("standings", c.listed, shown, 1)
	now, before := r.last(key)
	if !judged {
		now, before = nil, now
	} else if is := (&judgement{key, judgedOn(now, s), hash, s.digest, standing, nil}); now == nil || !now.same(is) {
		a.fail("history has %v last, and should have %v", now, is)
		return
	} else {
		r.rests(a, now.numbers, f.numbers)
	}
	past := ""
	if before != nil {
		past = before.standing
	}
	if c.larger != nil && c.past != past { // there is no column for it on the larger model
		a.fail("history has %q before, and the page %q", past, c.past)
	}
	a.hold("judgements before", c.judgements, r.earlier(key, hash, now), 1)
	a.hold("every standing", c.every, r.everyBefore(key, now).plus(say{text: " | "}, shown, say{text: " | " +
		r.whys(key)}), 1)
	want := join(r.changed(hash, standing, now, before), " ")
	if len(c.changes) > 1 || want.text == "" && len(c.changes) > 0 {
		a.fail("%d changes: %q", len(c.changes), c.changes)
		return
	}
	a.hold("what changed", strings.Join(c.changes, ""), want, 1)
	a.hold("over blocks", c.overBlocks, r.overBlocks(key, hash, f), 1)
}

// judgedOn is the day of a judgement: that of its study's last run, or an earlier one if the same
// runs were made again.
func judgedOn(now *judgement, s *study) string {
	if now != nil && now.digest == s.digest && now.date < s.last() {
		return now.date
	}
	return s.last()
}

// earlier lists all judgements by a fixed rule but one.
func (r report) earlier(key, hash string, now *judgement) say {
	var all []say
	for _, j := range r.history {
		by := "rule `" + j.rule + "`"
		if j.rule == hash {
			by = "the same rule"
		}
		if j.claim == key && j.rule != "" && j != now {
			s := say{text: "*" + j.standing + "* (" + by + ", runs of " + j.date + ", " + r.madeBy(j.digest)}
			for _, n := range j.numbers {
				if len(j.numbers) <= 4 {
					s = s.plus(say{text: "; " + n.name + ": "}, n.say())
				}
			}
			all = append(all, s.plus(say{text: ")"}))
		}
	}
	if len(all) == 0 {
		return say{}
	}
	said := join(all, "; ").plus(say{text: "."})
	if len(all) > 1 {
		said = said.plus(phrase(" With the present one that makes #. Whether there was a next judgement depended "+
			"on what the one before found, so the present standing has been given more than one chance.",
			count(len(all)+1)))
	}
	return said
}

// block is how runs were made that claims were judged on.
type block struct{ digest, name, number, grid, programs string }

func readBlocks(folder string) (all []block, err error) {
	file, err := os.Open(filepath.Join(folder, "blocks.csv"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	err = rowsOf(csv.NewReader(file), file.Name(), func(columns map[string]int, row []string) error {
		at := func(column string) string { return row[columns[column]] }
		all = append(all, block{at("study"), at("experiment"), at("block"), at("grid"), at("program")})
		return nil
	})
	return all, err
}

// madeBy says which block of seeds some runs had, and which commits made them.
func (r report) madeBy(digest string) string {
	for _, b := range r.blocks {
		if b.digest != digest {
			continue
		}
		var programs []string
		for _, p := range strings.Split(b.programs, ", ") {
			said := "a program of no commit"
			if words := strings.Fields(p); len(words) == 3 {
				said = "program `" + words[2][:12] + "`"
			}
			programs = append(programs, said)
		}
		return "block " + b.number + " of seeds, " + strings.Join(programs, " and again by ")
	}
	return "a program that is not known"
}

// The files of each study are of the runs that blocks.csv has them for, and each block is of a judgement.
func TestBlocks(t *testing.T) {
	r, _ := open(t)
	for _, s := range r.studies {
		want := block{s.digest, s.name, strconv.Itoa(s.about.Block), s.about.Asked, s.distinct("program")}
		if s.about.Timed != nil {
			want.programs = s.about.Timed.Program
		}
		if i := slices.IndexFunc(r.blocks, func(b block) bool { return b.digest == s.digest }); i < 0 {
			if _, ended := s.planned(); ended == len(s.rows) {
				t.Errorf("blocks.csv lacks %v", want)
			}
		} else {
			b := r.blocks[i]
			if slices.Contains(strings.Split(b.programs, ", "), want.programs) { // one of them, if they were made again
				b.programs = want.programs
			}
			if b != want {
				t.Errorf("blocks.csv has %v, want %v", b, want)
			}
		}
	}
	for _, b := range r.blocks {
		if !slices.ContainsFunc(r.history, func(j *judgement) bool { return j.digest == b.digest }) {
			t.Errorf("no judgement is of %v", b)
		}
	}
}

// meansOver are the means of a claim's numbers over the judgements by its rule, for those that have an interval in all
// of them. Of losses, intervals are as wide as on average: their errors may go together.
func (f *finding) meansOver(by []*judgement, together bool) (all []judged) {
	for _, n := range f.numbers {
		var values, halves []float64
		for _, j := range by {
			for _, m := range j.numbers {
				if n.name.misprint(m.name, 1) == "" && !math.IsNaN(m.high-m.low) {
					values, halves = append(values, m.value), append(halves, (m.high-m.low)/2)
				}
			}
		}
		if len(values) < len(by) {
			continue
		}
		half := math.Sqrt(meanSquare(halves) / float64(len(halves)))
		if together {
			half = mean(halves).mean
		}
		m := mean(values).mean
		all = append(all, judged{n.name.String(), m, m - half, m + half})
	}
	return all
}

// ofLosses are the tests on losses after training, which all blocks score on the same examples.
var ofLosses = regexp.MustCompile("^(rank-gain|cost-gain|default-rate|corrections-worse|schemes-equal|ranks-gain|" +
	"init-losses|rate-powers|rate-transfer)/")

// overBlocks says what a claim's numbers are over all blocks that its rule has judged.
func (r report) overBlocks(key, hash string, f *finding) say {
	by, fixed := r.judgedBy(key, hash), 0
	for _, j := range r.history {
		if j.claim == key && j.rule != "" {
			fixed++
		}
	}
	switch {
	case len(by) < 2 && fixed < 2:
		return say{}
	case len(by) < 2:
		return say{text: "This rule has judged one block of seeds. What other rules measured is not averaged with it."}
	}
	means := f.meansOver(by, ofLosses.MatchString(rules[key].Test))
	if len(means) == 0 {
		return phrase("This rule has judged # blocks of seeds. Of each, history.csv has only a share of cells, "+
			"which has "+
			"no interval: there is no estimate over blocks.", count(len(by)))
	}
	grids := make(map[string]bool)
	for _, j := range by {
		for _, b := range r.blocks {
			if b.digest == j.digest && b.grid != "" {
				grids[b.grid] = true
			}
		}
	}
	s := phrase("The mean over the # blocks of seeds that this rule has judged", count(len(by)))
	if len(grids) > 1 {
		s.text += ", whose grids differ"
	}
	s.text += ": "
	if len(means) > 4 {
		return s.plus(say{text: "see the last table."}, f.apart(by))
	}
	var all []say
	for _, m := range means {
		all = append(all, say{text: m.name + ": "}.plus(m.say()))
	}
	return s.plus(join(all, "; "), say{text: "."}, f.apart(by))
}

// apart are the numbers that differ between blocks: a test of one value for all, by weighted squares.
func (f *finding) apart(by []*judgement) say {
	var names []string
	var ps []float64
	for _, n := range f.numbers {
		var values, weights []float64
		for _, j := range by {
			for _, m := range j.numbers {
				if n.name.misprint(m.name, 1) == "" && !math.IsNaN(m.high-m.low) {
					se := (m.high - m.low) / 2 / 1.959963984540054
					values, weights = append(values, m.value), append(weights, 1/(se*se))
				}
			}
		}
		if len(values) < len(by) {
			continue
		}
		center, q := stat.Mean(values, weights), 0.0
		for i, v := range values {
			q += (v - center) * (v - center) * weights[i]
		}
		names = append(names, n.name.String())
		ps = append(ps, mathext.GammaIncRegComp(float64(len(values)-1)/2, q/2))
	}
	var all []say
	for i, p := range holm(ps) {
		if p <= 0.05 {
			all = append(all, say{text: names[i]}.plus(phrase(" (p = #)", sig(p, 2))))
		}
	}
	if all == nil {
		return say{}
	}
	numbers := "numbers"
	if len(ps) == 1 {
		numbers = "number"
	}
	return phrase(" The blocks differ from each other by more than chance lets them, corrected by Holm's method "+
		"over # "+
		numbers+", in: ", count(len(ps))).plus(join(all, "; "),
		say{text: ". Whether that is chance all the same, or a fault, is open."})
}

// blocksTable has these means if they are many.
func (r report) blocksTable(key, hash string, f *finding) (t wanted) {
	t.kind = "blocks"
	by := r.judgedBy(key, hash)
	if len(by) < 2 {
		return t
	}
	if means := f.meansOver(by, ofLosses.MatchString(rules[key].Test)); len(means) > 4 {
		for _, m := range means {
			t.rows = append(t.rows, wantedRow{keys: map[string]say{"number": {text: m.name}},
				values: map[string]say{"mean over blocks": m.say()}})
		}
	}
	return t
}

// everyBefore lists all judgements but one, also those by rules that were not fixed.
func (r report) everyBefore(key string, now *judgement) say {
	var all []say
	for _, j := range r.history {
		of := "rule " + j.rule + ", runs of " + j.date
		if j.rule == "" {
			of = strings.ReplaceAll(strings.TrimPrefix(j.digest, "report-"), "-", " ")
		}
		if j.claim == key && j != now {
			all = append(all, say{text: j.standing + " (" + of + ")"})
		}
	}
	return join(all, "; ")
}

// changed says how a claim differs from the judgement before.
func (r report) changed(hash, standing string, now, before *judgement) (all []say) {
	switch {
	case before == nil:
		return nil
	case now == nil && before.rule == hash:
		return []say{{text: "*" + standing + "*; before, it was *" + before.standing + "*, on other runs."}}
	case now == nil:
		return []say{{text: "*" + standing + "*; before, it was *" + before.standing +
			"*, by a rule that has changed since."}}
	}
	if now.standing != before.standing {
		all = append(all, say{text: "*" + now.standing + "*; before, it was *" + before.standing + "*."})
	}
	if now.rule != before.rule {
		was := "; before, it was `" + before.rule + "`."
		if before.rule == "" {
			was = "; before, rules were not fixed."
		}
		all = append(all, say{text: "The rule is `" + now.rule + "`" + was})
	}
	was, is := byName(before.numbers), byName(now.numbers)
	for _, n := range now.numbers {
		old := was[n.name]
		if len(old) != 1 {
			continue
		}
		a, b := (n.high-n.low)/2, (old[0].high-old[0].low)/2
		if (n.value-old[0].value)*(n.value-old[0].value) > a*a+b*b {
			all = append(all, say{text: n.name + " is "}.plus(n.say(), say{text: ", and was "}, old[0].say(),
				phrase(": the #% interval of the difference does not contain #.", count(95), count(0))))
		}
	}
	var lost []say
	for _, n := range before.numbers {
		if len(was[n.name]) > 1 || len(is[n.name]) != 1 {
			lost = append(lost, say{text: n.name + " was "}.plus(n.say()))
		}
	}
	if len(lost) > 0 && len(now.numbers) > 0 {
		all = append(all, say{text: "Numbers from before that have no counterpart by name, and are not " +
			"compared: "}.plus(
			join(lost, "; "), say{text: "."}))
	}
	return all
}

func byName(numbers []judged) map[string][]judged {
	of := make(map[string][]judged)
	for _, n := range numbers {
		of[n.name] = append(of[n.name], n)
	}
	return of
}

func (n judged) say() say {
	if math.IsNaN(n.low) {
		return one(sig(n.value, 5))
	}
	return phrase("# [#, #]", sig(n.value, 5), sig(n.low, 5), sig(n.high, 5))
}

// rests compares the numbers of a judgement with those that its standing rests on.
func (r report) rests(a *audit, numbers []judged, want []rests) {
	if len(numbers) != len(want) {
		a.fail("history has %d numbers, and there should be %d", len(numbers), len(want))
		return
	}
	// Both absent, or equal to nine digits behind the point.
	is := func(a, b float64) bool {
		return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-9*math.Max(1, math.Abs(b))
	}
	for i, n := range numbers {
		w := want[i]
		a.parsed["history"]++
		if w.name.misprint(n.name, 1) != "" || !is(n.value, w.value) || !is(n.low, w.low) || !is(n.high, w.high) {
			a.fail("history has %v, and it should be %v, %g [%g, %g]", n, w.name, w.value, w.low, w.high)
			continue
		}
		a.held["history"]++
	}
}

// A number is found again in the next judgement by its name, so no judgement has one name twice, and
// no name has what may differ from study to study for one number.
func TestNamesOfNumbers(t *testing.T) {
	r, _ := open(t)
	for _, j := range r.history {
		for name, of := range byName(j.numbers) {
			if len(of) > 1 {
				t.Errorf("%s, %s: %d numbers are called %q", j.claim, j.digest, len(of), name)
			}
			if strings.Contains(name, "learning rate") || strings.Contains(name, "optimizer ") {
				t.Errorf("%s, %s: the name %q has a setting that another study may change", j.claim, j.digest, name)
			}
		}
	}
}
