package paper

import (
	"slices"
	"strings"
	"testing"
)

// onsetOnLarger is a study on the larger model that has the norms of theory at the onset.
func onsetOnLarger(rules map[string]string) Study {
	s := figure2and3(rules)
	s.Made.Name = "onset-135m"
	return s
}

// A claim that both models answer is judged on each by the same rule: with a column, a section,
// a line among the studies and an entry of history for the larger one.
func TestLargerModel(t *testing.T) {
	const key = "onset-collapse"
	r, err := Reproduce(map[string]Study{"onset-135m": onsetOnLarger(Rules("onset-135m"))}, nil)
	if err != nil {
		t.Fatal(err)
	}
	f := r.found(t, key)
	if f.Standing != NotRun || f.Larger.Standing != Seen || f.Larger.Late ||
		len(f.Larger.Figures) != 1 || f.Larger.Figures[0].Name != "onset-135m-onset" {
		t.Errorf("%s, and on the larger model %s", f.Standing, f.Larger.Standing)
	}
	here, there := f.Rule, f.Larger.Rule
	if here.Study = there.Study; here.Hash() != there.Hash() || f.Rule.Hash() == there.Hash() {
		t.Errorf("the rules %+v and %+v differ in more than their study", f.Rule, there)
	}
	h := History(nil).Add(r)
	text := r.Markdown("# Test", "beside", Past{History: h})
	for _, want := range []string{
		"| at 5.8M | at 135M |\n", "| not run | seen |\n",
		"\n**Standing: not run**\n\n### On " + LargerModel + " (adamw; ",
		"\n*The same rule* (experiment `onset-135m`), with the hash `" + there.Hash() + "`, ",
		"| onset-135m | 2026-03-04 | 72 of 72 | ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Count(text, "### On ") != len(Rules("onset-135m")) {
		t.Errorf("%d sections on the larger model", strings.Count(text, "### On "))
	}
	at := slices.IndexFunc(h, func(j Judgement) bool { return j.Claim == key+"@135M" })
	if at < 0 || h[at].Rule != there.Hash() || h[at].Standing != Seen {
		t.Errorf("history has %+v", h)
	}
}

// What changed on the larger model is said apart.
func TestLargerModelChanged(t *testing.T) {
	past := History{{Claim: "onset-collapse@135M", Date: "2026-01-01", Rule: lateRule, Standing: NotSeen}}
	r, err := Reproduce(map[string]Study{"onset-135m": onsetOnLarger(Rules("onset-135m"))}, past)
	if err != nil {
		t.Fatal(err)
	}
	want := "- 1, at 135M: *seen*; before, it was *not seen*. The rule is "
	if text := r.Markdown("# Test", "beside", Past{History: past.Add(r)}); !strings.Contains(text, want) {
		t.Errorf("the page lacks %q", want)
	}
}
