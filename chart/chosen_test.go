package chart

import (
	"slices"
	"strings"
	"testing"

	"ranksweep/analysis"
	"ranksweep/results"
)

// An expression chooses whole runs by axes, fields, statistics and status, and says how many it leaves.
func TestChoose(t *testing.T) {
	runs := runsOf([]int{4, 8}, []float64{0.001, 0.01}, 3)
	runs[0].Status = results.Failed
	for _, c := range []struct {
		where string
		left  int
		mark  string
	}{
		{"rank == 8", 6, "chosen: 6 of 12 runs"},
		{"lr < 0.005 and seed in [0, 2]", 4, "chosen: 4 of 12 runs"},
		{"status != 'failed'", 11, "chosen: 11 of 12 runs"},
		{"train_loss > 15 and weight_decay == 0.1", 8, "chosen: 8 of 12 runs"},
		{"rank > 0", 12, ""},
	} {
		got, err := Choose(c.where, analysis.Rows(runs))
		if err != nil || len(got.Rows) != c.left || got.Mark() != c.mark {
			t.Errorf("%s: got %d runs, %q, %v, want %d, %q", c.where, len(got.Rows), got.Mark(), err, c.left, c.mark)
		}
		if text := got.String(); (text == "") != (c.mark == "") || text != "" && !strings.Contains(text, c.where) {
			t.Errorf("%s: the sentence is %q", c.where, text)
		}
	}
}

// What whole runs cannot be chosen by is refused, as is an expression that leaves none.
func TestChooseRefuses(t *testing.T) {
	rows := analysis.Rows(runsOf([]int{4, 8}, []float64{0.001}, 2))
	for where, want := range map[string]string{
		"step == 0":         "step: this figure is made of whole runs",
		"layer < 3":         "layer: this figure is made of whole runs",
		"phase == 'tuning'": "phase: this figure is made of whole runs",
		"grad_norm > 1":     "grad_norm is measured at every step",
		"rnk == 4":          `did you mean "rank"`,
		"rank == 5":         "nothing is left of 4 runs",
		"rank":              "expected bool",
		"rank ==":           "character 7",
	} {
		if _, err := Choose(where, rows); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", where, err, want)
		}
	}
}

// What is said of every figure is added to what a figure says of itself.
func TestRestyled(t *testing.T) {
	own := Spec{Name: "mine", Where: "rank > 4 or seed == 1", Title: "Mine", Width: 100, Format: []string{"svg"}}
	if got := own.Restyled(Spec{}); got.Name != "mine" || got.Where != own.Where || got.Title != "Mine" ||
		got.Width != 100 || !slices.Equal(got.Format, own.Format) {
		t.Errorf("restyled by nothing it is %+v", got)
	}
	got := own.Restyled(Spec{Where: "lr == 1", Title: "Yours", Width: 200, Format: []string{"pdf"}})
	if got.Name != "mine-chosen" || got.Where != "(rank > 4 or seed == 1) and (lr == 1)" || got.Title != "Yours" ||
		got.Width != 200 || !slices.Equal(got.Format, []string{"pdf"}) {
		t.Errorf("restyled it is %+v", got)
	}
	if got := (Spec{Name: "a"}).Restyled(Spec{Name: "b", Where: "lr == 1"}); got.Name != "b" || got.Where != "lr == 1" {
		t.Errorf("renamed it is %+v", got)
	}
}
