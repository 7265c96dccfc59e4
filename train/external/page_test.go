package external

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"testing"

	"ranksweep/experiments"
	"ranksweep/metrics"
	"ranksweep/results"
	"ranksweep/train/local"
)

// TestPageHasEveryMessage: the examples in docs/trainers.md are messages with every field
// that there is, and there is one of each.
func TestPageHasEveryMessage(t *testing.T) {
	page, err := os.ReadFile("../../docs/trainers.md")
	check(t, err)
	var types []string
	fields := make(map[string]bool) // of what the other process says
	for _, m := range regexp.MustCompile("(?s)```json\n(.*?)```").FindAllSubmatch(page, -1) {
		var any map[string]json.RawMessage
		check(t, json.Unmarshal(m[1], &any))
		var kind string
		check(t, json.Unmarshal(any["type"], &kind))
		types = append(types, kind)
		switch kind {
		case "start":
			strictly(t, m[1], &start{})
			everyField(t, any, start{})
		case "train":
			strictly(t, m[1], &request{})
			everyField(t, any, requestOf(work(t, tinyConfig(t, "llama"))))
		case "save":
			strictly(t, m[1], &save{})
			everyField(t, any, save{})
		default:
			strictly(t, m[1], &message{})
			for name := range any {
				fields[name] = true
			}
		}
	}
	slices.Sort(types)
	if want := []string{"done", "failed", "ready", "save", "saved", "start", "step", "train", "unable",
		"working"}; !slices.Equal(types,
		want) {
		t.Errorf("the page has %q, want %q", types, want)
	}
	said := message{Protocol: 1, Trainer: "x", Versions: map[string]string{"x": "1"}, Device: "x",
		Devices:   []string{"x"},
		Abilities: &abilities{}, Notes: []string{"x"}, Reason: "x", What: "x", Values: values{"x": 1},
		Maps: map[string]values{"x": nil}, Validation: []jsonNumber{1}, Memory: new(memory)}
	for _, name := range keys(t, said) {
		if !fields[name] {
			t.Errorf("no example has the field %q", name)
		}
	}
	can := abilities{Quantizations: []string{"x"}, Attentions: []string{"x"}, GradientCheckpointing: true,
		Deterministic: true, Why: map[string]string{"x": "x"}}
	for _, name := range keys(t, can) {
		if !bytes.Contains(page, []byte(`"`+name+`": `)) {
			t.Errorf("no example has the ability %q", name)
		}
	}
}

// TestPageHasEveryQuantity: the page says of every quantity at which steps it is measured, as the
// program demands it.
func TestPageHasEveryQuantity(t *testing.T) {
	page, err := os.ReadFile("../../docs/trainers.md")
	check(t, err)
	for _, q := range metrics.Quantities()[:metrics.NumMeasured] {
		row := regexp.MustCompile("(?m)^\\|[^|\n]*`" + q.Name() + "`[^|\n]*\\| " + occasionOf(q).words + " \\| ")
		if n := len(row.FindAll(page, -1)); n != 1 {
			t.Errorf("%d rows have %s %s", n, q.Name(), occasionOf(q).words)
		}
	}
}

func strictly(t *testing.T, text []byte, into any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Errorf("%s: %v", text, err)
	}
}

func everyField(t *testing.T, example map[string]json.RawMessage, of any) {
	t.Helper()
	if got, want := slices.Sorted(maps.Keys(example)), keys(t, of); !slices.Equal(got, want) {
		t.Errorf("the example has fields %q, want %q", got, want)
	}
}

func keys(t *testing.T, of any) []string {
	t.Helper()
	text, err := json.Marshal(of)
	check(t, err)
	var fields map[string]json.RawMessage
	check(t, json.Unmarshal(text, &fields))
	return slices.Sorted(maps.Keys(fields))
}

// TestNumbersOfAllKinds are read as they were written.
func TestNumbersOfAllKinds(t *testing.T) {
	for _, x := range []float64{0, -1.5, 1e-300, math.Inf(1), math.Inf(-1), math.NaN()} {
		text, err := json.Marshal(jsonNumber(x))
		check(t, err)
		var got jsonNumber
		check(t, json.Unmarshal(text, &got))
		if float64(got) != x && !math.IsNaN(x) || math.IsNaN(x) != math.IsNaN(float64(got)) {
			t.Errorf("%g became %s and then %g", x, text, float64(got))
		}
	}
	for _, text := range []string{"null", `"inf"`, "[]", "1e999"} {
		var x jsonNumber
		if err := json.Unmarshal([]byte(text), &x); err == nil {
			t.Errorf("%s was read as %g", text, float64(x))
		}
	}
}

// TestExampleTrains: the example trainer trains a run whose first loss is that of equal
// probabilities, ln 32, and which learns.
func TestExampleTrains(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("skipped: there is no python3")
	}
	c := tinyConfig(t, "llama")
	c.Trainer, c.Train.Optimizer, c.Adapter.Method, c.Train.LR = "unigram", "sgd", "full", 2
	c = experiments.Point{Config: c}.Canonical().Config
	p := Program{Name: "unigram", Command: []string{"python3", "../../docs/trainers/unigram.py"}}
	x := New(t.Context(), p, local.New(os.DirFS(t.TempDir())), []string{CPU})
	defer x.Close()
	o, err := x.Train(t.Context(), c, quietly)
	check(t, err)
	first, last := o.Curve[0].Values, o.Curve[10].Values
	if math.Abs(first[metrics.TrainLoss]-math.Log(32)) > 1e-12 || !(last[metrics.ValLoss] < first[metrics.ValLoss]) {
		t.Errorf("training loss %g at first, validation loss from %g to %g", first[metrics.TrainLoss],
			first[metrics.ValLoss], last[metrics.ValLoss])
	}
	if o.Status != results.Done || o.Steps != 10 || o.Validation[0].Nats == 0 {
		t.Errorf("%s after %d steps, validation %v", o.Status, o.Steps, o.Validation)
	}
}
