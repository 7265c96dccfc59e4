package experiments

import "testing"

// What each experiment needs besides its file, and how many runs it has.
var embedded = map[string]struct {
	set  []string
	runs int
}{
	"gsm8k":        {[]string{"data=train.jsonl"}, 5 * 2 * 3},
	"paper-fig2-3": {nil, 6 * 2 * 3},
	"quickstart":   {nil, 5 * 2 * 3},
	"rank-check":   {nil, 2 * 2 * 5 * 3},
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
