package experiments

import (
	"strings"
	"testing"
)

// TestArithmeticIsShown: precision is a coordinate of every point if some point has an
// unusual one, wherever the file sets it, and so is quantization. Otherwise it is a coordinate
// of none.
func TestArithmeticIsShown(t *testing.T) {
	for text, want := range map[string]string{
		"grid: {seed: [0, 1]}":                              "seed=0\nseed=1",
		"grid: {seed: [0, 1]}\ntrain: {precision: float32}": "seed=0\nseed=1",
		"grid: {seed: [0, 1]}\ntrain: {precision: bf16}": "seed=0 precision=bf16\n" +
			"seed=1 precision=bf16",
		"grid: {seed: [0]}\ntrain: {quantization: nf4, precision: bf16}": "seed=0 precision=bf16 quantization=nf4",
		"grid: {seed: [0]}\ntrain: {attention: eager}":                   "seed=0",

		"grid: {seed: [0], precision: [bf16, float32]}": "seed=0 precision=bf16\n" +
			"seed=0 precision=float32",
		"grid: {seed: [0, 1]}\nwhen:\n  - {if: {seed: 1}, set: {precision: bf16}}": "seed=0 precision=float32\n" +
			"seed=1 precision=bf16",
	} {
		e, err := Parse("x.yaml", []byte("name: x\ndata: go-functions\n"+text))
		check(t, err)
		points, err := e.Configs()
		check(t, err)
		var lines []string
		for _, p := range points {
			lines = append(lines, p.String())
		}
		if got := strings.Join(lines, "\n"); got != want {
			t.Errorf("%s\n\nhas the points\n%s\nwant\n%s", text, got, want)
		}
	}
}

// TestVaries: only runs of other trainers may vary, and only without deterministic algorithms.
func TestVaries(t *testing.T) {
	for _, test := range []struct {
		trainer             string
		deterministic, want bool
	}{{LocalTrainer, false, false}, {"peft", false, true}, {"peft", true, false}} {
		c := Defaults()
		c.Trainer, c.Train.Deterministic = test.trainer, test.deterministic
		if got := c.Varies(); got != test.want {
			t.Errorf("%+v: %t", test, got)
		}
	}
}
