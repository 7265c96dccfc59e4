package experiments

import (
	"strings"
	"testing"
)

// What each experiment needs besides its file, and how many runs it has.
var embedded = map[string]struct {
	set  []string
	runs int
}{
	"gsm8k":           {[]string{"data=train.jsonl"}, 5 * 2 * 3},
	"paper-fig2-3":    {nil, 6 * 2 * 9},
	"quickstart":      {nil, 3 * 2 * 6},
	"paper-fig4":      {nil, 6 * 2 * 5},
	"paper-fig5":      {nil, 6 * 2 * 5},
	"paper-attention": {nil, 6 * 2 * 5},
	"paper-init":      {nil, (3 + 1) * 8 * 5}, // all rates on the grid's seeds; a plan tunes first
	"paper-rates":     {nil, (6 + 1) * 6},
	"paper-scalings":  {nil, 2 * 6 * 4 * 5},
	"methods":         {nil, (3*(10*4-1) + 2*3) * 12}, // LoKr has three ranks, scaled-sgd two methods and three ranks
	"one-rate":        {nil, (2*3 + 4) * 10},          // full fine-tuning has four rates, and no rank or scaling
	"equal-cost":      {nil, 4 * 8 * 4},
	"theory":          {nil, 2 * 5 * 9 * 80},
	"first-steps":     {nil, 5 * 2 * 5 * 10},
	"phase":           {nil, (7 + 8 + 4*6 + 7) * 6 * 3 * 2},
	"init":            {nil, (5 + 2) * 3 * 60},
	"init-losses":     {nil, 4 * 2 * 8 * 3},
	"tuned":           {nil, (3*3 + 1) * 8 * 5},
	"variants":        {nil, (6*2 + 1) * 8 * 3}, // three rates each
	"best-rates":      {nil, ((7 + 7 + 7 + 13) + (7 + 7 + 7 + 9) + 4*7) * 8},
	"rates-sgd":       {nil, 4 * 11 * 8},
	"transfer":        {nil, 2 * 7 * 4},
	"rates-muon":      {nil, (3*6 + 7 + 6 + 6 + 7 + 6 + 7) * 8},
	"finite-ranks":    {nil, 2 * 2 * 11 * 40},
	"rank-check":      {nil, 2 * 2 * 5 * 3},

	"onset-135m":           {nil, 3 * 2 * 60},
	"theory-135m":          {nil, 2 * 2 * 3 * 30},
	"first-steps-135m":     {nil, 4 * 2 * 3 * 20},
	"one-rate-lora-135m":   {nil, 2*8 + 3}, // full fine-tuning has three rates, and one seed
	"one-rate-rslora-135m": {nil, 2*8 + 3},
}

// A fingerprint is of what is trained: not of words, comments or layout.
func TestFingerprint(t *testing.T) {
	seen := make(map[string]string)
	for _, name := range Names() {
		is, err := Fingerprint(name)
		if err != nil || len(is) != 12 || seen[is] != "" {
			t.Errorf("%s: %q (%v), as %q", name, is, err, seen[is])
		}
		seen[is] = name
	}
	if _, err := Fingerprint("nothing"); err == nil {
		t.Error("an unknown experiment has a fingerprint")
	}
	const text = "# a comment\nname: a\nquestion: why?\nmodel: base\ngrid: {rank: [4, 8], lr: 1e-3}\n"
	was, _ := fingerprint([]byte(text))
	for old, new := range map[string]string{
		"# a comment\n": "", "name: a": "name: b", "why?": "how?", "1e-3": "0.001",
		"grid: {rank: [4, 8], lr: 1e-3}": "scales: {small: {rank: 4}}\ngrid:\n  lr: 1e-3\n  rank:\n  - 4\n  - 8",
	} {
		if is, err := fingerprint([]byte(strings.Replace(text, old, new, 1))); err != nil || is != was {
			t.Errorf("%q in place of %q changes it", new, old)
		}
	}
	for old, new := range map[string]string{"[4, 8]": "[8, 4]", "1e-3": "1.1e-3", "model: base": "model: tiny"} {
		if is, err := fingerprint([]byte(strings.Replace(text, old, new, 1))); err != nil || is == was {
			t.Errorf("%q in place of %q does not change it", new, old)
		}
	}
}

