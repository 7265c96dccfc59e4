package paper

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"ranksweep/experiments"
)

// Every claim's rule is the last one that the ledger has for it. Whoever changes a rule adds a
// line that says why; no line is removed.
func TestRulesAreFixed(t *testing.T) {
	known := make(map[string]bool)
	for _, c := range judged() {
		known[c.Key] = true
		rules := rulesOf(c.Key)
		if len(rules) == 0 || rules[0].Rule != c.Rule.Hash() {
			t.Errorf("the rule of %s is not the one that was fixed. If that is meant, add to ledger.yaml:\n- "+
				"{claim: %s, rule: %s, date: %s, why: \"…\"}",
				c.Key, c.Key, c.Rule.Hash(), time.Now().Format(time.DateOnly))
		}
		for i, r := range rules {
			if first := i == len(rules)-1; !first && r.Why == "" {
				t.Errorf("%s: rule %s of %s does not say what was wrong with the one before", c.Key, r.Rule, r.Date)
			}
			if _, err := time.Parse(time.DateOnly, r.Date); err != nil {
				t.Error(err)
			}
		}
	}
	for _, f := range ledger {
		if !known[f.Claim] {
			t.Errorf("ledger.yaml has a rule of %q, which is no claim", f.Claim)
		}
	}
}

// The grid of every study is the last one that grids.yaml has for it. A study on the larger model
// has the hashes of its model and its data there too, since its file only names them.
func TestGridsAreFixed(t *testing.T) {
	for _, c := range judged() {
		if c.Rule.Study == InferenceStudy {
			continue // it has no grid
		}
		now, err := experiments.Fingerprint(c.Rule.Study)
		if err != nil {
			t.Fatal(err)
		}
		last := GridOf(c.Rule.Study)
		if hashed := len(last.Model) == 64 &&
			len(last.Data) == 64; hashed != slices.Contains(LargerStudied(), last.Study) {
			t.Errorf("the model and the data of %s have the hashes %q and %q", last.Study, last.Model, last.Data)
		}
		if last.Grid != now {
			t.Errorf("the grid of %s is not the one that was fixed. If that is meant, add to grids.yaml:\n- "+
				"{study: %s, grid: %s, date: %s, why: \"…\"}", c.Rule.Study, c.Rule.Study, now,
				time.Now().Format(time.DateOnly))
		}
	}
}

// A rule's hash depends on what decides, and on nothing else.
func TestHashOfRule(t *testing.T) {
	r := Rule{Test: "powers/1", Study: "s", Schemes: []string{"lora"}, Limits: map[string]float64{"b": 1, "a": 2}}
	was := r.Hash()
	if again := (Rule{Limits: map[string]float64{"a": 2, "b": 1}, Schemes: []string{"lora"}, Study: "s",
		Test: "powers/1"}).Hash(); again != was {
		t.Errorf("written in another order the rule has hash %s, and had %s", again, was)
	}
	for name, change := range map[string]func(*Rule){
		"test":      func(r *Rule) { r.Test = "powers/2" },
		"study":     func(r *Rule) { r.Study = "t" },
		"schemes":   func(r *Rule) { r.Schemes = []string{"rslora"} },
		"optimizer": func(r *Rule) { r.Optimizers = []string{"sgd"} },
		"statistic": func(r *Rule) { r.Statistics = []string{"val_loss"} },
		"wants":     func(r *Rule) { r.Wants = "lower" },
		"limit":     func(r *Rule) { r.Limits = map[string]float64{"b": 1, "a": 3} },
	} {
		changed := r
		if change(&changed); changed.Hash() == was {
			t.Errorf("another %s, and the same hash", name)
		}
	}
}

// Every rule names a test that exists, and has every limit that the test needs.
func TestRulesHaveWhatTheirTestsAskFor(t *testing.T) {
	seen := make(map[string]bool)
	for _, c := range judged() {
		if seen[c.Key] {
			t.Errorf("two claims have the key %s", c.Key)
		}
		seen[c.Key] = true
		if tests[c.Rule.Test] == nil {
			t.Errorf("%s: no test %q", c.Key, c.Rule.Test)
		}
		if c.Name == "" || c.Source == "" || c.Says == "" || c.Looks == "" {
			t.Errorf("%s says too little: %+v", c.Key, c)
		}
	}
}

// Files have another name for a standing than the page's words.
func TestStandings(t *testing.T) {
	for s := NotRun; s <= Seen; s++ {
		if got, err := standingOf(s.code()); err != nil || got != s {
			t.Errorf("%s is read back as %s (%v)", s.code(), got, err)
		}
	}
	if _, err := standingOf("believed"); err == nil {
		t.Error("there is a standing believed")
	}
	order := []Standing{NotRun, Partial, NotSeen, Unresolved, Seen}
	for i, a := range order {
		for j, b := range order {
			if got := worse(a, b); got != order[min(i, j)] {
				t.Errorf("the worse of %s and %s is %s", a, b, got)
			}
		}
	}
	if len(slices.Compact(slices.Sorted(slices.Values([]string{fmt.Sprint(Seen), fmt.Sprint(NotSeen)})))) != 2 {
		t.Error("two standings have the same words")
	}
}

// Reasons for changes name claims as the page does.
func TestReasonsNameClaimsByNumber(t *testing.T) {
	for reason, want := range map[string]string{
		"as onset-collapse; then no run was made": "as claim 1; then no run was made",
		"the rule of training-spread.":            "the rule of claim 2.",
		"outputs, which are no activations":       "outputs, which are no activations",
		"well-known":                              "well-known",
	} {
		if got := withClaimNumbers(reason); got != want {
			t.Errorf("%q becomes %q, want %q", reason, got, want)
		}
	}
}
