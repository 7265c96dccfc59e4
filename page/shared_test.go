package page

import (
	"slices"
	"strings"
	"testing"

	"ranksweep/paper"
	"ranksweep/paper/figure"
)

// What all captions say is said once, and nothing is lost.
func TestSharedSentences(t *testing.T) {
	figures := []figure.Figure{{Caption: "Loss. It is 1.5 at most. All share a."},
		{Caption: "All share a. Norm.\nOther."}}
	said := sharedBy(figures)
	if !slices.Equal(said, []string{"All share a."}) {
		t.Errorf("shared are %q", said)
	}
	for i, want := range []string{"Loss. It is 1.5 at most.", "Norm.\nOther."} {
		if got := withoutSaid(figures[i].Caption, said); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if said := sharedBy(figures[:1]); said != nil {
		t.Errorf("one figure shares %q", said)
	}
}

// The terms are those of package paper, and the letters among them.
func TestTerms(t *testing.T) {
	text := written(t, sourceOf(madeUp()))
	for _, w := range paper.Words() {
		if !strings.Contains(text, "<dt>"+strings.NewReplacer("'", "&#39;", "+", "&#43;").Replace(w.Word)+"</dt>") {
			t.Errorf("the page does not explain %s", w.Word)
		}
	}
	for _, want := range []string{"<dt>A, B</dt>", "<dt>multiplier γ</dt>", "<dt>stable rank</dt>", "<dt>onset</dt>"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}
