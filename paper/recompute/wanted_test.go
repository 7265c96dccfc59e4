package recompute

// titles are those of tables, by kind.
var titles = map[string]string{
	"best-rate powers": "Powers of rank of the best learning rate, with 95% intervals over seeds",
	"check":            "Does the first loss drop depend on rank? Powers of rank, with 95% intervals over seeds",
	"comparisons":      "Comparisons by seed of the final validation loss: mean difference ± half of its 95% interval",
	"costs":            "What each cell takes, counted from shapes, and its loss: mean ± half of its 95% interval",
	"inference":        "Time to score one batch over the base's: geometric means of paired rounds, with 95% intervals",
	"inits":            "Onset gradient norms by how A or B is drawn: mean ± half of its 95% interval",
	"powers":           "Fitted powers of rank, with 95% intervals, beside theory",
	"best rates":       "Best learning rates: geometric mean over seeds, and their range",
	"rates":            "Learning rates that were chosen",
	"regimes": "Ranks at which two laws meet, computed from the maps, and up to and from which one holds " +
		"to 10%",
	"transfer": "Loss given away at the largest rank by the rate tuned at the smallest, in percent of the " +
		"loss ± half of its 95% interval; and of what was learned",
}

// wanted is a table as it should be.
type wanted struct {
	kind string
	rows []wantedRow
}

// wantedRow has what identifies it, what tells arms apart, which a page may leave out,
// and what it says, by heads of columns.
type wantedRow struct {
	keys, settings, values map[string]say
	notes                  []say // those with numbers
}

// row is one that is an arm's.
func (a *arm) row(values map[string]say) wantedRow {
	scheme := say{text: label(a.text("scheme"))}
	return wantedRow{keys: map[string]say{"scheme": scheme}, settings: a.settings(), values: values}
}
