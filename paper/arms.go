package paper

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ranksweep/analysis"
	"ranksweep/chart"
	"ranksweep/grid"
	"ranksweep/lora"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
	"ranksweep/results"
)

// A trait is something in which arms may differ, besides their scheme.
type trait struct {
	name   string
	field  string   // its column in a CSV file
	values []string // one for each arm; empty if an arm has no value, or several
	texts  []string // the same as people read them
}

// traits are the known traits of arms: optimizer and learning rate, unless they are axes; the
// axes, in the grid's order; and what the runs were made with.
func traits(arms []analysis.Arm) []trait {
	var all []trait
	add := func(name, field string, value func(analysis.Arm) string) {
		t := trait{name: name, field: field}
		for _, a := range arms {
			t.values = append(t.values, value(a))
		}
		t.texts = t.values
		all = append(all, t)
	}
	for _, name := range axesOf(arms) {
		switch field := lastPart(name); field {
		case "optimizer":
			add(field, field, func(a analysis.Arm) string { return a.Optimizer })
		case "lr":
			write := number.Alike(distinct(cellsOf(arms), func(s analysis.Setting) float64 { return s.LR })...)
			add(AxisLabel(name), field, func(a analysis.Arm) string {
				if rateMoves(a) {
					return "" // its ranks have several
				}
				return write(a.LR)
			})
		case "model", "data":
			names := shortPaths(arms, name)
			add(field, field, func(a analysis.Arm) string { return names[grid.ValueOf(a.Axes, name)] })
		default:
			add(field, field, func(a analysis.Arm) string { return grid.ValueOf(a.Axes, name) })
			all[len(all)-1].texts = alike(all[len(all)-1].values)
		}
	}
	made := func(a analysis.Arm) results.Provenance { return a.Cells[0].Provenance }
	add("model hash", modelHash, func(a analysis.Arm) string {
		return unexplained(arms, a, "model", func(b analysis.Arm) string { return made(b).ModelHash })
	})
	add("data hash", dataHash, func(a analysis.Arm) string {
		return unexplained(arms, a, "data", func(b analysis.Arm) string { return made(b).DataHash })
	})
	add("numerics", "numerics", func(a analysis.Arm) string {
		if !slices.ContainsFunc(arms, func(b analysis.Arm) bool {
			return made(a).ModelHash == made(b).ModelHash && computedBy(a) == computedBy(b) &&
				made(a).Numerics != made(b).Numerics
		}) {
			return "" // arms that differ in this differ in their model, trainer or precision too
		}
		return strconv.Itoa(made(a).Numerics)
	})
	return all
}

// entry is an arm's value in a table.
func (t trait) entry(arm int) table.Entry {
	return table.Entry{Text: t.texts[arm], Values: []string{t.values[arm]}}
}

// alike writes those of texts that are numbers as they stand side by side.
func alike(texts []string) (written []string) {
	write := number.AlikeTexts(texts...)
	for _, s := range texts {
		written = append(written, write(s))
	}
	return written
}

// computedBy names the trainer and the precision of an arm, where they are axes. Each has numerics of its own.
func computedBy(a analysis.Arm) [2]string {
	return [2]string{grid.ValueOf(a.Axes, "trainer"), grid.ValueOf(a.Axes, "precision")}
}

const learningRate = "learning rate"

// AxisLabel is how figures and tables call an axis.
func AxisLabel(name string) string {
	if field := lastPart(name); field != "lr" {
		return field
	}
	return learningRate
}

// The fields of traits that are hashes.
const (
	modelHash = "model_hash"
	dataHash  = "data_hash"
)

// unexplained is the beginning of an arm's hash, or empty if the hash differs only from those
// of arms with another value on the axis: that value tells them apart.
func unexplained(arms []analysis.Arm, a analysis.Arm, axis string, hash func(analysis.Arm) string) string {
	for _, b := range arms {
		if hash(b) != hash(a) && grid.ValueOf(b.Axes, axis) == grid.ValueOf(a.Axes, axis) {
			return short(hash(a))
		}
	}
	return ""
}

// rateMoves reports whether the learning rate changes with rank, or may because it is tuned
// away.
func rateMoves(a analysis.Arm) bool {
	another := func(c analysis.Cell) bool { return c.LR != a.LR }
	return slices.Contains(nuisanceAxes(a), "lr") || slices.ContainsFunc(a.Cells, another)
}

// tunedAxes are the names of the axes that are tuned away.
func nuisanceAxes(a analysis.Arm) []string { return a.Cells[0].Nuisance }

