package paper

import (
	"image/color"
	"slices"
	"strings"

	"ranksweep/paper/figure"
	"ranksweep/results"
)

// families gives each scheme a family of colours. Named schemes always get the same family,
// also if they are matched at a rank, unless the unmatched scheme is there too. The others get
// what is left, in order of appearance, and then start again.
func families(schemes []string) map[string]figure.Family {
	named := map[string]figure.Family{"lora": figure.Copper, "rslora": figure.BlueGreen, "constant": figure.Purple}
	chosen := make(map[string]figure.Family)
	spare := []figure.Family{figure.Grey, figure.Magenta, figure.Purple, figure.Blue, figure.BlueGreen, figure.Copper}
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

// armColors gives each arm a shade of its scheme's family.
func armColors(arms []results.Arm, palette map[string]figure.Family) []color.RGBA {
	total, count := map[string]int{}, map[string]int{}
	for _, a := range arms {
		total[a.Scheme]++
	}
	colors := make([]color.RGBA, len(arms))
	for i, a := range arms {
		colors[i] = palette[a.Scheme].Shade(count[a.Scheme], total[a.Scheme])
		count[a.Scheme]++
	}
	return colors
}
