package experiments

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"gopkg.in/yaml.v3"

	"ranksweep/results"
	"ranksweep/suggest"
)

// Tune says how nuisance axes are tuned away.
type Tune struct {
	Seeds  []uint64 // of the runs that choose their values; no seed of the grid is among them
	Extend int      // how often an axis may go on beyond a chosen value at its edge
	Local  int      // values around the chosen one at which each seed that is reported is trained; 0: at that alone
}

// DefaultExtend is how often sweep run --extend goes on: by a factor of ten a
// step, over four orders of magnitude.
const DefaultExtend = 4

// maxExtend is far above any use.
const maxExtend = 100

// noNuisance says which axes cannot be tuned away, and why.
var noNuisance = map[string]string{
	"rank":      "cells are told apart by it: put it under grid",
	"scaling":   "cells are told apart by it: put it under grid",
	"optimizer": "a cell must not mix two optimizers: put it under grid",
	"seed":      "seeds are the sample: put those of tuning under tune, as in tune: {seed: [100, 101]}",
}

// parseTune reads the entry tune of a file.
func parseTune(n *yaml.Node) (Tune, error) {
	var t Tune
	pairs, err := pairsOf(n, "tune")
	if err != nil {
		return t, err
	}
	for _, p := range pairs {
		switch p.key.Value {
		case "seed":
			t.Seeds, err = parseSeeds(p.value)
		case "extend":
			t.Extend, err = strconv.Atoi(p.value.Value)
			if p.value.ShortTag() != "!!int" || err != nil || t.Extend < 0 || t.Extend > maxExtend {
				err = at(p.value, "extend %s: must be a whole number from 0 to %d", shown(p.value), maxExtend)
			}
		case "local":
			t.Local, err = parseLocal(p.value)
		default:
			err = at(p.key, "%w", suggest.Unknown("key of tune", p.key.Value, []string{"seed", "extend", "local"}))
		}
		if err != nil {
			return t, err
		}
	}
	if len(t.Seeds) == 0 {
		return t, at(n, "tune needs the seeds on which nuisance values are chosen, as in tune: {seed: [100, 101]}")
	}
	return t, nil
}

func parseSeeds(n *yaml.Node) (seeds []uint64, err error) {
	values, err := mustField("seed").parseValues(n)
	for _, v := range values {
		if slices.Contains(seeds, v.(uint64)) {
			return nil, at(n, "tune has seed %v twice", v)
		}
		seeds = append(seeds, v.(uint64))
	}
	return seeds, err
}

// checkTune finds what is wrong with how the experiment is tuned.
func (e *Experiment) checkTune() error {
	switch {
	case len(e.Nuisance) == 0 && len(e.Tune.Seeds) == 0:
		return nil
	case len(e.Nuisance) == 0:
		return errors.New("tune has seeds and there is nothing to tune: name the axes, as in nuisance: {lr: [1e-4, 1e-3]}, or leave tune out")
	case len(e.Tune.Seeds) == 0:
		return fmt.Errorf("nuisance axis %s is to be tuned away, on other seeds than those reported: name them, as in tune: {seed: [100, 101]}", e.Nuisance[0].Name)
	}
	for _, a := range e.Nuisance {
		if why, no := noNuisance[a.Name]; no {
			return fmt.Errorf("nuisance axis %s: %s", a.Name, why)
		}
	}
	for _, seed := range e.seedAxis().Values {
		if slices.Contains(e.Tune.Seeds, seed.(uint64)) {
			return fmt.Errorf("seed %v is one of tune and one of the grid: what is reported must not have been chosen on the same seed", seed)
		}
	}
	if err := e.checkLocal(); err != nil {
		return err
	}
	return e.checkSeedless()
}

// checkSeedless makes sure that nothing depends on the seed, since a cell is
// tuned on other seeds than its own.
func (e *Experiment) checkSeedless() error {
	isSeed := func(a Axis) bool { return a.Name == "seed" }
	where := ""
	for _, z := range e.Zip {
		if slices.ContainsFunc(z, isSeed) {
			where = "zip"
		}
	}
	for _, r := range e.When {
		if slices.ContainsFunc(r.If, isSeed) || slices.ContainsFunc(r.Set, func(s Setting) bool { return s.Name == "seed" }) {
			where = "when"
		}
	}
	for _, m := range e.Exclude {
		if slices.ContainsFunc(m, isSeed) {
			where = "exclude"
		}
	}
	if where != "" {
		return fmt.Errorf("%s names seed, on which nothing may depend where cells are tuned on other seeds: leave it out, or tune away", where)
	}
	return nil
}

// NuisanceNames are the names of the axes that are tuned away.
func (e *Experiment) NuisanceNames() (names []string) {
	for _, a := range e.Nuisance {
		names = append(names, a.Name)
	}
	return names
}

// seedAxis is the axis of the seeds that are reported.
func (e *Experiment) seedAxis() Axis {
	if a := e.axis(mustField("seed")); a != nil {
		return *a
	}
	return Axis{"seed", []any{e.Base.Seed}}
}

// onSeeds is the experiment on the given seeds and with the given nuisance
// axes; seed is then an axis of its grid.
func (e *Experiment) onSeeds(seed Axis, nuisance []Axis) *Experiment {
	c := *e
	c.Nuisance = nuisance
	c.Grid = slices.Clone(e.Grid)
	if i := slices.IndexFunc(c.Grid, func(a Axis) bool { return a.Name == "seed" }); i >= 0 {
		c.Grid[i] = seed
	} else {
		c.Grid = append(c.Grid, seed)
	}
	return &c
}

// tuningSeeds is the axis of the seeds that choose.
func (e *Experiment) tuningSeeds() Axis {
	a := Axis{Name: "seed"}
	for _, seed := range e.Tune.Seeds {
		a.Values = append(a.Values, seed)
	}
	return a
}

// extension returns the values by which the axes of a tuned cell go on beyond
// the edges at which its choice lies; none where Extend forbids it, or where
// an axis ends there.
func (e *Experiment) extension(t results.Tuned) (more []results.Axis) {
	for _, edge := range t.Edges() {
		original := e.axis(mustField(edge.Name)).Values
		added := slices.DeleteFunc(slices.Clone(edge.Values), func(v float64) bool { return contains(original, v) })
		if len(added) >= e.Tune.Extend {
			continue
		}
		if v, ok := beyond(edge); ok {
			more = append(more, results.Axis{Name: edge.Name, Value: format(v)})
		}
	}
	return more
}

// beyond is the value that follows an edge in the ratio of the last two, to
// three digits, so that it does not carry their rounding errors. There is none
// for whole numbers, next to zero, or out of the field's bounds.
func beyond(e results.Edge) (float64, bool) {
	f := mustField(e.Name)
	last, before := e.Values[0], e.Values[1]
	if e.Top {
		n := len(e.Values)
		last, before = e.Values[n-1], e.Values[n-2]
	}
	if _, real := f.get(Config{}).(float64); !real || last <= 0 || before <= 0 {
		return 0, false
	}
	v := threeDigits(last * (last / before))
	if v == 0 || slices.Contains(e.Values, v) || bounds[f.path].check(v) != nil {
		return 0, false
	}
	return v, true
}

// threeDigits rounds a number, which may overflow, to that many.
func threeDigits(v float64) float64 {
	v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'e', 2, 64), 64)
	return v
}
