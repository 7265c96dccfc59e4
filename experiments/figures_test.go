package experiments

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

const withoutFigures = `name: mine
data: go-functions
train: {steps: 1}
grid: {rank: [4, 8]}
`

// Figures are read and written again, and are no part of a run.
func TestFigures(t *testing.T) {
	const figures = "figures:\n- {x: rank, y: val_loss, log: [x, y], smooth: 3}\n" +
		"- {y: train_loss, where: 'rank == 4'}\n"
	e, err := Parse("mine.yaml", []byte(withoutFigures+figures))
	if err != nil {
		t.Fatal(err)
	}
	want := Figure{{"x", "rank"}, {"y", "val_loss"}, {"log", "x,y"}, {"smooth", "3"}}
	if len(e.Figures) != 2 || !slices.Equal(e.Figures[0], want) || e.Figures[1][1].Value != "rank == 4" {
		t.Fatalf("%v", e.Figures)
	}
	resolved, err := e.Resolved()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse("resolved.yaml", resolved)
	if err != nil || !slices.EqualFunc(again.Figures, e.Figures, slices.Equal[Figure]) {
		t.Errorf("read again: %v, %v", again, err)
	}
	plain, err := Parse("mine.yaml", []byte(withoutFigures))
	if err != nil {
		t.Fatal(err)
	}
	without, err := plain.Resolved()
	if err != nil || bytes.Contains(without, []byte("figures")) || !bytes.HasPrefix(resolved, without) {
		t.Errorf("%v: figures change the rest of the resolved file:\n%s\nwithout them\n%s", err, resolved, without)
	}
	a, errA := e.Configs()
	b, errB := plain.Configs()
	if errA != nil || errB != nil || len(a) != 2 || len(b) != 2 ||
		!bytes.Equal(a[0].Config.JSON(), b[0].Config.JSON()) {
		t.Errorf("figures change configs: %v %v", errA, errB)
	}
	if got := e.InFigure(1, errNoFigure).Error(); got != "experiments: mine.yaml:5: figure 2: no" {
		t.Error(got)
	}
}

type plainError string

func (e plainError) Error() string { return string(e) }

const errNoFigure = plainError("no")

func TestFiguresAreRefused(t *testing.T) {
	for figures, want := range map[string]string{
		"figures: {x: rank}":         "mine.yaml:5: figures: must be a list",
		"figures: [rank]":            "mine.yaml:5: an item of figures: must be a mapping",
		"figures: [{x: {a: 1}}]":     "must be a single value or a list of them",
		"figures: [{x: }]":           "null: must be a single value",
		"figures: [{x: a, x: b}]":    `key "x" is already in line 5`,
		"figures: [{log: [x, [y]]}]": "must be a single value or a list of them",
		"figure: []":                 `did you mean "figures"`,
	} {
		_, err := Parse("mine.yaml", []byte(withoutFigures+figures))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", figures, err, want)
		}
	}
}
