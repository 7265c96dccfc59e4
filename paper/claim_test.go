package paper

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ranksweep/metrics"
	"ranksweep/paper/table"
)

// lateRule is the hash of a rule that no claim has.
const lateRule = "0123456789ab"

// figure2and3 is a whole study of that experiment, made on a day, under the present rules or
// others.
func figure2and3(rules map[string]string) Study {
	runs := changed(normed(rightNorms), put(4, metrics.AdapterOutput, rightNorms, 0.02)).Runs
	return Study{View: view(runs), Planned: len(runs), Done: len(runs), Made: Made{
		Name: "paper-fig2-3", Digest: "digest", CPU: "a CPU | of pipes", Kernel: "avx2", Program: "v1",
		Last: "2026-03-04", Seconds: 5400,
		Rules: rules, Block: 3,
	}}
}

// reproduced judges by a single study.
func reproduced(t *testing.T, s Study, past History) Reproduction {
	t.Helper()
	r, err := Reproduce(map[string]Study{"paper-fig2-3": s}, past)
	if err != nil {
		t.Fatal(err)
	}
	if len(r) != len(claims) {
		t.Fatalf("%d findings of %d claims", len(r), len(claims))
	}
	return r
}

// found is the finding on a claim.
func (r Reproduction) found(t *testing.T, key string) Finding {
	t.Helper()
	i := slices.IndexFunc(r, func(f Finding) bool { return f.Key == key })
	if i < 0 {
		t.Fatalf("no finding on %q", key)
	}
	return r[i]
}

