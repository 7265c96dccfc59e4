package paper

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
)

// A Definition is a word that tables use, and what it means there.
type Definition struct{ Word, Meaning string }

// Reading explains the numbers of a report: a list of definitions, in Markdown.
func Reading() string {
	var b strings.Builder
	for _, d := range slices.Concat(settingWords, intervalWords, powerWords, comparisonWords) {
		fmt.Fprintf(&b, "- **%s**: %s\n", d.Word, d.Meaning)
	}
	return b.String()
}

// Words explains what figures, tables and sentences name: the letters, the words of Reading, and the statistics.
func Words() []Definition {
	words := slices.Concat(letterWords, settingWords, intervalWords, powerWords, comparisonWords)
	for _, s := range metrics.Statistics {
		words = append(words, Definition{s.Label, s.Meaning() + "."})
	}
	return words
}

// defined writes definitions for the caption of a table, one a line.
func defined(words []Definition) string {
	var lines []string
	for _, d := range words {
		lines = append(lines, d.Word+": "+d.Meaning)
	}
	return strings.Join(lines, "\n")
}

// exactTheory explains the column of that name.
const exactTheory = "the power of rank of the values that theory expects at exactly these ranks, fitted in the way " +
	"of measured values, by the mean of their logarithms. That mean lies below the logarithm of the mean, by an " +
	"amount estimated from the scatter over seeds, and this moves the exact power a little. A second number says " +
	"at how many ranks the interval over seeds of the squared value, or of a loss drop itself, contains what theory " +
	"expects."

// letterWords explain the parts of an adapter.
var letterWords = []Definition{
	{"adapter", "what is trained beside a frozen weight W: the map computes Wx + γBAx in place of Wx."},
	{"A, B", "the two factors of an adapter, of shapes (r, in) and (out, r). B begins with zeros, unless a setting " +
		"says otherwise, so that the model is unchanged at first."},
	{"rank r", "the number of rows of A and of columns of B."},
	{"map", "a matrix of the model that takes a vector to another one. The targets are the maps that have adapters."},
	{"multiplier γ", "what BA is multiplied by. It is α/r under LoRA and α/√r under rsLoRA, where α is the setting " +
		"alpha."},
	{"scheme", "how γ depends on the rank."},
	{"cell", "the runs that differ in their seed alone."},
	{"arm", "the cells that differ in their rank alone: a line of a figure against rank."},
	{"stable rank", "‖W‖_F²/‖W‖₂²: how many directions a matrix has in effect. That of an update γBA is at most r."},
}

// settingWords explain names of quantities and schemes.
var settingWords = []Definition{
	{"onset", "the state before the first update. A first loss drop, output or gradient is right after that update."},
	{"matched at rank r", "the γ of this scheme equals LoRA's at that rank. The alpha in a caption is the one with " +
		"which it does."},
}

// intervalWords explain how intervals are written.
var intervalWords = []Definition{
	{"[low, high] and ±", "a 95% interval over seeds; the number after ± is half of its width. n is the number of " +
		"seeds."},
	{"over blocks", "the mean of a number over all blocks of seeds that one rule has judged, each counting once, " +
		"with a 95% interval that takes blocks as independent. If losses are scored on the same validation examples, " +
		"their errors may go together, and the interval is as wide as that of one block. No standing rests on such a " +
		"mean: which claims were judged again depends on what was found before."},
}

// powerWords explain the verdicts on fitted powers of rank.
var powerWords = []Definition{
	{"power of rank", "the slope of a quantity against the rank, both as logarithms: one slope for each seed, " +
		"averaged over seeds."},
	{"within ±" + number.Brief(flat), fmt.Sprintf("of a power of rank: so near to 0 that it makes less than a factor "+
		"of %.2f from rank 4 to 2048.", math.Pow(2048./4, flat))},
	{"exact theory", exactTheory},
	{bestFirstStep, "the power of rank of the first step that would lower the loss most if the loss were equally " +
		"curved in all directions: as measured. In brackets stands the power of its exact values at these ranks. If " +
		"it is 0, one learning rate gives the best first step at every rank. The best learning rate of a whole run " +
		"may have another power."},
	{sameDrop, "the power of rank of a learning rate with which the first loss drop is the same at every rank, to " +
		"first order. It is the power that theory predicts for that drop, with the other sign."},
	{"agrees", fmt.Sprintf("the 95%% interval of a fitted power contains theory's power, and no part of it is more "+
		"than %s away from that. Theory's power is the one under exact theory, if the table has it, and not the one "+
		"under predicted power. Otherwise it is the predicted power, or a part of the predicted range. A claim that "+
		"uses another tolerance says so.", number.Brief(near))},
	{"consistent, not resolved", "the interval contains theory's power, but reaches farther."},
	{"differs", "the interval does not contain theory's power, however near it is. Where the table has an exact " +
		"power, the interval may contain the predicted one even so. Such a row has more decimals, if three do not " +
		"show the difference."},
}

// comparisonWords explain the columns and verdicts of comparisons.
var comparisonWords = []Definition{
	{"comparison", "a first setting against a reference, written first vs reference."},
	{"difference", "the loss of the first setting minus the loss of the reference, seed by seed. Runs of one seed " +
		"see the same data and start from the same A."},
	{"p", "the two-sided P value of Student's paired t test, which assumes normally distributed differences."},
	{"error from validation", "the part of the standard error that comes from the choice of validation examples, " +
		"if runs recorded it. Its square plus the square of the rest is the square of the whole. The interval " +
		"and p include it."},
	{"sign-flip p", fmt.Sprintf("from %d pairs on: p of a test that flips the signs of differences. It assumes "+
		"only that differences are symmetric.", stats.FlipPairs)},
	{"detectable", "the smallest difference that these pairs would show with a probability of 0.8, if this were " +
		"the only test."},
	{"Holm's p", "p of the t test, corrected by Holm's method over all tests of the family."},
	{"lower, higher", "the first setting's loss is lower or higher than the reference's, with " +
		"Holm's p at most " + number.Brief(level) + "."},
	{"p within the margin", "p of two one-sided t tests that the difference is not smaller than the margin, " +
		"corrected like Holm's p."},
	{"equivalent, within the margin", fmt.Sprintf("p within the margin is at most %s, which shows that the "+
		"difference is smaller than a margin of %s%% of what the reference learned. Each seed has its own margin; "+
		"the column shows the mean.", number.Brief(level), number.Brief(100*learnedMargin))},
	{"not separated", "none of these is shown, so the two settings are not ranked."},
	{"diverged", "how many runs diverged, out of how many: first setting, reference."},
}
