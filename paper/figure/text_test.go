package figure

import (
	"slices"
	"strings"
	"testing"
)

// A panel's title loses no letter where there is room for each of its words.
func TestTitlesBreakBetweenWords(t *testing.T) {
	p := Panel{Title: "Memory beside the base, all maps"}
	f := Figure{Width: 150, Panels: []Panel{p, p}}
	lines := f.titleLines(p)
	if got := strings.Join(lines, " "); got != p.Title {
		t.Errorf("the title %q is shown as %q", p.Title, got)
	}
	for _, line := range lines {
		if w := textStyle(titleSize).Width(line); w > f.titleWide() && strings.Contains(line, " ") {
			t.Errorf("the line %q is %v wide, the panel %v", line, w, f.titleWide())
		}
	}
	if p.Title = "an-unbreakable-name-of-a-model-that-has-no-room"; len(f.titleLines(p)) != 1 ||
		!strings.Contains(f.titleLines(p)[0], "…") {
		t.Errorf("a long word is shown as %q", f.titleLines(p))
	}
}

// Below panels, entries without a sample that shows anything are a head if they come first. Otherwise they go on with
// the entry before, so that there is one column.
func TestLegendBelowKeepsLinesTogether(t *testing.T) {
	line := func(text string) Entry { return Entry{Text: text, Samples: []Series{{Line: LineWide}}} }
	blank := func(text string) Entry { return Entry{Text: text, Samples: make([]Series, 1)} }
	l := Legend{blank("rank"), line("4"), line("8"), line("16"), {Text: "mean, n = 3"}}
	heads, samples, notes := l.split()
	if len(heads) != 1 || len(samples) != 3 || len(notes) != 1 {
		t.Errorf("%d heads, %d samples, %d notes", len(heads), len(samples), len(notes))
	}
	if columns, rows := samples.columns(400); columns != 3 || rows != 1 {
		t.Errorf("%d columns, %d rows", columns, rows)
	}
	l = Legend{line("rsLoRA, learning rate 0.001,"), blank("all maps"), line("LoRA")}
	if _, samples, _ = l.split(); !slices.EqualFunc(samples, l, func(a, b Entry) bool { return a.Text == b.Text }) {
		t.Errorf("samples are %v", samples)
	}
	if columns, rows := samples.columns(1000); columns != 1 || rows != 3 {
		t.Errorf("%d columns, %d rows", columns, rows)
	}
}

// Names beside the first of several panels take no room from the others: titles and names stay whole.
func TestNamesTakeRoomOnce(t *testing.T) {
	heat := Panel{Title: "rsLoRA", X: Axis{Label: "targets", Names: []string{"all-linear", "q_proj"}},
		Y: Axis{Label: "init", Names: []string{"kaiming-uniform", "gaussian"}}, Tiles: []Tile{{Text: "1"}}}
	f := Figure{Width: 3.25 * inch, Panels: []Panel{heat, heat}}
	if lines := f.titleLines(heat); len(lines) != 1 || lines[0] != "rsLoRA" {
		t.Errorf("the title is shown as %q", lines)
	}
	if lines := f.labelLines("targets", f.titleWide()); len(lines) != 1 || lines[0] != "targets" {
		t.Errorf("the label is shown as %q", lines)
	}
	for i, name := range f.fitted(heat).X.Names {
		if !strings.HasPrefix(name, heat.X.Names[i]) {
			t.Errorf("the name %q is shown as %q", heat.X.Names[i], name)
		}
	}
}
