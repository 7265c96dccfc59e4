package paper

import (
	"image/color"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"

	"ranksweep/analysis"
	"ranksweep/paper/figure"
)

// families gives each scheme a family of colours. Named schemes always get the same family, also if
// they are matched at a rank or have another initialization, unless the plain scheme is there too. The
// others get what is left, in order of appearance, and then start again.
func families(schemes []string) map[string]figure.Family {
	named := map[string]figure.Family{"lora": figure.Copper, "rslora": figure.BlueGreen, "constant": figure.Purple,
		"p=0.25": figure.Magenta, "p=0.75": figure.Blue}
	chosen := make(map[string]figure.Family)
	spare := slices.Clone(spareFamilies)
	take := func(scheme, name string) {
		f, ok := named[name]
		if i := slices.Index(spare, f); ok && i >= 0 {
			chosen[scheme], spare = f, slices.Delete(spare, i, i+1)
		}
	}
	for _, scheme := range schemes {
		take(scheme, scheme)
	}
	for _, scheme := range schemes {
		name, _, _ := strings.Cut(scheme, "@")
		name, _, _ = strings.Cut(name, ",")
		take(scheme, name)
	}
	next := 0
	for _, scheme := range schemes {
		if _, ok := chosen[scheme]; !ok {
			chosen[scheme] = spare[next%len(spare)]
			next++
		}
	}
	return chosen
}

// spareFamilies are all families: for what has no family of its own, in this order.
var spareFamilies = []figure.Family{
	figure.Grey, figure.Olive, figure.Magenta, figure.Blue, figure.Purple, figure.BlueGreen, figure.Copper,
}

// armColors gives each arm the colour of its scheme or, if all are of one scheme, a colour of its
// own. Shades are left to ranks.
func armColors(arms []analysis.Arm, palette map[string]figure.Family) []color.RGBA {
	colors := make([]color.RGBA, len(arms))
	alone := len(schemesOf(arms)) == 1
	for i, a := range arms {
		f := palette[a.Scheme]
		if alone {
			others := slices.DeleteFunc(slices.Clone(spareFamilies), func(o figure.Family) bool { return o == f })
			f = append([]figure.Family{f}, others...)[i%len(spareFamilies)]
		}
		colors[i] = f.Shade(0, 1)
	}
	return colors
}

// armSeries is how arm i is drawn if a line joins its marks: arms of one scheme differ in marks and
// dashes.
func (v View) armSeries(i int) figure.Series {
	s := series(v.colors[i], i)
	s.Name = v.labels[i]
	if len(v.schemes) > 1 {
		before := slices.DeleteFunc(slices.Clone(v.arms[:i]), func(a analysis.Arm) bool {
			return a.Scheme != v.arms[i].Scheme
		})
		s.Dashes = [][]vg.Length{nil, figure.LongDashes, figure.ShortDashes}[len(before)%3]
	}
	return s
}

// armEntries name arm i in a legend, on as many lines as its label takes.
func (v View) armEntries(i int) (entries []figure.Entry) {
	for j, line := range figure.LegendLines(v.labels[i]) {
		e := figure.Entry{Text: line, Samples: []figure.Series{{}}}
		if j == 0 {
			e.Samples[0] = v.armSeries(i)
		}
		entries = append(entries, e)
	}
	return entries
}
