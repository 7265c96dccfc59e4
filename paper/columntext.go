package paper

import (
	"slices"

	"ranksweep/metrics"
	"ranksweep/results"
)

// Columns explains every column of the CSV files that this package writes, file by
// file, in the order of the columns.
func Columns() []results.ColumnText {
	var all []results.ColumnText
	for _, file := range []struct {
		name    string
		columns [][]results.ColumnText
	}{
		{"tables/summary.csv", [][]results.ColumnText{settingTexts, rankTexts, summaryTexts(), endingTexts, noteTexts}},
		{"tables/exponents.csv", [][]results.ColumnText{settingTexts, exponentTexts, noteTexts}},
		{"tables/comparisons.csv", [][]results.ColumnText{
			comparedTexts, settingTexts[1:], comparisonTexts(), noteTexts,
		}},
		{"tables/tuning.csv", [][]results.ColumnText{
			axisTexts, statisticTexts("val_loss"), endingTexts, {{Name: "chosen", Meaning: "the word chosen, in " +
				"the row with the values that were chosen"}}, noteTexts,
		}},
		{"tables/check.csv", [][]results.ColumnText{settingTexts, checkTexts, noteTexts}},
		{"history.csv", [][]results.ColumnText{historyTexts}},
	} {
		for _, c := range slices.Concat(file.columns...) {
			c.File = file.name
			all = append(all, c)
		}
	}
	return all
}

const powerUnit = "power of rank"

// settingTexts are of what tells rows apart; a column is left out where all rows have
// one value.
var settingTexts = []results.ColumnText{
	{Name: "scheme", Meaning: "scaling scheme, with @4 after it where it is matched at rank 4"},
	{Name: "optimizer", Meaning: "optimizer"},
	{Name: "lr", Unit: "1", Meaning: "peak learning rate"},
	{Name: "AXIS", Meaning: "value on any other axis of the grid"},
	{Name: "model", Meaning: "first digits of the hash of the base model"},
	{Name: "data", Meaning: "first digits of the hash of the training data"},
	{Name: "numerics", Meaning: "version of the arithmetic: numbers of two versions are not comparable"},
}

// axisTexts are of the axes that were tuned, and of those that cells differ in.
var axisTexts = []results.ColumnText{{Name: "AXIS", Meaning: "value on an axis of the grid"}}

var rankTexts = []results.ColumnText{
	{Name: "rank", Unit: "rank", Meaning: "r, the rank of the adapters; empty where there are none"},
	{Name: "AXIS_low", Meaning: "lowest best value over seeds on the axis that is tuned by local grids"},
	{Name: "AXIS_high", Meaning: "highest best value over seeds on that axis"},
	{Name: "gamma", Unit: "1", Meaning: "γ at this rank: what BA is multiplied by"},
}

var endingTexts = []results.ColumnText{
	{Name: "done", Unit: "runs", Meaning: "runs of the row that ended as they should"},
	{Name: "diverged", Unit: "runs", Meaning: "runs whose loss was no longer a number"},
	{Name: "failed", Unit: "runs", Meaning: "runs that ended in an error"},
}

var noteTexts = []results.ColumnText{{Name: "notes", Meaning: "footnotes of the row, with semicolons between them"}}

func summaryTexts() []results.ColumnText {
	return slices.Concat(
		statisticTexts("grad_norm_onset"),
		intervalTexts("collapse_ratio", "ratio", "grad_norm_onset over that at the smallest rank, seed by seed"),
		statisticTexts("grad_norm_mean"), statisticTexts("val_loss"), statisticTexts("train_loss"))
}

var exponentTexts = []results.ColumnText{
	{Name: "quantity", Meaning: "statistic of a run that the row is about, a column of runs.csv"},
	{Name: "exponent", Unit: powerUnit, Meaning: "fitted: the mean over seeds of one slope a seed, log on log"},
	{Name: "ci_low", Unit: powerUnit, Meaning: "lower end of Student's 95% interval of it over seeds"},
	{Name: "ci_high", Unit: powerUnit, Meaning: "upper end of it"},
	{Name: "predicted", Unit: powerUnit, Meaning: "what theory predicts for ranks far below the maps' width; empty " +
		"where nothing"},
	{Name: "predicted_high", Unit: powerUnit, Meaning: "what theory predicts for ranks far above that width"},
	{Name: "exact", Unit: powerUnit, Meaning: "fitted through the exact expectations at these ranks"},
	{Name: "n", Unit: "runs", Meaning: "runs in the fit; 0 where there is none"},
	{Name: "seeds", Unit: "seeds", Meaning: "seeds in the fit"},
	{Name: "verdict", Meaning: "how the fitted power compares with theory's"},
}

var comparedTexts = []results.ColumnText{
	{Name: "family", Meaning: "schemes: against the first scheme at one rank; ranks: against the smallest rank of " +
		"one scheme"},
	{Name: "scheme", Meaning: "scheme of the first setting"},
	{Name: "rank", Unit: "rank", Meaning: "rank of the first setting"},
	{Name: "reference_scheme", Meaning: "scheme of the setting that it is compared with"},
	{Name: "reference_rank", Unit: "rank", Meaning: "rank of the setting that it is compared with"},
}

