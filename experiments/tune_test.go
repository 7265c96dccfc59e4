package experiments

import (
	"strings"
	"testing"

	"ranksweep/grid"
)

func TestTuneErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nuisance without tune", "grid: {rank: 4}\nnuisance: {lr: [1, 2]}",
			"x.yaml:3: nuisance axis lr needs seeds to be tuned on, other than the reported ones: add tune: " +
				"{seed: [100, 101]}"},
		{"tune without nuisance", "grid: {rank: 4}\ntune: {seed: 1}",
			"x.yaml:3: tune has seeds, but no axis is tuned: name the axes to tune, as in nuisance: {lr: [1e-4, " +
				"1e-3]}, or remove tune"},
		{"a seed of the grid", "grid: {rank: 4, seed: [1, 2]}\nnuisance: {lr: [1, 2]}\ntune: {seed: [3, 2]}",
			"x.yaml:4: seed 2 is under tune and in the grid: reported runs need other seeds than the runs that " +
				"choose their values"},
		{"the one seed", "seed: 3\ngrid: {rank: 4}\nnuisance: {lr: [1, 2]}\ntune: {seed: [3, 2]}",
			"x.yaml:5: seed 3 is under tune and in the grid: reported runs need other seeds than the runs that " +
				"choose their values"},
		{"the default seed", "grid: {rank: 4}\nnuisance: {lr: [1, 2]}\ntune: {seed: 0}",
			"x.yaml:4: seed 0 is under tune and in the grid: reported runs need other seeds than the runs that " +
				"choose their values"},
		{"two optimizers in a cell", "grid: {rank: 4}\nnuisance: {optimizer: [sgd, adamw]}\ntune: {seed: 1}",
			"x.yaml:3: nuisance axis optimizer: a cell must not mix two optimizers: put it under grid"},
		{"two optimizers by when",
			"grid: {rank: [4, 8]}\nwhen: [{if: {lr: 2, rank: 8}, set: {optimizer: sgd}}]\nnuisance: {lr: [1, " +
				"2]}\ntune: {seed: 1}", "x.yaml:3: rank=8 seed=1 lr=2: when sets optimizer adamw at some nuisance " +
				"values and sgd at others: a cell must not mix two optimizers"},
		{"rank as a nuisance", "grid: {lr: 4}\nnuisance: {rank: [1, 2]}\ntune: {seed: 1}",
			"x.yaml:3: nuisance axis rank: it tells cells apart: put it under grid"},
		{"seed as a nuisance", "grid: {lr: 4}\nnuisance: {seed: [1, 2]}\ntune: {seed: 3}",
			"x.yaml:3: nuisance axis seed: seeds are the sample: put the seeds of tuning under tune, as in tune: " +
				"{seed: [100, 101]}"},
		{"seed in zip", "zip: [{rank: [4, 8], seed: [1, 2]}]\nnuisance: {lr: [1, 2]}\ntune: {seed: 3}",
			"x.yaml:2: zip refers to seed, but tuning uses other seeds: remove seed from zip, or remove " +
				"nuisance and tune"},
		{"seed in when", "grid: {rank: [4, 8]}\nwhen: [{if: {seed: 0}, set: {eps: 1}}]\nnuisance: {lr: [1, " +
			"2]}\ntune: {seed: 3}", "x.yaml:3: when refers to seed, but tuning uses other seeds: remove seed from " +
			"when, or remove nuisance and tune"},
		{"seed in exclude",
			"grid: {rank: [4, 8], seed: [1, 2]}\nexclude: [{seed: 1, rank: 4}]\nnuisance: {lr: [1, 2]}\ntune: " +
				"{seed: 3}", "x.yaml:3: exclude refers to seed, but tuning uses other seeds: remove seed from " +
				"exclude, or remove nuisance and tune"},
		{"nothing to choose by", "grid: {rank: 4}\ndata: {source: a, validation: 0}\nnuisance: {lr: [1, 2]}\ntune: " +
			"{seed: 3}", "x.yaml:3: validation 0: must be at least 1, since the validation loss chooses nuisance " +
			"values: hold examples out, as in data: {validation: 64}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(c.text, "data:") {
				c.text += "\ndata: a"
			}
			err := firstPhase(read(t, "name: x\n"+c.text))
			if want := "experiments: " + c.want; err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