func TestEmbedded(t *testing.T) {
	names := Names()
	if len(names) != len(embedded) {
		t.Fatalf("got %v, want %d experiments", names, len(embedded))
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
	const want = "experiments: gsm8k: data is not set: name a .jsonl, .json or .txt file, as in " +
		"--set data=DIR/train.jsonl, or an embedded recipe, as in --set data=go-functions"
	if _, err := e.Configs(); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// An experiment's small size can be run and is smaller than the full one. An unknown
// size is an error that lists the known sizes.
func TestScale(t *testing.T) {
	count := func(name, scale string) (runs, steps int) {
		e, err := Load(name)
		check(t, err)
		check(t, e.Scale(scale))
		points, err := e.Configs()
		if err != nil {
			t.Fatalf("%s at scale %s: %v", name, scale, err)
		}
		for _, p := range points {
			steps += p.Config.Train.Steps
		}
		return len(points), steps
	}
	sized := 0
	for _, name := range Names() {
		e, err := Load(name)
		check(t, err)
		if len(e.ScaleNames()) == 1 {
			continue
		}
		sized++
		fullRuns, fullSteps := count(name, FullScale)
		smallRuns, smallSteps := count(name, "small")
		if smallRuns == 0 || smallSteps >= fullSteps {
			t.Errorf("%s: %d runs of %d steps in all, and at scale small %d of %d", name, fullRuns, fullSteps,
				smallRuns, smallSteps)
		}
	}
	if sized == 0 {
		t.Error("no experiment has another size")
	}
	e, err := Load("theory")
	check(t, err)
	const want = `experiments: theory: unknown scale "smal": did you mean "small"? known: full, small`
	if err := e.Scale("smal"); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestScaleErrors(t *testing.T) {
	for text, want := range map[string]string{
		"scales: [small]": "experiments: x.yaml:1: scales: must be a mapping of keys to values, not " +
			"[...]",
		"scales: {full: {rank: 4}}": "experiments: x.yaml:1: scale full is the rest of the file: remove its " +
			"entry from scales",
		"scales:\n  small: {rnk: 4}": `experiments: x.yaml:2: unknown field "rnk": did you mean "rank"? known: ` +
			strings.Join(fieldNames(), ", "),
		"scales:\n  small: {rank: [4, 0]}":     "experiments: x.yaml:2: rank 0: must be at least 1",
		"scales:\n  small: {rank: 4, rank: 8}": `experiments: x.yaml:2: scale small: key "rank" is already in line 2`,
	} {
		if _, err := Parse("x.yaml", []byte(named(text))); err == nil || err.Error() != want {
			t.Errorf("%s: got  %v\nwant %s", text, err, want)
		}
	}
}

// A group of zip in parts equals the group whose lists are the parts joined.
func TestZipInParts(t *testing.T) {
	const rest = "name: x\ndata: a\ngrid: {seed: [0, 1]}\n"
	parts := read(t, rest+"zip: [[{optimizer: sgd, lr: [0.1, 1]}, {optimizer: [adamw, lion], lr: 1e-3}]]")
	whole := read(t, rest+"zip: [{optimizer: [sgd, sgd, adamw, lion], lr: [0.1, 1, 1e-3, 1e-3]}]")
	if got, want := show(t, parts, "optimizer", "lr"), show(t, whole, "optimizer", "lr"); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	checkReadsBack(t, parts)
	for text, want := range map[string]string{
		"zip: [[{lr: [1, 2]}, {eps: 1}]]": "experiments: x.yaml:4: a part of zip: must name the same fields as the " +
			"first part, in the same order",
		"zip: [[{lr: [1, 2]}, {}]]": "experiments: x.yaml:4: a part of zip names no field",
		"zip: [[4]]": "experiments: x.yaml:4: a part of zip: must be a mapping of keys to values, " +
			"not 4",
		"zip: [[{seed: [1, 2]}, {seed: 3}]]": "experiments: x.yaml:4: seed is already set in line 3: " +
			"remove one of the two",
	} {
		if _, err := Parse("x.yaml", []byte(rest+text)); err == nil || err.Error() != want {
			t.Errorf("%s: got  %v\nwant %s", text, err, want)
		}
	}
}
