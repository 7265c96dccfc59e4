package paper

import (
	"slices"

	"ranksweep/metrics"
	"ranksweep/results"
)

// Columns explains every column of the CSV files that this package writes, file by file, in
// the order of the columns.
func Columns() []results.ColumnText {
	var all []results.ColumnText
	for _, file := range []struct {
		name    string
		columns [][]results.Column
	}{
		{"tables/summary.csv", [][]results.Column{settingTexts, rankTexts, summaryTexts(), endingTexts, noteTexts}},
		{"tables/exponents.csv", [][]results.Column{settingTexts, exponentTexts, noteTexts}},
		{"tables/comparisons.csv", [][]results.Column{
			comparedTexts, settingTexts[1:], comparisonTexts(), noteTexts,
		}},
		{"tables/tuning.csv", [][]results.Column{
			axisTexts, statisticTexts("val_loss"), endingTexts, {{Name: "chosen", Meaning: "the word chosen, in " +
				"the row with the values that were chosen"}}, noteTexts,
		}},
		{"tables/check.csv", [][]results.Column{settingTexts, checkTexts, noteTexts}},
		{"history.csv", [][]results.Column{historyTexts}},
		{ClaimsFile, [][]results.Column{claimTexts}},
		{RatesFile, [][]results.Column{rateTexts}},
		{BlocksFile, [][]results.Column{blockTexts}},
	} {
		for _, c := range slices.Concat(file.columns...) {
			all = append(all, results.ColumnText{File: file.name, Column: c})
		}
	}
	return all
}

const powerUnit = "power of rank"

// settingTexts explain the columns that tell rows apart. A column is left out if all rows have
// the same value.
var settingTexts = []results.Column{
	{Name: "scheme", Meaning: "scaling scheme, with @4 after it if it is matched at rank 4"},
	{Name: "optimizer", Meaning: "optimizer"},
	{Name: "lr", Unit: "1", Meaning: "peak learning rate"},
	{Name: "AXIS", Meaning: "value on any other axis of the grid"},
	{Name: modelHash, Meaning: "first digits of the base model's hash, if no axis tells the models apart"},
	{Name: dataHash, Meaning: "first digits of the training data's hash, if no axis tells the data apart"},
	{Name: "numerics", Meaning: "version of the arithmetic: numbers of two versions are not comparable"},
}

// axisTexts explain the axes that were tuned, and those that cells differ in.
var axisTexts = []results.Column{{Name: "AXIS", Meaning: "value on an axis of the grid"}}

var rankTexts = []results.Column{
	{Name: "rank", Unit: "rank", Meaning: "r, the rank of the adapters; empty if there are none"},
	{Name: "AXIS_low", Meaning: "lowest best value over seeds on the axis that is tuned by local grids"},
	{Name: "AXIS_high", Meaning: "highest best value over seeds on that axis"},
	{Name: "gamma", Unit: "1", Meaning: "γ at this rank: what BA is multiplied by"},
}

var endingTexts = []results.Column{
	{Name: "done", Unit: "runs", Meaning: "runs of the row that ended as they should"},
	{Name: "diverged", Unit: "runs", Meaning: "runs whose loss was no longer a number"},
	{Name: "failed", Unit: "runs", Meaning: "runs that ended in an error"},
}

var noteTexts = []results.Column{{Name: "notes", Meaning: "footnotes of the row, with semicolons between them"}}

func summaryTexts() []results.Column {
	return slices.Concat(
		statisticTexts("grad_norm_onset"),
		intervalTexts("collapse_ratio", "ratio", "grad_norm_onset divided by that at the smallest rank, seed by seed"),
		statisticTexts("grad_norm_mean"), statisticTexts("val_loss"), statisticTexts("train_loss"))
}

var exponentTexts = []results.Column{
	{Name: "quantity", Meaning: "statistic of a run that the row is about, a column of runs.csv"},
	{Name: "exponent", Unit: powerUnit, Meaning: "fitted: the mean over seeds of one slope a seed, log on log"},
	{Name: "ci_low", Unit: powerUnit, Meaning: "lower end of Student's 95% interval of it over seeds"},
	{Name: "ci_high", Unit: powerUnit, Meaning: "upper end of it"},
	{Name: "predicted", Unit: powerUnit, Meaning: "what theory predicts for ranks far below the maps' width; empty " +
		"if it predicts nothing"},
	{Name: "predicted_high", Unit: powerUnit, Meaning: "what theory predicts for ranks far above that width"},
	{Name: "exact", Unit: powerUnit, Meaning: "fitted to the values that theory expects at exactly these ranks"},
	{Name: "n", Unit: "runs", Meaning: "runs in the fit; 0 if there is no fit"},
	{Name: "seeds", Unit: "seeds", Meaning: "seeds in the fit"},
	{Name: "verdict", Meaning: "how the fitted power compares with theory's"},
}

var comparedTexts = []results.Column{
	{Name: "family", Meaning: "schemes: compared with the first scheme at the same rank; ranks: compared with the " +
		"smallest rank of the same scheme; an axis: compared with its first value; --against chooses others"},
	{Name: "scheme", Meaning: "scheme of the first setting"},
	{Name: "rank", Unit: "rank", Meaning: "rank of the first setting"},
	{Name: "reference_scheme", Meaning: "scheme of the reference, which it is compared with"},
	{Name: "reference_rank", Unit: "rank", Meaning: "rank of the reference"},
	{Name: "value", Meaning: "value of the first setting on the axis that the family is named for"},
	{Name: "reference_value", Meaning: "value of the reference on that axis"},
}

