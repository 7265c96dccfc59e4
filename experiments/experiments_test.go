package experiments

import "testing"

// What each experiment needs besides its file, and how many runs it has.
var embedded = map[string]struct {
	set  []string
	runs int
}{
	"gsm8k":           {[]string{"data=train.jsonl"}, 5 * 2 * 3},
	"paper-fig2-3":    {nil, 6 * 2 * 3},
	"quickstart":      {nil, 5 * 2 * 3},
	"paper-fig4":      {nil, 6 * 2 * 3},
	"paper-fig5":      {nil, 6 * 2 * 3},
	"paper-attention": {nil, 6 * 2 * 3},
	"paper-init":      {nil, (3 + 1) * 8 * 5}, // all rates on the grid's seeds; a plan runs others
	"paper-rates":     {nil, (6 + 1) * 6},
	"paper-scalings":  {nil, 2 * 6 * 4 * 5},
	"one-rate":        {nil, (2*3 + 4) * 8}, // full fine-tuning has four rates, and no rank or scaling
	"equal-cost":      {nil, 4 * 8 * 4},
	"theory":          {nil, 2 * 5 * 9 * 20},
	"first-steps":     {nil, 5 * 2 * 5 * 10},
	"phase":           {nil, (7 + 8 + 4*6 + 7) * 6 * 3 * 2},
	"init":            {nil, (5 + 2) * 3 * 20},
	"init-losses":     {nil, 4 * 2 * 8 * 3},
	"tuned":           {nil, (3*3 + 1) * 8 * 5},
	"best-rates":      {nil, (12 + 9 + 5) * 4 * 8},
	"rates-sgd":       {nil, 4 * 10 * 8},
	"rates-muon":      {nil, (5 + 8 + 12) * 3 * 8},
	"finite-ranks":    {nil, 2 * 2 * 11 * 40},
	"rank-check":      {nil, 2 * 2 * 5 * 3},
}

func TestEmbedded(t *testing.T) {
	names, err := Names()
	if err != nil || len(names) != len(embedded) {
		t.Fatalf("got %v (%v), want %d experiments", names, err, len(embedded))
	}
	for _, name := range names {
		e, err := Load(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if e.Name != name || e.Question == "" {
			t.Errorf("%s.yaml has name %q and question %q", name, e.Name, e.Question)
		}
		if err := e.Set(embedded[name].set...); err != nil {
			t.Error(err)
		}
		points, err := e.Configs()
		if err != nil || len(points) != embedded[name].runs {
			t.Errorf("%s: %d runs (%v), want %d", name, len(points), err, embedded[name].runs)
		}
	}
}

func TestGSM8KSaysWhatToSet(t *testing.T) {
	e, err := Load("gsm8k")
	if err != nil {
		t.Fatal(err)
	}
	const want = "sweep: gsm8k: data is not set: add --set data=DIR/train.jsonl, a .jsonl or .txt file, or an embedded recipe, --set data=go-functions"
	if _, err := e.Configs(); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// Every experiment of the reproduction can be run at both scales, and the small
// one is smaller.
func TestOverrides(t *testing.T) {
	count := func(name, scale string) (runs int, steps int) {
		e, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		set, err := Overrides(name, scale)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Set(set...); err != nil {
			t.Fatalf("%s at scale %s: %v", name, scale, err)
		}
		points, err := e.Configs()
		if err != nil {
			t.Fatalf("%s at scale %s: %v", name, scale, err)
		}
		for _, p := range points {
			steps += p.Config.Train.Steps
		}
		return len(points), steps
	}
	for name := range small {
		fullRuns, fullSteps := count(name, "full")
		smallRuns, smallSteps := count(name, "small")
		if smallRuns == 0 || smallSteps >= fullSteps {
			t.Errorf("%s: %d runs of %d steps in all, and at scale small %d of %d", name, fullRuns, fullSteps, smallRuns, smallSteps)
		}
	}
	if _, err := Overrides("theory", "huge"); err == nil {
		t.Error("there is a scale huge")
	}
}
