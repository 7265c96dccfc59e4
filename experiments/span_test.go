package experiments

import (
	"slices"
	"strings"
	"testing"
)

// TestSpans: a text that stands for several values gives the grid that lists them.
func TestSpans(t *testing.T) {
	for _, c := range []struct{ short, long string }{
		{"grid: {seed: 0..3}", "grid: {seed: [0, 1, 2, 3]}"},
		{"grid: {seed: [7, 0..2, 9]}", "grid: {seed: [7, 0, 1, 2, 9]}"},
		{`grid: {lr: "log(1e-5, 1e-2, 4)"}`, "grid: {lr: [1e-5, 1e-4, 1e-3, 1e-2]}"},
		{"grid:\n  lr: log(1e-3, 1e-5, 3)", "grid: {lr: [1e-3, 1e-4, 1e-5]}"},
		{"grid:\n  lr: log(1e-4, 1e-3, 3)", "grid: {lr: [1e-4, 3.16228e-4, 1e-3]}"},
		{"grid:\n  rank: log(4, 2048, 10)", "grid: {rank: [4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048]}"},
		{"grid: {rank: 4}\nnuisance: {lr: [1e-4, 1e-3]}\ntune: {seed: 100..102}",
			"grid: {rank: 4}\nnuisance: {lr: [1e-4, 1e-3]}\ntune: {seed: [100, 101, 102]}"},
		{"grid: {rank: 1..4}\nexclude: [{rank: 2..3}]", "grid: {rank: [1, 2, 3, 4]}\nexclude: [{rank: [2, 3]}]"},
		{"adapter: {alpha: 2r}\ngrid: {rank: [4, 8]}", "zip: [{rank: [4, 8], alpha: [8, 16]}]"},
		{"adapter: {alpha: r, rank: 16}\ngrid: {seed: [0, 1]}", "adapter: {alpha: 16, rank: 16}\ngrid: {seed: [0, 1]}"},
		{"adapter: {alpha: 0.5 * rank}\ngrid: {rank: [4, 8]}\nwhen: [{if: {rank: 8}, set: {alpha: 3}}]",
			"zip: [{rank: [4, 8], alpha: [2, 3]}]"},
	} {
		short, long := idsOf(t, c.short), idsOf(t, c.long)
		if !slices.Equal(short, long) {
			t.Errorf("%s\nis not\n%s", c.short, c.long)
		}
	}
}

// idsOf returns the IDs of an experiment's runs, also as its resolved file has them.
func idsOf(t *testing.T, text string) (ids []string) {
	t.Helper()
	e, err := Parse("mine.yaml", []byte("name: mine\ndata: go-functions\n"+text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	resolved, err := e.Resolved()
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	again, err := Parse("resolved.yaml", resolved)
	if err != nil {
		t.Fatalf("%s: %v", resolved, err)
	}
	for _, e := range []*Experiment{e, again} {
		points, err := e.Configs()
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		for _, p := range points {
			ids = append(ids, p.Config.ID("model", "data", 0))
		}
	}
	if n := len(ids) / 2; !slices.Equal(ids[:n], ids[n:]) {
		t.Errorf("%s: the resolved file has other runs", text)
	}
	return ids
}

// TestSpansOfSet: spans come by --set too, and a later value of alpha is not multiplied.
func TestSpansOfSet(t *testing.T) {
	e, err := Parse("mine.yaml", []byte("name: mine\ndata: go-functions\nadapter: {alpha: 2r}\ngrid: {rank: [4, 8]}"))
	if err == nil {
		err = e.Set("seed=0..1", "rank=2..3")
	}
	if err != nil {
		t.Fatal(err)
	}
	points, err := e.Configs()
	if err != nil || len(points) != 4 || points[3].Config.Adapter.Alpha != 6 || points[3].Config.Seed != 1 {
		t.Errorf("%v, %v", points, err)
	}
	if err := e.Set("alpha=5"); err != nil {
		t.Fatal(err)
	}
	if points, _ = e.Configs(); points[0].Config.Adapter.Alpha != 5 {
		t.Errorf("alpha is %g", points[0].Config.Adapter.Alpha)
	}
}

// TestWrongSpans: a span that cannot be is refused with its line and its bound.
func TestWrongSpans(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"grid: {seed: 3..1}",
			"mine.yaml:3: seed 3..1: the second number must not be below the first"},
		{"grid: {seed: 0..10000}", "has more than 10000 values"},
		{"grid: {seed: 0..99999999999999999999}", "both ends must be below 2^63"},
		{"grid: {lr: 0..3}", "lr 0: must be above 0"},
		{"grid:\n  lr: log(0, 1, 3)",
			"mine.yaml:4: lr log(0, 1, 3): both ends must be numbers above 0"},
		{"grid:\n  lr: log(1e-5, 1e-2, 1)", "the number of values, 1, must be from 2 to 10000"},
		{"grid:\n  lr: log(1e-5, 1e-2, x)", "the number of values, x, must be from 2 to 10000"},
		{"grid:\n  rank: log(4, 64, 4)", "rank 10.0794: must be a whole number"},
		{"grid:\n  lr: log(1e-5, 1e-2)", "a span is written \"log(1e-5, 1e-2, 7)\""},
		{"grid: {scaling: 0..1}", "scaling"},
		{"grid: {rank: 4, alpha: 2r}",
			"alpha may follow the rank only where it is set for all runs"},
		{"adapter: {alpha: 0r}", "alpha 0r: must be a number above 0"},
		{"adapter: {alpha: 999999r}\ngrid: {rank: [1, 2]}", "alpha 1.999998e+06 at rank 2: must be"},
	} {
		e, err := Parse("mine.yaml", []byte("name: mine\ndata: go-functions\n"+c.text))
		if err == nil {
			_, err = e.Configs()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.text, err, c.want)
		}
	}
}