func TestBeyond(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []float64
		top    bool
		want   float64 // 0: none
	}{
		{"lr", []float64{1e-4, 1e-3}, true, 0.01}, // 1e-3·(1e-3/1e-4) is 0.010000000000000002
		{"lr", []float64{1e-4, 1e-3}, false, 1e-5},
		{"lr", []float64{1e-4, 3e-4, 1e-3}, true, 3.33e-3},
		{"lr", []float64{1e-4, 3e-4, 1e-3}, false, 3.33e-5},
		{"lr", []float64{1e5, 1e6}, true, 0},          // out of bounds
		{"lr", []float64{1, 1.0001}, true, 0},         // equal to three digits
		{"weight_decay", []float64{0, 0.1}, true, 0},  // a ratio with 0 does not exist
		{"weight_decay", []float64{0, 0.1}, false, 0}, // nothing lies below 0
		{"warmup", []float64{1, 2}, true, 0},          // whole numbers
		{"dropout", []float64{0.25, 0.5}, true, 0},    // 1 is out of bounds
		{"dropout", []float64{0.2, 0.3}, true, 0.45},  //
		{"lr_a", []float64{1e-300, 1e-3}, false, 0},   // underflow: 0 has another meaning
		{"lr", []float64{1e-320, 1e-300}, false, 0},   // underflow
		{"alpha", []float64{1, 2}, true, 4},           //
		{"eps", []float64{0.1, 0.9}, true, 0},         // out of bounds
		{"alpha", []float64{1, 2}, false, 0.5},        //
	} {
		v, ok := beyond(grid.Edge{Name: c.name, Values: c.values, Top: c.top})
		if v != c.want || ok != (c.want != 0) {
			t.Errorf("%s %v, top %t: %g, %t, want %g", c.name, c.values, c.top, v, ok, c.want)
		}
	}
}

func TestLocalErrors(t *testing.T) {
	const bound = ": must be an odd number of values in each local grid, from 3 to 9, or 0 for no local grid"
	for local, want := range map[string]string{
		"1": "local 1" + bound, "4": "local 4" + bound, "11": "local 11" + bound, "-3": "local -3" + bound,
		"3.0": "local 3.0" + bound, "many": `local "many"` + bound, "[3]": "local [...]" + bound,
	} {
		text := "name: x\ndata: a\ngrid: {rank: 4}\nnuisance: {lr: [1, 2]}\ntune: {seed: 1, local: " + local + "}\n"
		if _, err := Parse("x.yaml", []byte(text)); err == nil || err.Error() != "experiments: x.yaml:5: "+want {
			t.Errorf("local %s: got  %v\nwant %s", local, err, want)
		}
	}
	for _, c := range []struct{ name, text, want string }{
		{"two axes", "nuisance: {lr: [1, 2], eps: [1e-8, 1e-6]}",
			"there are 2 nuisance axes, and local grids need exactly one: keep one, such as lr"},
		{"a word", "nuisance: {schedule: [linear, cosine]}",
			"nuisance axis schedule is not a real number of train: tune one that is, such as lr"},
		{"a whole number", "nuisance: {warmup: [1, 2]}",
			"nuisance axis warmup is not a real number of train: tune one that is, such as lr"},
		{"not of train", "nuisance: {alpha: [8, 16]}",
			"nuisance axis alpha is not a real number of train: tune one that is, such as lr"},
		{"zero", "nuisance: {weight_decay: [0.1, 0]}",
			"nuisance axis weight_decay has the value 0, which cannot be multiplied by √2: use values above 0"},
		{"a condition", "nuisance: {lr: [1, 2]}\nwhen: [{if: {lr: 2}, set: {clip: 1}}]",
			"when depends on lr, and local grids add values of lr that when does not list: make when depend on " +
				"another field"},
	} {
		e := read(t, "name: x\ndata: a\ngrid: {rank: 4}\ntune: {seed: 1, local: 5}\n"+c.text)
		_, err := e.Configs()
		if want := "experiments: x.yaml:4: tune has local: 5, but " + c.want + ", or remove local"; err == nil ||
			err.Error() != want {
			t.Errorf("%s: got  %v\nwant %s", c.name, err, want)
		}
	}
}

func TestLocalValues(t *testing.T) {
	for _, c := range []struct {
		name   string
		chosen float64
		powers [2]int // the first and the last
		want   string
	}{
		{"lr", 1e-3, [2]int{-4, 4}, "0.00025 0.000354 0.0005 0.000707 0.001 0.00141 0.002 0.00283 0.004"},
		// the chosen value keeps all its digits, since it is trained already
		{"lr", 0.0123456, [2]int{-1, 1}, "0.00873 0.0123456 0.0175"},
		{"lr", 9e5, [2]int{-1, 1}, "636000 900000"}, // out of bounds
		{"eps", 0.8, [2]int{-1, 1}, "0.566 0.8"},
		{"lr_a", 5e-324, [2]int{-4, -2}, ""}, // underflow: 0 has another meaning
	} {
		var got []string
		for power := c.powers[0]; power <= c.powers[1]; power++ {
			if v, ok := localValue(c.name, c.chosen, power); ok {
				got = append(got, format(v))
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s around %g: %s, want %s", c.name, c.chosen, got, c.want)
		}
	}
}

// firstPhase resolves the runs that are trained first.
func firstPhase(e *Experiment) error {
	_, err := e.Configs()
	if err == nil && len(e.Nuisance) > 0 {
		_, err = e.TuningPoints()
	}
	return err
}
