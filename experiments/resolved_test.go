package experiments

import (
	"bytes"
	"reflect"
	"testing"
)

const everything = `
name: everything
question: "Two lines:\n  is it read back?"
data: {source: "a: b", loss: all}
seed: 18446744073709551615
model: "010"
grid: {rank: [4, 8], targets: [mlp, [b, a]]}
zip: [{scaling: [lora, 0.75], alpha: [16, 8]}, {batch: [4, 8], steps: [20, 10]}]
nuisance: {lr: [1e-5, 1e-300]}
tune: {seed: [18446744073709551614, 7], extend: 3}
when: [{if: {scaling: [0.75, 1], rank: 4}, set: {eps: 1e-12, init: gaussian}}]
exclude: [{rank: 4, lr: 1e-5}]
`

const local = `
name: local
data: a
grid: {rank: [3, 10000], seed: [0, 1]}
nuisance: {lr: [1e-3, 1e-2]}
tune: {seed: [5, 6], extend: 2, local: 3}
`

func TestResolvedReadsBackAsTheSameGrid(t *testing.T) {
	for name, text := range map[string]string{"design": design, "everything": everything, "local": local} {
		t.Run(name, func(t *testing.T) {
			e := read(t, text)
			if err := e.Set("dropout=0.1", "clip=[0,1]"); err != nil {
				t.Fatal(err)
			}
			checkReadsBack(t, e)
		})
	}
}

// checkReadsBack fails the test unless the resolved file of e has the grid of e and
// resolves to itself.
func checkReadsBack(t *testing.T, e *Experiment) {
	t.Helper()
	text, err := e.Resolved()
	if err != nil {
		t.Fatal(err)
	}
	again := read(t, string(text))
	want, err := e.Configs()
	if err != nil {
		t.Fatal(err)
	}
	got, err := again.Configs()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("another grid was read from\n%s", text)
	}
	if again.Name != e.Name || again.Question != e.Question || !reflect.DeepEqual(again.Tune, e.Tune) {
		t.Errorf("name %q, question %q and tune %v were read from\n%s", again.Name, again.Question, again.Tune, text)
	}
	if twice, err := again.Resolved(); err != nil || !bytes.Equal(twice, text) {
		t.Errorf("resolved once:\n%s\nand twice (%v):\n%s", text, err, twice)
	}
}

func TestResolvedWithoutGrid(t *testing.T) {
	if _, err := read(t, "{name: x, grid: {rank: 4}}").Resolved(); err == nil {
		t.Error("an experiment without data was written")
	}
}