// A claim that was not run says so, and judges nothing.
func TestReproduceWithoutStudies(t *testing.T) {
	r, err := Reproduce(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r {
		if f.Standing != NotRun || f.Late || len(f.Figures)+len(f.Tables)+len(f.Numbers) > 0 || f.Text != "" {
			t.Errorf("%s: %s, %q", f.Key, f.Standing, f.Text)
		}
		if want := "not run                     " + f.Name; f.Line() != want {
			t.Errorf("%q, want %q", f.Line(), want)
		}
	}
	text := r.Markdown("# Test", "beside", Past{})
	if n := strings.Count(text, "| not run | not run |"); n != len(claims) {
		t.Errorf("%d rows of the table say so, want %d", n, len(claims))
	}
	if n := strings.Count(text, "\n**Standing: not run**\n"); n != len(claims) ||
		strings.Contains(text, "What would resolve it") || strings.Contains(text, "![") {
		t.Errorf("%d sections say so, want %d:\n%s", n, len(claims), text)
	}
	if !strings.Contains(text, "## What changed since the judgement before\n\nNothing.\n") {
		t.Error("without a history something changed")
	}
	if h := History(nil).Add(r); len(h) > 0 {
		t.Errorf("what was not run is in the history: %+v", h)
	}
}

// A study with missing runs says how many there are, and judges nothing.
func TestPartialStudy(t *testing.T) {
	s := figure2and3(Rules("paper-fig2-3"))
	s.Planned = 100
	r := reproduced(t, s, nil)
	f := r.found(t, "onset-collapse")
	if f.Standing != Partial || f.Text != "" || len(f.Figures)+len(f.Tables)+len(f.Numbers) > 0 {
		t.Errorf("%s, %q, %d figures, %d tables", f.Standing, f.Text, len(f.Figures), len(f.Tables))
	}
	const want = "partial: 72 of 100 runs"
	if !strings.HasPrefix(f.Line(), want+" ") {
		t.Errorf("%q", f.Line())
	}
	text := r.Markdown("# Test", "beside", Past{})
	judged := 0
	for _, c := range claims {
		if c.Rule.Study == "paper-fig2-3" {
			judged++
		}
	}
	tables := 2 // the first and the last
	if strings.Count(text, "| "+want+" |") != tables*judged ||
		!strings.Contains(text, "\n**Standing: partial: 72 of 100 runs**\n") ||
		!strings.Contains(text, "| paper-fig2-3 | 2026-03-04 | 72 of 100 | ") {
		t.Error(text)
	}
	if h := History(nil).Add(r); len(h) > 0 {
		t.Errorf("a partial study is in the history: %+v", h)
	}
	s.Planned = s.Done
	if f := reproduced(t, s, nil).found(t, "onset-collapse"); f.Standing != Seen {
		t.Errorf("with the last run it is %s", f.Standing)
	}
}

// A claim that a whole study judges has its standing, its numbers, its tables and the figures
// that it names; the others are not run.
func TestReproduceOfAStudy(t *testing.T) {
	r := reproduced(t, figure2and3(Rules("paper-fig2-3")), nil)
	for _, f := range r {
		want := NotRun
		if f.Rule.Study == "paper-fig2-3" {
			want = Seen
		}
		if f.Standing != want || f.Late {
			t.Errorf("%s: %s, late %t, want %s: %s", f.Key, f.Standing, f.Late, want, f.Text)
		}
		if want == Seen && len(f.Figures) != len(f.Shows) {
			t.Errorf("%s shows %q, of which %d are drawn", f.Key, f.Shows, len(f.Figures))
		}
	}
	h := History(nil).Add(r)
	text := r.Markdown("# Test", "beside", Past{History: h})
	for _, want := range []string{
		"# Test\n\n| claim | ",
		"| 1. " + claims[0].Name + " (adamw; ",
		fmt.Sprintf("| `%s`, ", claimOf(t, "onset-collapse").Rule.Hash()),
		"\n**Standing: seen**\n",
		"(experiment `paper-fig2-3`)",
		"(beside/paper-fig2-3-gradient-norm.png)\n\n" + figureOf(t, "gradient-norm", figure2and3(nil).View).Caption,
		"(beside/paper-fig2-3-onset.png)",
		"| paper-fig2-3 | 2026-03-04 | 72 of 72 | 1.50 | a CPU \\| of pipes | avx2 | v1 | 3 |\n",
		"timed on the machine that the end of this page names",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if again := reproduced(t, figure2and3(Rules("paper-fig2-3")), nil).Markdown("# "+
		"Test", "beside", Past{History: h}); again != text {
		t.Error("of the same studies the page is another")
	}
	var names []string
	for _, f := range r.Figures() {
		if slices.Contains(names, f.Name) {
			t.Errorf("figure %s is there twice", f.Name)
		}
		names = append(names, f.Name)
	}
	want := []string{"paper-fig2-3-onset", "paper-fig2-3-gradient-norm", "paper-fig2-3-activations"}
	if !slices.Equal(names, want) {
		t.Errorf("figures %q, want %q", names, want)
	}
}

// The history grows by one judgement for each claim that is judged, and not if it is judged
// again. The page shows what differs from the judgement before.
func TestHistoryOfReproductions(t *testing.T) {
	const key = "onset-collapse"
	before := Judgement{Claim: key, Date: "2026-01-01", Rule: lateRule, Study: "earlier", Standing: NotSeen}
	past := History{before}
	r := reproduced(t, figure2and3(Rules("paper-fig2-3")), past)
	now := past.Add(r)
	added := make(map[string]Judgement)
	for _, j := range now[1:] {
		added[j.Claim] = j
	}
	for _, c := range claims {
		j, ok := added[c.Key]
		if ok != (c.Rule.Study == "paper-fig2-3") {
			t.Errorf("%s: added to the history %t", c.Key, ok)
		}
		if ok && (j.Date != "2026-03-04" || j.Study != "digest" || j.Rule != c.Rule.Hash() || j.Standing != Seen ||
			len(j.Numbers) == 0) {
			t.Errorf("%+v", j)
		}
	}
	if len(now) != 1+len(added) || len(now.Add(r)) != len(now) {
		t.Errorf("%d judgements of %d claims; again %d", len(now)-1, len(added), len(now.Add(r))-1)
	}
	if len(past) != 1 || past[0].Standing != before.Standing || past[0].Study != before.Study {
		t.Errorf("the past changed: %+v", past)
	}
	text := r.Markdown("# Test", "beside", Past{History: now})
	rule := claimOf(t, key).Rule.Hash()
	for _, want := range []string{
		"| not seen | seen | not run |\n",
		fmt.Sprintf("- 1: *seen*; before, it was *not seen*. The rule is `%s`; before, it was `%s`.\n", rule, lateRule),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "\nNothing.\n") {
		t.Error("the page says that nothing changed")
	}
	now[0].Rule = ""
	text = r.Markdown("# Test", "beside", Past{History: now})
	if want := fmt.Sprintf("The rule is `%s`; before, rules were not fixed.", rule); !strings.Contains(text, want) {
		t.Errorf("the page lacks %q:\n%s", want, text)
	}
}

// If a mended test judges the same runs differently by the same rule, the page shows it.
func TestHistoryOfAnotherJudge(t *testing.T) {
	r := reproduced(t, figure2and3(Rules("paper-fig2-3")), nil)
	past := History(nil).Add(r)
	for i := range past {
		if past[i].Claim == "onset-collapse" {
			past[i].Standing = NotSeen
		}
	}
	now := past.Add(r)
	if added := now[len(past):]; len(added) != 1 || added[0].Claim != "onset-collapse" || added[0].Standing != Seen {
		t.Errorf("added %+v", added)
	}
	if text := r.Markdown("# Test", "beside", Past{History: now}); !strings.Contains(text, ": *seen*; before, it "+
		"was *not seen*.\n") {
		t.Error(text)
	}
}

// A claim that has lost its standing says which it had, and why it has none.
func TestStandingThatIsGone(t *testing.T) {
	s := figure2and3(Rules("paper-fig2-3"))
	past := History(nil).Add(reproduced(t, s, nil))
	s.Planned++
	none, err := Reproduce(nil, past)
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]string{past[0].Rule: "on other runs", lateRule: "by a rule that has changed since"}
	partial := reproduced(t, s, past)
	for standing, r := range map[string]Reproduction{"partial: 72 of 73 runs": partial, "not run": none} {
		for rule, reason := range reasons {
			h := slices.Clone(past)
			h[0].Rule = rule
			want := fmt.Sprintf("- 1: *%s*; before, it was *seen*, %s.\n", standing, reason)
			if text := r.Markdown("# Test", "beside", Past{History: h}); !strings.Contains(text, want) ||
				!strings.Contains(text, "| seen | "+standing+" | not run |\n") {
				t.Errorf("the page lacks %q:\n%s", want, text)
			}
		}
	}
}

// A claim whose rule has changed since its runs keeps its standing by the earlier rule. The
// page names the standing by the new rule, which needs other seeds.
func TestLateRule(t *testing.T) {
	const key = "onset-collapse"
	rules, fixed := Rules("paper-fig2-3"), ledger
	rules[key] = lateRule
	t.Cleanup(func() { ledger = fixed })
	ledger = append(slices.Clone(ledger),
		Fixed{Claim: key, Rule: claimOf(t, key).Rule.Hash(), Date: "2026-03-05", Why: "it held to another power"})
	for _, c := range []struct {
		name string
		past History
		want Standing
		says []string
	}{
		{"judged by the old rule on these runs", History{
			{Claim: key, Date: "2026-03-04", Rule: lateRule, Study: "digest", Standing: NotSeen},
			{Claim: key, Date: "2026-03-04", Rule: lateRule, Study: "other runs", Standing: Unresolved},
			{Claim: "activations", Date: "2026-03-04", Rule: lateRule, Study: "digest", Standing: Unresolved},
		}, NotSeen, []string{"By the earlier rule, the claim was *not seen*.",
			"By the new rule it would be *seen*"}},
		{"never judged by the old rule", History{
			{Claim: key, Date: "2026-03-04", Rule: lateRule, Study: "other runs", Standing: NotSeen},
			{Claim: key, Date: "2026-03-04", Rule: "another", Study: "digest", Standing: NotSeen},
		}, Unresolved, []string{"By the earlier rule, these runs were never judged.",
			"By the new rule it would be *seen*"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := reproduced(t, figure2and3(rules), c.past)
			f := r.found(t, key)
			if !f.Late || f.Standing != c.want || f.New != Seen {
				t.Errorf("late %t, %s, new %s; want true, %s, seen", f.Late, f.Standing, f.New, c.want)
			}
			if other := r.found(t, "activations"); other.Late || other.Standing != Seen {
				t.Errorf("a claim whose rule is the same: late %t, %s", other.Late, other.Standing)
			}
			text := r.Markdown("# Test", "beside", Past{History: c.past})
			for _, want := range append(c.says, "The rule was changed after these runs.",
				"but that needs runs on seeds that the new rule has not seen. Why it was changed: it held to "+
					"another power\n") {
				if !strings.Contains(text, want) {
					t.Errorf("the page lacks %q:\n%s", want, text[:min(len(text), 9000)])
				}
			}
			if c.name == "never judged by the old rule" &&
				strings.Contains(text, "By the earlier rule, the claim was *") {
				t.Errorf("the page has a standing by the old rule, by which it was never judged:\n%s",
					text[:min(len(text), 9000)])
			}
			for _, j := range c.past.Add(r)[len(c.past):] {
				if j.Claim == key {
					t.Errorf("a rule that came late is in the history: %+v", j)
				}
			}
		})
	}
	// A study from before rules were fixed has no rules, so every claim on it is late.
	ledger = fixed[:0]
	r := reproduced(t, figure2and3(nil), nil)
	for _, f := range r {
		if f.Rule.Study == "paper-fig2-3" && (!f.Late || f.Standing != Unresolved) {
			t.Errorf("%s without a rule at its time: late %t, %s", f.Key, f.Late, f.Standing)
		}
	}
	if text := r.Markdown("# Test", "beside", Past{}); strings.Contains(text, "Why it was changed") {
		t.Errorf("a rule that nobody fixed has a reason:\n%s", text[:9000])
	}
}

// Each experiment is named once, and the timings, which are no experiment, are not.
func TestStudied(t *testing.T) {
	names := Studied()
	for _, c := range claims {
		if in := slices.Contains(names, c.Rule.Study); in == (c.Rule.Study == InferenceStudy) {
			t.Errorf("%s of %s: studied %t", c.Key, c.Rule.Study, in)
		}
	}
	if sorted := slices.Compact(slices.Sorted(slices.Values(names))); len(sorted) != len(names) || len(names) < 10 {
		t.Errorf("studies %q", names)
	}
}

// The rules of a study are the present rules of its claims, and no others.
func TestRulesOfAStudy(t *testing.T) {
	rules := Rules("theory")
	for _, c := range claims {
		hash, ok := rules[c.Key]
		if ok != (c.Rule.Study == "theory") || ok && hash != c.Rule.Hash() {
			t.Errorf("%s: %q, %t", c.Key, hash, ok)
		}
	}
	if rules := Rules("none"); len(rules) != 0 {
		t.Errorf("rules %v of a study of which no claim is", rules)
	}
}

// The claim on merged models draws their times.
func TestInferenceFigureOfTheClaim(t *testing.T) {
	s := timed(1.01, 0.99, 1, 1.01).study()
	s.Planned, s.Done = len(s.Inference), len(s.Inference)
	s.Made = Made{Name: InferenceStudy, Rules: Rules(InferenceStudy)}
	r, err := Reproduce(map[string]Study{InferenceStudy: s}, nil)
	if err != nil {
		t.Fatal(err)
	}
	f := r.found(t, "merged-inference")
	if f.Standing != Seen || len(f.Figures) != 1 || f.Figures[0].Name != "inference" {
		t.Fatalf("%s with %d figures", f.Standing, len(f.Figures))
	}
	for _, fault := range checkLayout(f.Figures[0]) {
		t.Error(fault)
	}
	// One takes the base model's time, one takes twice that.
	for i, want := range []float64{1, 2} {
		if q := f.Figures[0].Panels[i].Series[0].Points[0]; q.X != 8 || q.Y < 0.99*want || q.Y > 1.01*want {
			t.Errorf("panel %d: %+v, want %g", i, q, want)
		}
	}
	merged, legend := f.Figures[0].Panels[0], f.Figures[0].Legend
	if merged.Y.Min > 1/1.05 || merged.Y.Max < 1.05 || merged.Y.Max > 1.1 ||
		legend[len(legend)-1].Text != "limits of the claim" || !strings.Contains(f.Figures[0].Caption, "n = 4") {
		t.Errorf("y from %g to %g, legend %+v", merged.Y.Min, merged.Y.Max, legend)
	}
}

// A table of many rows is folded, a table of few is not.
func TestLongTablesAreFolded(t *testing.T) {
	finding := func(n int) Finding {
		rows := table.Table{Title: "Rows", Caption: "said elsewhere"}
		table.Fill(&rows, make([]int, n), table.Words("row", func(n int) int { return n }))
		return Finding{Claim: claims[0], Standing: Seen, Tables: []table.Table{rows}}
	}
	long, short := finding(foldedRows+1).outcome("x", Past{}), finding(foldedRows).outcome("x", Past{})
	if !strings.Contains(long, fmt.Sprintf("<details><summary>Rows: %d rows</summary>", foldedRows+1)) ||
		!strings.Contains(short, "\n**Rows**\n\n| row |") ||
		strings.Contains(short, "<details>") || strings.Contains(long+short, "said elsewhere") {
		t.Errorf("%s\n%s", long, short)
	}
}

// The page says what would resolve a claim only if the claim is unresolved.
func TestWhatWouldResolve(t *testing.T) {
	for _, s := range []Standing{Partial, Unresolved, NotSeen, Seen} {
		text := Finding{Claim: claims[0], Standing: s}.outcome("x", Past{})
		if strings.Contains(text, "What would resolve it: "+claims[0].Resolve) != (s == Unresolved) {
			t.Errorf("%s:\n%s", s, text)
		}
	}
	if text := Reading(); !strings.Contains(text, "more than 0.03 away") ||
		!strings.Contains(text, "Holm's p") {
		t.Error(text)
	}
}

// Other words for standings change no standing.
func TestRewordedStandings(t *testing.T) {
	s := figure2and3(Rules("paper-fig2-3"))
	before := reproduced(t, s, nil)
	was := standings
	t.Cleanup(func() { standings = was })
	for i := range standings {
		standings[i].text = fmt.Sprintf("in other words %d", i)
	}
	after := reproduced(t, s, nil)
	for i := range before {
		if before[i].Standing != after[i].Standing {
			t.Errorf("%s: %d, and was %d", after[i].Key, after[i].Standing, before[i].Standing)
		}
	}
	if text := after.Markdown("# Test", "beside", Past{}); !strings.Contains(text, "**Standing: in other words 4**") ||
		strings.Contains(text, "**Standing: seen**") {
		t.Error("the page has the old words")
	}
}
