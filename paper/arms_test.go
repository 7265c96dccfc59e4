package paper

import (
	"image/color"
	"slices"
	"strings"
	"testing"

	"ranksweep/grid"
	"ranksweep/paper/figure"
	"ranksweep/results"
)

func TestSchemeLabel(t *testing.T) {
	for scheme, want := range map[string]string{
		"lora": "LoRA", "rslora": "rsLoRA", "lora+": "LoRA+", "constant": "constant", "p=0.25": "p = 0.25",
		"lora@4": "LoRA matched at rank 4", "mua": "mua (rsLoRA, lr = 0.25)", "full": "full fine-tuning",
		"mua@4": "mua (rsLoRA, lr = 0.25) matched at rank 4", "lora,init=-0.5": "LoRA, init = -0.5",
		"p=0.75,lr_a=0.1,zero=a@8": "p = 0.75, lr_a = 0.1, zero = a matched at rank 8",
	} {
		if got := schemeLabel(scheme); got != want {
			t.Errorf("%s: %q, want %q", scheme, got, want)
		}
	}
}

// byTwoTrainers are the runs of one grid by two trainers, each with numerics of its own.
func byTwoTrainers() []results.Run { return byTwo("trainer", map[string]int{"local": 3, "peft": 1}) }

// byTwo are the runs of one grid on an axis whose values have numerics of their own.
func byTwo(axis string, numericsOf map[string]int) (all []results.Run) {
	for value, numerics := range numericsOf {
		for _, r := range sweep() {
			r.Axes = append(slices.Clone(r.Axes), grid.Coordinate{Name: axis, Value: value})
			r.ID, r.Cell, r.Provenance.Numerics = r.ID+value, r.Cell+value, numerics
			all = append(all, r)
		}
	}
	return all
}

// TestTrainerSaysItsNumerics: arms of two trainers or precisions are told apart by these alone. Numerics are
// named where they tell arms of one trainer apart.
func TestTrainerSaysItsNumerics(t *testing.T) {
	want := []string{"LoRA, trainer local", "LoRA, trainer peft", "rsLoRA, trainer local", "rsLoRA, trainer peft"}
	labels := slices.Sorted(slices.Values(view(byTwoTrainers()).labels))
	if !slices.Equal(labels, want) {
		t.Errorf("labels %q, want %q", labels, want)
	}
	for _, l := range view(byTwo("precision", map[string]int{"float32": 3, "bf16": 6})).labels {
		if strings.Contains(l, "numerics") {
			t.Errorf("of two precisions, label %q", l)
		}
	}
	older := sweep()
	for i := range older {
		older[i].ID, older[i].Cell, older[i].Provenance.Numerics = older[i].ID+"old", older[i].Cell+"old", 2
	}
	for _, l := range view(append(older, sweep()...)).labels {
		if !strings.Contains(l, "numerics") {
			t.Errorf("of two numerics, label %q", l)
		}
	}
}

// TestTrainersDoNotHideEachOther: both draw the same points, so that they have panels of their own.
func TestTrainersDoNotHideEachOther(t *testing.T) {
	panels := figureOf(t, "onset", view(byTwoTrainers())).Panels
	if len(panels) != 2 || panels[0].Title != "trainer local" || panels[1].Title != "trainer peft" {
		t.Fatalf("%d panels, want one for each trainer", len(panels))
	}
	for _, p := range panels {
		marks := make(map[color.RGBA]int)
		for _, s := range p.Series {
			if s.Glyph != nil {
				marks[s.Color]++
			}
		}
		if len(marks) != 2 || marks[figure.Copper[1]] != 1 || marks[figure.BlueGreen[1]] != 1 {
			t.Errorf("%s: colours of marks %v, want one of each scheme", p.Title, marks)
		}
	}
	if panels := figureOf(t, "onset", view(sweep())).Panels; len(panels) != 1 || panels[0].Title != "" {
		t.Errorf("%d panels of schemes that differ in nothing else, want 1 without a title", len(panels))
	}
}

// TestMarksThatAreOnePoint: schemes that are matched at a rank have the same values there.
func TestMarksThatAreOnePoint(t *testing.T) {
	at := func(panel string, y ...float64) law {
		return law{panel: panel, points: []figure.Point{{X: 4, Y: y[0]}, {X: 16, Y: y[1]}}}
	}
	want := " Marks at rank 16 lie on each other: their values are equal."
	if got := sameMarks([]law{at("", 1, 2), at("", 3, 2), at("", 5, 2)}); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := sameMarks([]law{at("", 1, 2), at("another", 1, 2), at("", 2, 1)}); got != "" {
		t.Errorf("marks of two panels, and of other values: %q", got)
	}
}
