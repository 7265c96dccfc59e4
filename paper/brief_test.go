package paper

import (
	"strings"
	"testing"
)

// The opening counts standings, cites them by number, and has a line for each claim.
func TestBrief(t *testing.T) {
	var r Reproduction
	for _, c := range claims {
		r = append(r, Finding{Claim: c, Larger: new(Finding)})
	}
	for i := range r {
		switch r[i].Key {
		case "tuned-ranks":
			r[i].Standing, r[i].Larger.Standing = Seen, NotSeen
		case "only-sqrt-stable-adamw":
			r[i].Standing = NotSeen
		case "tuned-schemes":
			r[i].Standing, r[i].Done, r[i].Planned = Partial, 3, 7
		}
	}
	text := r.Brief(NewWidths([]Map{{"q", 4, 4}}))
	said := strings.Join(strings.Fields(text), " ") // without line breaks
	for _, want := range []string{
		"claims: 1 seen, 1 not seen, 1 partial, ", "rest on: 1 on losses after training. All", "by however " +
			"little: *seen* (claim ",
		"LoRA learned: *partial: 3 of 7 runs* (claim ", "*not seen* (claim ",
		"less than a tenth: *not run* (claim 3)", "| 1. " + claims[0].Name + " | test of the program | not run " +
			"| not run |",
		"with other data: 1 not seen, ", "| seen | not seen |",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
	if n := strings.Count(text, "\n| "); n != len(claims)+1 {
		t.Errorf("%d lines of a table, want the head and %d claims", n, len(claims))
	}
	if strings.Contains(text, Reproduction(nil).cited("")) {
		t.Errorf("cites a claim that there is not:\n%s", text)
	}
}