func comparisonTexts() []results.ColumnText {
	unit := metrics.ValLoss.Unit()
	return append(intervalTexts("difference", unit, "final loss of the first setting less that of the other, "+
		"paired by seed"),
		results.ColumnText{Name: "validation_se", Unit: unit, Meaning: "standard error that the choice of " +
			"validation examples adds"},
		results.ColumnText{Name: "validation_part", Unit: "ratio", Meaning: "part of the standard error that this is"},
		results.ColumnText{Name: "detectable", Unit: unit, Meaning: "least difference that these pairs would show " +
			"with a probability of 0.8"},
		results.ColumnText{Name: "relative", Unit: "ratio", Meaning: "difference over the loss of the other setting"},
		results.ColumnText{Name: "margin", Unit: unit, Meaning: "within which two settings count as equivalent: a " +
			"tenth of what the other learned"},
		results.ColumnText{Name: "p_equivalence", Unit: "probability", Meaning: "P of the two one-sided t tests " +
			"within the margin, corrected by Holm's method"},
		results.ColumnText{Name: "p", Unit: "probability", Meaning: "P of the paired t test, two-sided"},
		results.ColumnText{Name: "p_flip", Unit: "probability", Meaning: "P of sign flips, which ask for symmetry " +
			"alone; from 6 pairs on"},
		results.ColumnText{Name: "p_holm", Unit: "probability", Meaning: "p corrected by Holm's method over the " +
			"family"},
		results.ColumnText{Name: "diverged", Unit: "runs", Meaning: "runs of the first setting that diverged"},
		results.ColumnText{Name: "reference_diverged", Unit: "runs", Meaning: "runs of the other setting that " +
			"diverged"},
		results.ColumnText{Name: "verdict", Meaning: "lower, higher, equivalent or not separated; or why nothing " +
			"is said"},
	)
}

var checkTexts = []results.ColumnText{
	{Name: "onset", Unit: powerUnit, Meaning: "fitted, of grad_norm_onset"},
	{Name: "onset_low", Unit: powerUnit, Meaning: "lower end of Student's 95% interval of it over seeds"},
	{Name: "onset_high", Unit: powerUnit, Meaning: "upper end of it"},
	{Name: "exponent", Unit: powerUnit, Meaning: "fitted, of loss_drop_first"},
	{Name: "ci_low", Unit: powerUnit, Meaning: "lower end of Student's 95% interval of it over seeds"},
	{Name: "ci_high", Unit: powerUnit, Meaning: "upper end of it"},
	{Name: "step", Unit: powerUnit, Meaning: "fitted, of step_first"},
	{Name: "step_low", Unit: powerUnit, Meaning: "lower end of Student's 95% interval of it over seeds"},
	{Name: "step_high", Unit: powerUnit, Meaning: "upper end of it"},
	{Name: "step_exact", Unit: powerUnit, Meaning: "of step_first, through its exact expectations at these ranks"},
	{Name: "seen", Meaning: "what the power of loss_drop_first comes to: stable, collapses, explodes or undecided"},
	{Name: "theory", Meaning: "what theory says of the scheme under its optimizer, as the rank grows without bound"},
}

var historyTexts = []results.ColumnText{
	{Name: "claim", Meaning: "the claim's key, which never changes"},
	{Name: "date", Meaning: "day of the last run that it was judged by"},
	{Name: "rule", Meaning: "hash of the rule that judged it; empty before rules were data"},
	{Name: "study", Meaning: "digest of the runs; empty before studies were kept"},
	{Name: "standing", Meaning: "seen, not-seen or unresolved"},
	{Name: "number", Meaning: "name of a number that the standing rests on"},
	{Name: "value", Unit: "of the number", Meaning: "that number"},
	{Name: "ci_low", Unit: "of the number", Meaning: "lower end of its 95% interval"},
	{Name: "ci_high", Unit: "of the number", Meaning: "upper end of it"},
}

func namesOf(columns []results.ColumnText) []string {
	var names []string
	for _, c := range columns {
		names = append(names, c.Name)
	}
	return names
}

// statisticTexts are of the interval of a statistic.
func statisticTexts(name string) []results.ColumnText {
	s, _ := metrics.StatisticNamed(name)
	return intervalTexts(name, s.Unit, s.Meaning())
}

// intervalTexts are of the fields of an interval column.
func intervalTexts(name, unit, meaning string) []results.ColumnText {
	return []results.ColumnText{
		{Name: name, Unit: unit, Meaning: "mean over seeds: " + meaning},
		{Name: name + "_low", Unit: unit, Meaning: "lower end of its 95% interval over seeds"},
		{Name: name + "_high", Unit: unit, Meaning: "upper end of it"},
		{Name: name + "_n", Unit: "runs", Meaning: "runs that have it, one a seed"},
	}
}
