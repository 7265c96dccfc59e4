package paper

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ranksweep/analysis"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/nn"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
	"ranksweep/theory"
)

// methodPowers compares powers of rank of methods with theory, as [powers] does, but pairs seeds: each seed's power
// with that of theory's exact values for that seed, which for some methods depend on the seed's gradient. It has the
// table of methods by optimizers. Theory's range counts for DoRA too where its runs say that theory predicts nothing.
func methodPowers(r Rule, v View) Finding {
	v = r.of(v).ranked()
	fits := newFits(v, r.statistics())
	for i := range fits {
		fits[i] = fits[i].withLaw().pairing(r.limit("rounding"))
	}
	f := r.judgePowers(v, r.statistics(), fits)
	cells := slices.DeleteFunc(fits, func(f fit) bool { return f.statistic.Name != metrics.LossDropFirst.Name })
	f.Tables = append([]table.Table{methodsTable(cells, r.limit("flat"))}, f.Tables...)
	f.Text += methodsText(cells)
	return f
}

// withLaw adds the prediction of a method's own law to a first loss drop that has none: the records of DoRA's runs
// say that theory predicts nothing of its updates, since it has no law of other quantities.
func (f fit) withLaw() fit {
	laws, own := theory.LawsOf(f.method())
	if !own || f.isPredicted() || f.statistic.Name != metrics.LossDropFirst.Name {
		return f
	}
	u := nn.UpdateOf(f.arm.Optimizer)
	if power, ok := laws.LossDrop.Exponent(u, f.arm.Powers); ok {
		f.Predicted, f.Rise = power, laws.LossDrop.Rise(u, f.arm.Powers)
	}
	return f
}

// method is that of the arm, LoRA where none is named.
func (f fit) method() string { return methodOf(f.arm) }

func methodOf(a analysis.Arm) string { return cmp.Or(a.Cells[0].Method, lora.DefaultMethod) }

// methodsText counts the cells of the table by their verdicts.
func methodsText(cells []fit) string {
	alone, ranged := make(map[stats.Agreement]int), make(map[stats.Agreement]int)
	powers, ranges := 0, 0
	for _, f := range cells {
		switch low, high := f.Theory(); {
		case low < high:
			ranges++
			ranged[f.Agreement(near)]++
		case low == high:
			powers++
			alone[f.Agreement(near)]++
		}
	}
	text := fmt.Sprintf(" Cells of the table, each a first loss drop: %d, of which %d have a derivation. For %d of "+
		"them theory derives one power: judged alone, %d agree with it, %d are consistent and not resolved, and %d "+
		"differ.",
		len(cells), powers+ranges, powers, alone[stats.Agrees], alone[stats.Consistent], alone[stats.Differs])
	if ranges > 0 {
		text += fmt.Sprintf(" For %d theory derives a range only, which is a weak test: %d lie in it to within "+
			"0.03, %d are not "+
			"resolved, and %d lie outside.", ranges, ranged[stats.Agrees], ranged[stats.Consistent],
			ranged[stats.Differs])
	}
	var nowhere []string
	for _, f := range cells {
		if held, all := exactRankCounts(f.arm, f.statistic); all > 0 && held == 0 {
			nowhere = append(nowhere, f.method()+" under "+f.arm.Optimizer)
		}
	}
	if len(nowhere) > 0 {
		text += " At no rank does the interval of the drop itself contain what theory expects: " +
			strings.Join(nowhere, "; ") + "."
	}
	return text
}

// methodRow is a method with its cells.
type methodRow struct {
	name  string
	cells []fit // by optimizer
}

// methodsTable has a row for each method and a column for each optimizer.
func methodsTable(cells []fit, flat float64) table.Table {
	t := table.Table{
		Name: "methods",
		Title: "Power of rank of the first loss drop, derived; measured, with its 95% interval, and whether it " +
			"agrees; what becomes of learning by the method's own multiplier; the p with which α/r^p is stable",
	}
	var rows []methodRow
	var optimizers []string
	for _, name := range lora.Methods() {
		row := methodRow{name: name}
		for _, f := range cells {
			if f.method() == name {
				row.cells = append(row.cells, f)
			}
		}
		if len(row.cells) > 0 {
			rows = append(rows, row)
		}
	}
	for _, name := range nn.Optimizers() {
		if slices.ContainsFunc(cells, func(f fit) bool { return f.arm.Optimizer == name }) {
			optimizers = append(optimizers, name)
		}
	}
	columns := []table.Maker[methodRow]{
		table.Words("method", func(r methodRow) string { return r.name }),
		table.Words("multiplier", func(r methodRow) string { return multiplierText(r.cells[0].arm) }),
	}
	for _, optimizer := range optimizers {
		columns = append(columns, table.Words(optimizer, func(r methodRow) table.Entry {
			return r.entry(optimizer, flat)
		}, cellFields(optimizer)...))
	}
	table.Fill(&t, rows, columns...)
	return t
}

// multiplierText is the multiplier of an arm.
func multiplierText(a analysis.Arm) string {
	m, _ := lora.MethodNamed(methodOf(a))
	switch {
	case !m.Traits().Has(lora.Multiplied):
		return "none"
	case a.Powers.P == 1:
		return "α/r"
	}
	return "α/r^" + number.Brief(a.Powers.P)
}

// cellFields are the fields of an optimizer's column.
func cellFields(optimizer string) (fields []string) {
	for _, name := range []string{"derived", "derived_high", "exponent", "ci_low", "ci_high", "above_exact",
		"above_exact_low", "above_exact_high", "agreement", "verdict",
		"stable_p", "stable_p_high"} {
		fields = append(fields, optimizer+"_"+name)
	}
	return fields
}

// entry is the cell of an optimizer; "not defined" if the method has none.
func (r methodRow) entry(optimizer string, flat float64) table.Entry {
	i := slices.IndexFunc(r.cells, func(f fit) bool { return f.arm.Optimizer == optimizer })
	if i < 0 {
		return table.Entry{Text: "not defined", Values: make([]string, len(cellFields(optimizer)))}
	}
	f := r.cells[i]
	low, high := f.Theory()
	p, pHigh := theory.StableP(r.name, nn.UpdateOf(optimizer), f.arm.Powers, f.Exact)
	agreement, verdict := f.Agreement(near).String(), string(stabilityOf(f.Exponent, flat))
	values := table.Exact("", low, high, f.Value, f.Low, f.High).Values
	above := f.above()
	values = append(append(values, above.Values...), agreement, verdict)
	values = append(values, table.Exact("", p, pHigh).Values...)
	text := f.derivedText() + "; " + f.measuredText()
	if f.sharper() {
		text += ", above theory by " + above.Text
	}
	text += ", " + agreement + "; " + verdict
	if number.Finite(p) {
		text += "; p = " + spanText(p, pHigh, pDecimals)
	}
	return table.Entry{Text: text, Values: values}
}

// pDecimals is how many decimals of a stable p are printed that is no simple number.
const pDecimals = 2

// derivedText is theory's power for these runs, or its range.
func (f fit) derivedText() string {
	low, high := f.Theory()
	if !number.Finite(low) {
		return "none"
	}
	return spanText(low, high, powerDecimals)
}

// measuredText is the fitted power with its interval.
func (f fit) measuredText() string {
	if f.err != nil {
		return "not measured"
	}
	return powerText(f.Exponent, f.decimals())
}

// spanText writes a number with so many decimals, or both ends of a range.
func spanText(low, high float64, decimals int) string {
	if low == high {
		return number.Fixed(low, decimals)
	}
	return number.Fixed(low, decimals) + " to " + number.Fixed(high, decimals)
}
