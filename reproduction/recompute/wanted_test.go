package recompute

// titles are the titles of tables, by kind.
var titles = map[string]string{
	"best-rate powers": "Power of rank of the best learning rate under γ = α/r^p, with 95% intervals over seeds",
	"blocks":           "Means over all blocks of seeds that this rule has judged, with 95% intervals",
	"check":            "Does the first loss drop depend on rank? Powers of rank, with 95% intervals over seeds",
	"comparisons":      "Final validation loss compared seed by seed: mean difference ± half of its 95% interval",
	"costs": "Cost of each setting, counted from shapes, and its final loss: mean ± half of its 95% " +
		"interval",
	"inference": "Time to score one batch, relative to the base model: geometric mean over paired rounds, with its " +
		"95% interval",
	"inits": "Gradient norm at the onset, by how A or B is drawn: power of rank, and mean ± half of its 95% " +
		"interval",
	"methods": "Power of rank of the first loss drop, derived; measured, with its 95% interval, and whether it " +
		"agrees; what becomes of learning by the method's own multiplier; the p with which α/r^p is stable",
	"powers":     "Fitted powers of rank, with 95% intervals, and the powers that theory predicts",
	"best rates": "Best learning rates: geometric mean over seeds [lowest, highest]",
	"rates":      "Learning rates that were chosen",
	"regimes": "Where the law for small ranks meets the law for large ranks, computed from the maps, and where each " +
		"holds to within 10%",
	"transfer": "How much higher the loss at the largest rank R is with a rate tuned at the smallest rank r, in " +
		"percent of the loss: mean ± half of its 95% interval",
}

// wanted is a table as it should be.
type wanted struct {
	kind string
	rows []wantedRow
}

// wantedRow has the cells of a row, by heads of columns: keys, which identify it; settings,
// which tell arms apart and which a page may leave out; and values.
type wantedRow struct {
	keys, settings, values map[string]say
	notes                  []say // those with numbers
}

// row is a row of an arm.
func (a *arm) row(values map[string]say) wantedRow {
	scheme := say{text: label(a.text("scheme"))}
	return wantedRow{keys: map[string]say{"scheme": scheme}, settings: a.settings(), values: values}
}