// shortPaths shortens the paths on an axis of arms to as many of their last parts as tell them
// apart.
func shortPaths(arms []analysis.Arm, axis string) map[string]string {
	var paths []string
	for _, a := range arms {
		if path := grid.ValueOf(a.Axes, axis); !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	short := make(map[string]string)
	for i, name := range chart.ShortPaths(paths) {
		short[paths[i]] = name
	}
	return short
}

// axesOf names the axes that tell arms apart, in the grid's order. An optimizer that is no axis
// comes first, and a learning rate that is none comes after the optimizer.
func axesOf(arms []analysis.Arm) []string {
	var names []string
	for _, a := range arms {
		for _, x := range a.Axes {
			if !slices.Contains(names, x.Name) {
				names = append(names, x.Name)
			}
		}
	}
	at := func(part string) int {
		return slices.IndexFunc(names, func(x string) bool { return lastPart(x) == part })
	}
	if at("optimizer") < 0 {
		names = slices.Insert(names, 0, "optimizer")
	}
	if at("lr") < 0 {
		names = slices.Insert(names, at("optimizer")+1, "lr")
	}
	return names
}

// lastPart is the name of an axis without its section.
func lastPart(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// varies reports whether two arms differ in the trait.
func (t trait) varies() bool {
	return slices.ContainsFunc(t.values, func(v string) bool { return v != t.values[0] })
}

// varying are the traits in which arms differ, without the method if the scheme names it
// already.
func varying(arms []analysis.Arm) []trait {
	return slices.DeleteFunc(traits(arms), func(t trait) bool {
		return !t.varies() || t.field == "method" && followsFromScheme(t, arms)
	})
}

// withoutRate are the traits other than the learning rate.
func withoutRate(all []trait) []trait {
	return slices.DeleteFunc(slices.Clone(all), func(t trait) bool { return t.name == learningRate })
}

// rankText writes a rank for people.
func rankText(rank int) string {
	if rank == 0 {
		return "-"
	}
	return strconv.Itoa(rank)
}

// rankName calls a line of a rank.
func rankName(rank int) string {
	if rank == 0 {
		return "no rank"
	}
	return "rank " + strconv.Itoa(rank)
}

// armLabels name arms by scheme and by the traits in which they are different.
func armLabels(arms []analysis.Arm, different []trait) []string {
	labels := make([]string, len(arms))
	for i, a := range arms {
		labels[i] = schemeLabel(a.Scheme)
		for _, t := range different {
			if t.values[i] != "" {
				labels[i] += fmt.Sprintf(", %s %s", t.name, t.texts[i])
			}
		}
	}
	return labels
}

// traitLabels are the labels of arms without their scheme, if all arms have one scheme and
// something else tells them apart.
func (v View) traitLabels() []string {
	labels := slices.Clone(v.labels)
	if len(v.schemes) > 1 {
		return labels
	}
	for i, l := range labels {
		if _, rest, ok := strings.Cut(l, schemeLabel(v.arms[i].Scheme)+", "); ok {
			labels[i] = rest
		}
	}
	return labels
}

// schemeLabels are the names of schemes as people write them.
var schemeLabels = map[string]string{
	"lora": "LoRA", "rslora": "rsLoRA", "lora+": "LoRA+", "full": "full fine-tuning",
}

// schemeLabel is a scheme's name as people write it.
func schemeLabel(scheme string) string {
	scheme, reference, matched := strings.Cut(scheme, "@")
	name := scheme
	s, err := lora.ParseScheme(scheme)
	if written := s.Written(); err == nil && schemeLabels[scheme] == "" {
		scheme = written
	}
	parts := strings.Split(scheme, ",")
	parts[0] = cmp.Or(schemeLabels[parts[0]], parts[0])
	label := strings.ReplaceAll(strings.Join(parts, ", "), "=", " = ")
	if name != scheme {
		label = fmt.Sprintf("%s (%s)", name, label)
	}
	if matched {
		label += " matched at rank " + reference
	}
	return label
}

// schemesOf are the schemes of arms, each once, in order.
func schemesOf(arms []analysis.Arm) []string {
	var all []string
	for _, a := range arms {
		if !slices.Contains(all, a.Scheme) {
			all = append(all, a.Scheme)
		}
	}
	return all
}

// ranksOf are the ranks of cells, each once, in rising order; a cell without a rank has 0.
func ranksOf(cells []analysis.Cell) []int {
	var all []int
	for _, c := range cells {
		all = append(all, c.Rank)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// short is the first part of a hash, which is enough to tell it from others.
func short(hash string) string { return hash[:min(len(hash), 8)] }
