package paper

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/results"
)

func TestHistoryReadsBack(t *testing.T) {
	h := History{
		{Claim: "a", Date: "2026-01-02", Standing: Seen, Study: "s"},
		{Claim: "b", Date: "2026-01-02", Rule: "0123", Study: "s", Standing: NotSeen,
			Numbers: []Number{{"x, y", -0.5, -0.6, -0.4}, {"z", 1, 0.5, 2}}},
		{Claim: "b", Date: "2026-01-03", Rule: "0123", Study: "t", Standing: Unresolved,
			Numbers: []Number{{"z", 1, 0.5, 2}}},
	}
	path := filepath.Join(t.TempDir(), "history.csv")
	if err := h.Write(path); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadHistory(path); err != nil || !reflect.DeepEqual(got, h) {
		t.Errorf("read back as %+v (%v)", got, err)
	}
	if got, err := ReadHistory(path + "x"); err != nil || got != nil {
		t.Errorf("without a file: %v, %v", got, err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for was, now := range map[string]string{
		"not-seen": "gone", "claim,": "claims,", "-0.6": "low", "a,2026-01-02": "2026-01-02",
	} {
		if err := os.WriteFile(path, []byte(strings.Replace(string(text), was, now, 1)), 0o666); err != nil {
			t.Fatal(err)
		}
		if h, err := ReadHistory(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%q in place of %q is read as %v (%v)", now, was, h, err)
		}
	}
}

// A judgement is added if its rule or its runs differ from the last ones. A rule that was
// changed after the runs judges nothing.
func TestHistoryGrows(t *testing.T) {
	c := claims[0]
	found := func(digest string, late bool) Reproduction {
		return Reproduction{{Claim: c, Standing: Seen, Late: late, made: Made{Digest: digest, Last: "2026-01-01"},
			Larger: new(Finding)}}
	}
	h := History(nil).Add(found("one", false))
	if h = h.Add(found("one", false)); len(h) != 1 {
		t.Errorf("judged again on the same runs: %+v", h)
	}
	if h = h.Add(found("two", true)); len(h) != 1 {
		t.Errorf("by a rule that came late: %+v", h)
	}
	if h = h.Add(found("two", false)); len(h) != 2 || h[1].Study != "two" || h[1].Rule != c.Rule.Hash() {
		t.Errorf("judged on other runs: %+v", h)
	}
	h = h.Add(Reproduction{{Claim: c, Standing: Partial, Larger: new(Finding)}, {Claim: c, Larger: new(Finding)}})
	if len(h) != 2 {
		t.Errorf("what was not run whole is judged: %+v", h)
	}
	if now, before := h.last(c.Key); now.Study != "two" || before.Study != "one" {
		t.Errorf("last: %v, %v", now, before)
	}
}

// The page tells what changed: the standing, the rule, and numbers outside of their earlier
// intervals.
func TestChanges(t *testing.T) {
	f := Finding{Claim: claims[0]}
	nan := math.NaN()
	before := Judgement{Standing: Seen, Rule: "old",
		Numbers: []Number{{"inside", 1, 0.9, 1.1}, {"outside", 2, 1.9, 2.1}, {"no interval", 1, nan, nan}}}
	now := Judgement{Standing: NotSeen, Rule: "new",
		Numbers: []Number{{"inside", 1.05, 1, 1.1}, {"outside", 3, 2.9, 3.1}, {"no interval", 9, nan, nan}}}
	text := strings.Join(f.changed(&now, &before), "\n")
	for _, want := range []string{
		"*not seen*; before, it was *seen*", "`new`; before, it was `old`",
		"outside is 3 [2.9, 3.1], and was 2 [1.9, 2.1]: the 95% interval",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("changes lack %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "inside is") || strings.Contains(text, "no interval") {
		t.Errorf("changes have what did not change:\n%s", text)
	}
	if got := f.changed(&now, &now); got != nil {
		t.Errorf("nothing changed, and it is said: %q", got)
	}
}

// A number is compared only with the one number that had its name; others are listed.
func TestChangedNames(t *testing.T) {
	before := &Judgement{Standing: Seen, Numbers: []Number{{"twice", 1, 0.9, 1.1}, {"twice", 2, 1.9, 2.1},
		{"once", 3, 2.9, 3.1}}}
	now := &Judgement{Standing: Seen, Numbers: []Number{{"twice", 5, 4, 6}, {"once", 4, 3.9, 4.1}, {"new", 7, 6, 8}}}
	got := Finding{}.changed(now, before)
	want := []string{
		"once is 4 [3.9, 4.1], and was 3 [2.9, 3.1]: the 95% interval of the difference does not contain 0.",
		"Numbers from before that have no counterpart by name, and are not compared: twice was 1 [0.9, 1.1]; " +
			"twice was 2 [1.9, 2.1].",
	}
	if !slices.Equal(got, want) {
		t.Errorf("changed:\n%q\nwant\n%q", got, want)
	}
}

// Two studies that differ in their learning rates call one number alike, however these rates are
// written beside others; arms that an init tells apart have names of their own.
func TestNamesAcrossStudies(t *testing.T) {
	named := func(change func(r *results.Run)) (names []string) {
		s := both(under("sgd", made([]string{"lora"}, []int{4, 64}, 3, nil)),
			under("adamw", made([]string{"lora"}, []int{4, 64}, 3, nil)))
		for _, f := range newFits(changed(s, change).view(), []metrics.Statistic{metrics.GradNormOnset}) {
			names = append(names, f.number().Name)
		}
		return names
	}
	rated := func(sgd, adam float64) func(r *results.Run) {
		return func(r *results.Run) {
			r.LR = adam
			if r.Optimizer == "sgd" {
				r.LR = sgd
			}
			r.Axes = slices.DeleteFunc(slices.Clone(r.Axes), func(x grid.Coordinate) bool { return x.Name == "lr" })
		}
	}
	want := []string{"power of rank, LoRA, adamw, grad_norm_onset", "power of rank, LoRA, sgd, grad_norm_onset"}
	for _, rates := range [][2]float64{{0.001, 1e-6}, {0.001, 0.01}, {0.001, 0.001}} {
		names := named(rated(rates[0], rates[1]))
		slices.Sort(names)
		if !slices.Equal(names, want) {
			t.Errorf("rates %v: %q, want %q", rates, names, want)
		}
	}
	inits := changed(made([]string{"rslora"}, []int{4, 64}, 6, nil), func(r *results.Run) {
		init := []string{"gaussian", "orthogonal"}[r.Seed%2]
		r.ID, r.Cell = r.ID+init, r.Cell+init
		r.Axes = append(slices.Clone(r.Axes), grid.Coordinate{Name: "init", Value: init})
	})
	var names []string
	for _, f := range newFits(inits.view(), []metrics.Statistic{metrics.GradNormOnset}) {
		names = append(names, f.number().Name)
	}
	want = []string{"power of rank, rsLoRA, init gaussian, adamw, grad_norm_onset",
		"power of rank, rsLoRA, init orthogonal, adamw, grad_norm_onset"}
	if !slices.Equal(names, want) {
		t.Errorf("two inits: %q, want %q", names, want)
	}
}
