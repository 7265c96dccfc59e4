package paper

import (
	"image/color"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"

	"ranksweep/grid"
	"ranksweep/results"
)

func TestSchemeLabel(t *testing.T) {
	for scheme, want := range map[string]string{
		"lora": "LoRA", "rslora": "rsLoRA", "lora+": "LoRA+", "constant": "constant", "p=0.25": "p = 0.25",
		"lora@4": "LoRA matched at rank 4", "mua": "mua (rsLoRA, lr = 0.25)", "full": "full",
		"mua@4": "mua (rsLoRA, lr = 0.25) matched at rank 4", "lora,init=-0.5": "LoRA, init = -0.5",
		"p=0.75,lr_a=0.1,zero=a@8": "p = 0.75, lr_a = 0.1, zero = a matched at rank 8",
	} {
		if got := schemeLabel(scheme); got != want {
			t.Errorf("%s: %q, want %q", scheme, got, want)
		}
	}
}

// byTwoTrainers are the runs of one grid by two trainers, each with numerics of its own.
func byTwoTrainers() (all []results.Run) {
	for trainer, numerics := range map[string]int{"local": 3, "peft": 1} {
		for _, r := range sweep() {
			r.Axes = append(slices.Clone(r.Axes), grid.Coordinate{Name: "trainer", Value: trainer})
			r.ID, r.Cell, r.Provenance.Numerics = r.ID+trainer, r.Cell+trainer, numerics
			all = append(all, r)
		}
	}
	return all
}

// TestTrainerSaysItsNumerics: arms of two trainers are told apart by the trainer alone. Numerics are
// named where they tell arms of one trainer apart.
func TestTrainerSaysItsNumerics(t *testing.T) {
	want := []string{"LoRA, trainer local", "LoRA, trainer peft", "rsLoRA, trainer local", "rsLoRA, trainer peft"}
	labels := slices.Sorted(slices.Values(view(byTwoTrainers()).labels))
	if !slices.Equal(labels, want) {
		t.Errorf("labels %q, want %q", labels, want)
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

// TestTrainersDoNotHideEachOther: both draw the same points, so that marks of one colour stand
// beside each other.
func TestTrainersDoNotHideEachOther(t *testing.T) {
	marks := make(map[color.RGBA][]vg.Length)
	for _, s := range figureOf(t, "onset", view(byTwoTrainers())).Panels[0].Series {
		if s.Glyph != nil {
			marks[s.Color] = append(marks[s.Color], s.Aside)
		}
	}
	if len(marks) != 2 {
		t.Errorf("%d colours of marks, want one for each scheme", len(marks))
	}
	for c, aside := range marks {
		if len(aside) != 2 || aside[0] >= 0 || aside[1] != -aside[0] {
			t.Errorf("marks of colour %v stand %v aside", c, aside)
		}
	}
	for _, s := range figureOf(t, "onset", view(sweep())).Panels[0].Series {
		if s.Aside != 0 {
			t.Error("a mark stands aside whose colour no other has")
		}
	}
}
