package experiments

import (
	"slices"
	"strconv"

	"gopkg.in/yaml.v3"

	"ranksweep/grid"
	"ranksweep/misspelt"
)

// Tune says how the values of nuisance axes are chosen.
type Tune struct {
	Seeds  []uint64 // seeds of the runs that choose the values; none of them is in the grid
	Extend int      // how many values may be added beyond an edge at which a cell is best
	Local  int      // number of values, around the chosen one, at which each reported seed is trained; 0: only there
}

// DefaultExtend is how many values sweep run --extend may add. In steps of a factor
// of ten they cover four orders of magnitude.
const DefaultExtend = 4

// maxExtend is far above any use.
const maxExtend = 100

// noNuisance lists the fields that cannot be tuned, each with the reason and the remedy.
var noNuisance = map[string]string{
	"rank":      "it tells cells apart: put it under grid",
	"scaling":   "it tells cells apart: put it under grid",
	"optimizer": "a cell must not mix two optimizers: put it under grid",
	"seed":      "seeds are the sample: put the seeds of tuning under tune, as in tune: {seed: [100, 101]}",
}

// parseTune reads the entry tune of a file.
func parseTune(n *yaml.Node) (t Tune, err error) {
	err = eachPair(n, "tune", func(p pair) (err error) {
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
			err = at(p.key, "%w", misspelt.Unknown("key of tune", p.key.Value, []string{"seed", "extend", "local"}))
		}
		return err
	})
	if err == nil && len(t.Seeds) == 0 {
		err = at(n, "tune names no seeds: give the seeds that choose nuisance values, as in tune: {seed: [100, 101]}")
	}
	return t, err
}

func parseSeeds(n *yaml.Node) (seeds []uint64, err error) {
	values, err := mustField("seed").parseValues(n)
	if err != nil {
		return nil, err
	}
	for _, v := range values {
		if slices.Contains(seeds, v.(uint64)) {
			return nil, at(n, "tune has seed %v twice", v)
		}
		seeds = append(seeds, v.(uint64))
	}
	return seeds, nil
}

// checkTune finds errors in how the experiment is tuned.
func (e *Experiment) checkTune() error {
	switch {
	case len(e.Nuisance) == 0 && len(e.Tune.Seeds) == 0:
		return nil
	case len(e.Nuisance) == 0:
		return about("tune")("tune has seeds, but no axis is tuned: " +
			"name the axes to tune, as in nuisance: {lr: [1e-4, 1e-3]}, or remove tune")
	case len(e.Tune.Seeds) == 0:
		return about("nuisance")("nuisance axis %s needs seeds to be tuned on, other than the reported ones: "+
			"add tune: {seed: [100, 101]}", e.Nuisance[0].Name)
	}
	for _, a := range e.Nuisance {
		if why, no := noNuisance[a.Name]; no {
			return about(pathsOf(a)...)("nuisance axis %s: %s", a.Name, why)
		}
	}
	for _, seed := range e.seedAxis().Values {
		if slices.Contains(e.Tune.Seeds, seed.(uint64)) {
			return about("tune")("seed %v is under tune and in the grid: "+
				"reported runs need other seeds than the runs that choose their values", seed)
		}
	}
	if err := e.checkLocal(); err != nil {
		return err
	}
	return e.checkSeedless()
}

// checkSeedless makes sure that no other field depends on the seed, since a cell is
// tuned on other seeds than it is reported on.
func (e *Experiment) checkSeedless() error {
	isSeed := func(a Axis) bool { return a.Name == "seed" }
	where := ""
	for _, z := range e.Zip {
		if slices.ContainsFunc(z, isSeed) {
			where = "zip"
		}
	}
	for _, r := range e.When {
		if slices.ContainsFunc(r.If, isSeed) ||
			slices.ContainsFunc(r.Set, func(s Setting) bool { return s.Name == "seed" }) {
			where = "when"
		}
	}
	for _, m := range e.Exclude {
		if slices.ContainsFunc(m, isSeed) {
			where = "exclude"
		}
	}
	if where != "" {
		return about(where)("%s refers to seed, but tuning uses other seeds: remove seed from %[1]s, or remove "+
			"nuisance and tune",
			where)
	}
	return nil
}

// NuisanceNames returns the names of the axes that are tuned.
func (e *Experiment) NuisanceNames() (names []string) {
	for _, a := range e.Nuisance {
		names = append(names, a.Name)
	}
	return names
}

// seedAxis returns the axis of the reported seeds.
func (e *Experiment) seedAxis() Axis {
	if a := e.axis(mustField("seed")); a != nil {
		return *a
	}
	return Axis{"seed", []any{e.Base.Seed}}
}

// onSeeds returns the experiment with the given nuisance axes, and with the given
// seeds as an axis of its grid.
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

// tuningSeeds returns the axis of the seeds that choose nuisance values.
func (e *Experiment) tuningSeeds() Axis {
	a := Axis{Name: "seed"}
	for _, seed := range e.Tune.Seeds {
		a.Values = append(a.Values, seed)
	}
	return a
}

// extension returns the values to add to the axes of a tuned cell: one beyond each edge
// at which its choice lies. It adds none once Extend is used up or an axis cannot go on.
func (e *Experiment) extension(t grid.Choice) (more []grid.Coordinate) {
	for _, edge := range t.Edges() {
		original := e.axis(mustField(edge.Name)).Values
		added := slices.DeleteFunc(slices.Clone(edge.Values), func(v float64) bool { return contains(original, v) })
		if len(added) >= e.Tune.Extend {
			continue
		}
		if v, ok := beyond(edge); ok {
			more = append(more, grid.Coordinate{Name: edge.Name, Value: format(v)})
		}
	}
	return more
}

// beyond returns the next value past an edge, by the ratio of the last two values. It is
// rounded to three digits, so that it does not carry their rounding errors. There is
// no next value for whole numbers, beside a zero, or out of the field's bounds.
func beyond(e grid.Edge) (float64, bool) {
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

// threeDigits rounds a number to three digits. The result may overflow.
func threeDigits(v float64) float64 {
	v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'e', 2, 64), 64)
	return v
}
