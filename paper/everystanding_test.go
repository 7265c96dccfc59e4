package paper

import (
	"strings"
	"testing"
)

// The last section has a row for each claim, and for each study of the larger model, with all standings
// that are in the history.
func TestEveryStanding(t *testing.T) {
	var r Reproduction
	for _, c := range claims {
		larger := Finding{Claim: c.larger()}
		r = append(r, Finding{Claim: c, Larger: &larger})
	}
	key := claims[0].Key
	past := History{
		{Claim: key, Study: "report-4e03cf6", Standing: NotSeen},
		{Claim: key, Study: "report-4789d53-by-the-first-rule", Standing: Seen},
		{Claim: key, Rule: "0123456789ab", Date: "2026-11-29", Study: "aa", Standing: Unresolved},
	}
	text := r.everyStanding(past)
	want := "| 1 | not seen (4e03cf6); seen (4789d53 by the first rule); not resolvable at this size (rule " +
		"0123456789ab, runs of 2026-11-29) | not run | "
	if !strings.Contains(text, want) {
		t.Errorf("lacks %q:\n%s", want, text)
	}
	if n, want := strings.Count(text, "\n| "), 1+len(judged()); n != want {
		t.Errorf("%d rows with the head, want %d", n, want)
	}
}

// A study is named if its grid was written down with results on its seeds known, and not if it was made on
// later seeds, with another grid, or before studies had fingerprints.
func TestKnownGrids(t *testing.T) {
	last := GridOf("paper-fig4")
	if last.Known == 0 {
		t.Fatal("the line of paper-fig4 was written before its first runs")
	}
	for _, x := range []struct {
		block int
		grid  string
		named bool
	}{{last.Known, last.Grid, true}, {last.Known + 1, last.Grid, false}, {last.Known, "other", false},
		{last.Known, "", false}} {
		made := []Finding{{made: Made{Name: "paper-fig4", Block: x.block, Asked: x.grid}}}
		if text := knownGrids(made); strings.HasSuffix(text, "made again later, for paper-fig4.") != x.named {
			t.Errorf("block %d, grid %q: %q", x.block, x.grid, text)
		}
	}
}
