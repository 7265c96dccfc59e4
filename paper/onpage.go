package paper

import (
	"fmt"
	"slices"

	"ranksweep/analysis"
	"ranksweep/chart"
	"ranksweep/paper/figure"
)

// mostEntries is how many lines of a legend a page has room for.
const mostEntries = 60

// isLarge reports whether a page has no room for a figure.
func isLarge(f figure.Figure) bool {
	return len(f.Panels) > chart.MostPanels || len(f.Legend) > mostEntries
}

// onPage is a figure for which a page has room: the one that is given or, of a view of many arms, one of the first
// arms. Its data are those of all arms, and its caption says how many are drawn.
func (d drawing) onPage(v View, whole figure.Figure) figure.Figure {
	if !isLarge(whole) {
		return whole
	}
	for most := chart.MostPanels; most > 0; most /= 2 {
		for _, some := range []View{v.firstGroups(most), v.of(v.arms[:min(most, len(v.arms))])} {
			f, ok := d.draw(some)
			if !ok || !f.HasValues() || isLarge(f) {
				continue
			}
			f.Whole = whole.Panels
			f.Caption += fmt.Sprintf(" Drawn are the first %d of %d arms: a page has no room for all. The "+
				"CSV beside the figure has all of them, and sweep plot with --x, --y, --panels and --where draws "+
				"those that you choose.", len(some.arms), len(v.arms))
			return f
		}
	}
	return whole
}

// firstGroups returns a view of the arms in the first groups of arms that differ in their learning rate alone.
func (v View) firstGroups(most int) View {
	var kept []string
	for i, group := range analysis.RateGroups(v.arms) {
		for _, a := range group {
			if i < most {
				kept = append(kept, a.Cells[0].Runs[0].Cell)
			}
		}
	}
	return v.where(func(a analysis.Arm) bool { return slices.Contains(kept, a.Cells[0].Runs[0].Cell) })
}
