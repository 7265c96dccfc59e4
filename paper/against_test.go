package paper

import (
	"slices"
	"strings"
	"testing"

	"ranksweep/analysis"
	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/results"
)

// onAxis adds an axis to runs. Runs with the second value have a loss that is lower by 0.2, and noise of their own.
func onAxis(name string, values ...string) []results.Run {
	var all []results.Run
	for i, value := range values {
		for _, r := range losing(10, func(r *results.Run) float64 {
			return noise(r)*float64(1+i) - 0.2*float64(i%2)
		}) {
			r.ID, r.Cell = r.ID+value, r.Cell+value
			r.Axes = append(slices.Clone(r.Axes), grid.Coordinate{Name: name, Value: value})
			if name == "optimizer" {
				r.Optimizer = value
			}
			all = append(all, r)
		}
	}
	return all
}

// ofFamily are the comparisons of a family, as texts.
func ofFamily(v View, name string) (texts []string) {
	for _, d := range allComparisons(v, metrics.ValLossFinal) {
		if d.family == name {
			texts = append(texts, d.settings()+", "+d.verdict().String())
		}
	}
	return texts
}

// Along each axis its values are compared with the first, cells being equal in all else, and an axis is a family of
// its own.
func TestComparisonsAlongEveryAxis(t *testing.T) {
	for axis, values := range map[string][]string{
		"optimizer": {"adamw", "sgd", "zeta"}, "adapter.targets": {"[all-linear]", "[attention]", "[mlp]"},
	} {
		v := view(onAxis(axis, values...))
		name, found := lastPart(axis), ofFamily(v, lastPart(axis))
		want := []string{"LoRA, rank 4: " + values[1] + " vs " + values[0] + ", lower"}
		if len(found) != 8 || !slices.Contains(found, want[0]) {
			t.Errorf("%s: got %q, want 8 comparisons with the first value, %q among them", axis, found, want)
		}
		var corrected, plain []float64
		for _, d := range allComparisons(v, metrics.ValLossFinal) {
			if d.family == name {
				corrected, plain = append(corrected, d.holm), append(plain, d.p())
			}
		}
		if !slices.Equal(corrected, stats.Holm(plain)) {
			t.Errorf("%s: P values %v are corrected to %v, not among themselves", axis, plain, corrected)
		}
		for _, family := range []string{schemeFamily, rankFamily} {
			if n := len(ofFamily(v, family)); n != 6 {
				t.Errorf("%s: %d comparisons of %s, want 6", axis, n, family)
			}
		}
		text, err := Found(v)
		if err != nil || !strings.Contains(text, "the largest rank") || strings.Count(text, "validation loss") < 2 {
			t.Errorf("%s: %v, found %s", axis, err, text)
		}
	}
}

// Axes that go together are one; what a model or data differ in is none.
func TestAxesThatAreNotCompared(t *testing.T) {
	runs := onAxis("optimizer", "adamw", "sgd")
	for i := range runs {
		runs[i].LR = map[string]float64{"adamw": 1e-3, "sgd": 0.1}[runs[i].Optimizer]
	}
	v := view(runs)
	if n, lr := len(ofFamily(v, "optimizer")), len(ofFamily(v, learningRate)); n != 4 || lr != 0 {
		t.Errorf("%d comparisons of optimizers, want 4, and %d of learning rates, want none", n, lr)
	}
	v = view(onAxis("model", "a", "b"))
	if n := len(ofFamily(v, "model")); n != 0 {
		t.Errorf("%d comparisons of models", n)
	}
	caption := allComparisonsTable(v).Caption
	if !strings.Contains(caption, "Runs that differ in model are not compared.") {
		t.Errorf("the caption does not say what is not compared: %s", caption)
	}
}

func TestAgainst(t *testing.T) {
	v := view(onAxis("optimizer", "adamw", "sgd"))
	for _, choice := range []string{"scaling=rslora", "rank=8", "optimizer=sgd"} {
		var err error
		if v, err = v.Against(choice); err != nil {
			t.Fatal(err)
		}
	}
	for family, want := range map[string]string{
		schemeFamily: "rank 4: LoRA vs rsLoRA", rankFamily: "LoRA: rank 4 vs rank 8",
		"optimizer": "LoRA, rank 4: adamw vs sgd",
	} {
		found := ofFamily(v, family)
		if len(found) != 4 || !strings.HasPrefix(found[0], want) {
			t.Errorf("%s: got %q, want %q first", family, found, want)
		}
	}
	if v.where(func(a analysis.Arm) bool { return a.Scheme == "lora" }).against[rankField] != "8" {
		t.Error("a view of fewer arms has forgotten the reference")
	}
	for choice, want := range map[string]string{
		"rslora":         `must be AXIS=VALUE, such as scaling=lora`,
		"rnak=8":         `unknown axis "rnak": did you mean "rank"? known: optimizer, rank, scaling`,
		"scaling=rslara": `unknown value of scaling "rslara": did you mean "rslora"?`,
		"rank=9":         `unknown value of rank "9"`,
		"rank=8":         `there is another one on this axis, 8`,
	} {
		if _, err := v.Against(choice); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", choice, err, want)
		}
	}
	one := view(fake{schemes: []string{"lora"}, ranks: []int{4, 8}, seeds: 2, steps: 2}.runs())
	if _, err := one.Against("scaling=lora"); err == nil || !strings.Contains(err.Error(), "nothing to compare") {
		t.Errorf("an axis with one value: %v", err)
	}
}

// What is equal to no setting with the chosen value is counted.
func TestAgainstAbsentReference(t *testing.T) {
	runs := slices.DeleteFunc(losing(10, noise), func(r results.Run) bool { return r.Scheme == "lora" && r.Rank == 8 })
	v, err := view(runs).Against("rank=8")
	if err != nil {
		t.Fatal(err)
	}
	const want = "Compared with no rank 8, since none is equal in all else: 1 setting."
	if caption := allComparisonsTable(v).Caption; !strings.Contains(caption, want) {
		t.Errorf("got %s, want %s", caption, want)
	}
	if found := ofFamily(v, rankFamily); len(found) != 1 || !strings.HasPrefix(found[0], "rsLoRA: rank 4 vs rank 8") {
		t.Errorf("got %q", found)
	}
}

// A reference without a rank is one for every rank.
func TestAgainstFullFineTuning(t *testing.T) {
	runs := losing(10, noise)
	for _, r := range (fake{schemes: []string{"full"}, ranks: []int{0}, seeds: 10, steps: 4}).runs() {
		r.Rank, r.Curve = 0, runs[0].Curve
		runs = append(runs, r)
	}
	v, err := view(runs).Against("scaling=full")
	if err != nil {
		t.Fatal(err)
	}
	found := ofFamily(v, schemeFamily)
	if len(found) != 4 || !strings.HasPrefix(found[0], "rank 4: LoRA vs full fine-tuning") {
		t.Errorf("got %q", found)
	}
}
