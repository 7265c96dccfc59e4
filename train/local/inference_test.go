package local

import (
	"testing"

	"ranksweep/models"
	"ranksweep/results"
)

func TestTimeInference(t *testing.T) {
	c, err := New(models.FS).Model("base")
	if err != nil {
		t.Fatal(err)
	}
	timings, err := TimeInference(t.Context(), c.Model, []int{4, 64}, 2)
	if err != nil {
		t.Fatal(err)
	}
	count := make(map[results.Placement]int)
	for _, x := range timings {
		count[x.Placement]++
		if !(x.Seconds > 0) || x.Round < 0 || x.Round > 1 || (x.Placement == results.Base) != (x.Rank == 0) {
			t.Errorf("%+v", x)
		}
	}
	if count[results.Base] != 2 || count[results.Merged] != 4 || count[results.Attached] != 4 {
		t.Errorf("%v: want one a form, rank and round", count)
	}
}

// A merged model that computes something else is an error.
func TestMergedModelMustAgree(t *testing.T) {
	c, err := New(models.FS).Model("base")
	if err != nil {
		t.Fatal(err)
	}
	b := inferenceBatch(c.Model.Config)
	merged, _, err := placements(c.Model, 4, len(b.Tokens))
	if err != nil {
		t.Fatal(err)
	}
	_, other, err := placements(c.Model, 64, len(b.Tokens))
	if err != nil {
		t.Fatal(err)
	}
	if err := sameLoss(merged, other, &b); err == nil {
		t.Error("adapters of two ranks pass for each other")
	}
}