func comparisonTexts() []results.Column {
	unit := metrics.ValLoss.Unit()
	return append(intervalTexts("difference", unit, "final loss of the first setting minus that of the "+
		"reference, paired by seed"),
		results.Column{Name: "validation_se", Unit: unit, Meaning: "standard error that comes from the choice " +
			"of validation examples"},
		results.Column{Name: "validation_part", Unit: "ratio", Meaning: "validation_se divided by the whole " +
			"standard error"},
		results.Column{Name: "detectable", Unit: unit, Meaning: "smallest difference that these pairs would " +
			"show with a probability of 0.8"},
		results.Column{Name: "relative", Unit: "ratio", Meaning: "difference divided by the loss of the reference"},
		results.Column{Name: "margin", Unit: unit, Meaning: "differences below this count as equivalent: a " +
			"tenth of what the reference learned"},
		results.Column{Name: "p_equivalence", Unit: "probability", Meaning: "P of two one-sided t tests that the " +
			"difference is within the margin, corrected by Holm's method"},
		results.Column{Name: "p", Unit: "probability", Meaning: "P of the paired t test, two-sided"},
		results.Column{Name: "p_flip", Unit: "probability", Meaning: "P of a test that flips the signs of " +
			"differences and assumes only that they are symmetric; from 6 pairs on"},
		results.Column{Name: "p_holm", Unit: "probability", Meaning: "p corrected by Holm's method over the " +
			"family"},
		results.Column{Name: "diverged", Unit: "runs", Meaning: "runs of the first setting that diverged"},
		results.Column{Name: "reference_diverged", Unit: "runs", Meaning: "runs of the reference that " +
			"diverged"},
		results.Column{Name: "verdict", Meaning: "of the first setting: lower, higher, equivalent or not " +
			"separated; or why there is none"},
	)
}

var checkTexts = []results.Column{
	{Name: "onset", Unit: powerUnit, Meaning: "fitted, of grad_norm_onset"},
	{Name: "onset_low", Unit: powerUnit, Meaning: "lower end of Student's 95% interval of it over seeds"},
	{Name: "onset_high", Unit: powerUnit, Meaning: "upper end of it"},
	{Name: "exponent", Unit: powerUnit, Meaning: "fitted, of loss_drop_first"},
	{Name: "ci_low", Unit: powerUnit, Meaning: "lower end of Student's 95% interval of it over seeds"},
	{Name: "ci_high", Unit: powerUnit, Meaning: "upper end of it"},
	{Name: "checked", Unit: "runs", Meaning: "runs in which loss_drop_first was compared with what the loss did on " +
		"the same batch"},
	{Name: "runs", Unit: "runs", Meaning: "all runs of the row"},
	{Name: "step", Unit: powerUnit, Meaning: "fitted, of step_first"},
	{Name: "step_low", Unit: powerUnit, Meaning: "lower end of Student's 95% interval of it over seeds"},
	{Name: "step_high", Unit: powerUnit, Meaning: "upper end of it"},
	{Name: "step_exact", Unit: powerUnit, Meaning: "of step_first, fitted to the values that theory expects at " +
		"exactly these ranks"},
	{Name: "seen", Meaning: "verdict by the power of loss_drop_first: stable, collapses, explodes or undecided"},
	{Name: "theory", Meaning: "what theory predicts for the scheme under its optimizer, as the rank grows without " +
		"bound"},
}

var historyTexts = []results.Column{
	{Name: "claim", Meaning: "the claim's key, which never changes"},
	{Name: "date", Meaning: "day of the last run that the judgement rests on"},
	{Name: "rule", Meaning: "hash of the rule that judged it; empty before rules were data"},
	{Name: "study", Meaning: "digest of the runs; empty before studies were kept"},
	{Name: "standing", Meaning: "seen, not-seen or unresolved"},
	{Name: "number", Meaning: "name of a number that the standing rests on"},
	{Name: "value", Unit: "of the number", Meaning: "that number"},
	{Name: "ci_low", Unit: "of the number", Meaning: "lower end of its 95% interval"},
	{Name: "ci_high", Unit: "of the number", Meaning: "upper end of it"},
}

func namesOf(columns []results.Column) []string {
	var names []string
	for _, c := range columns {
		names = append(names, c.Name)
	}
	return names
}

// statisticTexts explain the interval of a statistic.
func statisticTexts(name string) []results.Column {
	s, _ := metrics.StatisticNamed(name)
	return intervalTexts(name, s.Unit, s.Meaning())
}

// intervalTexts explain the fields of an interval column.
func intervalTexts(name, unit, meaning string) []results.Column {
	return []results.Column{
		{Name: name, Unit: unit, Meaning: "mean over seeds: " + meaning},
		{Name: name + "_low", Unit: unit, Meaning: "lower end of its 95% interval over seeds"},
		{Name: name + "_high", Unit: unit, Meaning: "upper end of it"},
		{Name: name + "_n", Unit: "runs", Meaning: "runs that have it, one a seed"},
	}
}
