package paper

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ranksweep/analysis"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
)

// exponentsTable has a row for each arm that has ranks and each of the given statistics: the
// fitted power of rank and the power that theory predicts.
func exponentsTable(v View, measured []metrics.Statistic) table.Table {
	v = v.ranked()
	return fitsTable(v, measured, newFits(v, measured))
}

// fitsTable is that table of the given fits: of each arm, one of each statistic.
func fitsTable(v View, measured []metrics.Statistic, rows []fit) table.Table {
	t := table.Table{
		Name:  "exponents",
		Title: "Fitted powers of rank, with 95% intervals, and the powers that theory predicts",
	}
	if len(v.arms) == 0 {
		return t
	}
	t.Caption = strings.TrimSpace(v.equal + runsLost(v))
	addTraits(&t, v, func(analysis.Arm) int { return len(measured) })
	table.Fill(&t, rows,
		table.Words("quantity", func(x fit) table.Entry {
			return table.Entry{Text: fmt.Sprintf("%s (%s)", x.statistic.Label, x.statistic.Unit),
				Values: []string{x.statistic.Name}}
		}, "quantity"),
		table.Numbers("fitted power", fit.fitted, "exponent", "ci_low", "ci_high"),
		table.Numbers("predicted power", fit.predicted, "predicted", "predicted_high"),
		table.Numbers("exact theory", fit.exact, "exact"),
		table.Numbers("above exact theory, paired by seed", fit.above, "above_exact", "above_exact_low",
			"above_exact_high"),
		table.Detail(table.Numbers("runs", func(x fit) int { return x.N }, "n")),
		table.Numbers("seeds", func(x fit) int { return x.Seeds }, "seeds"),
		table.Words("verdict", func(x fit) string { return x.Agreement(near).String() }, "verdict"),
	)
	if slices.ContainsFunc(rows, func(x fit) bool { return number.Finite(x.Exact) }) {
		t.Caption = strings.TrimSpace(t.Caption + " Exact theory: " + exactTheory)
	}
	predicted := slices.ContainsFunc(rows, fit.isPredicted)
	for i, x := range rows {
		t.Rows[i].Detail = predicted && !x.isPredicted()
		if number.Finite(x.Predicted) && x.Rise != 0 {
			t.Doubt(i, "theory predicts the first power for ranks far below the maps' width, and the second for ranks "+
				"far above it, or for inputs like those trained on")
		}
		if x.err != nil {
			t.Doubt(i, noFit(x.err))
		} else if x.Excluded > 0 {
			t.Doubt(i, fmt.Sprintf("%d of %d runs are left out: the value is absent, zero or negative",
				x.Excluded, x.Excluded+x.N))
		}
	}
	return t
}

// fitted is the fitted power with its interval.
func (x fit) fitted() table.Entry { return x.entry(x.decimals()) }

// fittedText is a power with its interval, with digits enough to show that it differs from theory's, if it does.
func fittedText(e stats.Exponent) string { return powerText(e, fit{Exponent: e}.decimals()) }

func (x fit) entry(decimals int) table.Entry {
	return table.Exact(powerText(x.Exponent, decimals), x.Value, x.Low, x.High)
}

// decimals is how many decimals of a power are printed. If the power differs from theory's, or from 0
// where theory has none, there are as many as show that, up to six.
func (x fit) decimals() int {
	d := powerDecimals
	if x.Exponent.Agreement(near) == stats.Differs || !x.isPredicted() && offZero(x.Low, x.High) {
		for d < 6 && !x.differsTo(d) {
			d++
		}
	}
	return d
}

// differsTo reports whether theory's power lies outside of the interval when both are rounded
// to a number of decimals.
func (x fit) differsTo(decimals int) bool {
	unit := math.Pow(10, float64(decimals))
	rounded := func(v float64) float64 { return math.Round(v * unit) }
	low, high := x.Theory()
	if math.IsNaN(low) {
		low, high = 0, 0
	}
	return rounded(x.Low) > rounded(high) || rounded(x.High) < rounded(low)
}

// offZero reports whether an interval does not contain 0.
func offZero(low, high float64) bool { return low > 0 || high < 0 }

// isPredicted reports whether theory has a power to compare with.
func (x fit) isPredicted() bool { return number.Finite(x.Predicted) || number.Finite(x.Exact) }

// predicted is theory's power or, if it predicts two, both.
func (x fit) predicted() table.Entry {
	text, high := number.Brief(x.Predicted), x.Predicted+x.Rise
	if x.Rise != 0 {
		text += " to " + number.Brief(high)
	}
	return table.Exact(text, x.Predicted, high)
}

func (x fit) exact() table.Entry {
	return table.Exact(fmt.Sprintf("%s, at %s", x.exactText(), exactRanks(x.arm, x.statistic)), x.Exact)
}

// above is by how much the power is above theory's exact one, if seeds are paired.
func (x fit) above() table.Entry {
	if x.paired == nil {
		return table.Entry{Values: []string{"", "", ""}}
	}
	off := x.Exponent
	off.Value, off.Low, off.High = x.Value-x.Exact, x.paired.Low-x.Exact, x.paired.High-x.Exact
	return table.Exact(powerText(off, pairedDecimals), off.Value, off.Low, off.High)
}

// pairedDecimals is how many decimals of a difference between paired powers are printed.
const pairedDecimals = 4

// exactText is the exact power, with the decimals of the fitted one.
func (x fit) exactText() string { return number.Fixed(x.Exact, x.decimals()) }

// measuredStatistics are the statistics that some run has a value of.
func measuredStatistics(v View) []metrics.Statistic {
	var measured []metrics.Statistic
	for _, s := range metrics.Fitted() {
		for _, v := range v.intervals(s) {
			if v.N > 0 {
				measured = append(measured, s)
				break
			}
		}
	}
	return measured
}

// noFit says in a note why there is no exponent.
func noFit(err error) string { return strings.TrimPrefix(err.Error(), "stats: ") }

// exactRanks says at how many ranks the interval of [analysis.Cell.OverExpected] contains 1.
func exactRanks(a analysis.Arm, s metrics.Statistic) string {
	held, all := exactRankCounts(a, s)
	return fmt.Sprintf("%d of %d ranks", held, all)
}

// exactRankCounts counts these ranks, and all that have such an interval.
func exactRankCounts(a analysis.Arm, s metrics.Statistic) (held, all int) {
	for _, c := range a.Cells {
		if over := c.OverExpected(s); over.N > 1 {
			all++
			if over.Low <= 1 && 1 <= over.High {
				held++
			}
		}
	}
	return held, all
}

// near is a difference of exponents that does not matter: named schemes are ½ apart, and over
// three decades of rank it makes a factor of 1.2.
const near = 0.03
