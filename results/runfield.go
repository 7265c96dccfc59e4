package results

import (
	"slices"
)

// runField is a column of runs.csv that holds a field of a run as it is.
type runField struct {
	Column
	at func(*runRow) any // points to the field
}

var runFields = slices.Concat([]runField{
	{Column{"run", "",
		"ID: a hash of config, model, data and numerics; empty while tuning has yet to choose the config"},
		func(r *runRow) any { return &r.ID }},
	{Column{"cell", "", "the same hash with the seed left out: one for all seeds of a config"},
		func(r *runRow) any { return &r.Cell }},
	{Column{"function", "", "one for all configs that learn the same function, but for rounding"},
		func(r *runRow) any { return &r.TwinID }},
	{Column{"experiment", "", "experiment that the run was first made for"},
		func(r *runRow) any { return &r.Experiment }},
	{Column{"phase", "", "tuning: chose nuisance values and is in no result; or reported"},
		func(r *runRow) any { return &r.phase }},
	{Column{"place", "index", "index in the grid of the phase, from 0; empty where no grid was recorded"},
		func(r *runRow) any { return &r.place }},
	{Column{"status", "", "done; diverged, a result; failed, an error; or missing, planned and not there"},
		func(r *runRow) any { return &r.Status }},
	{Column{"reason", "", "why it diverged or failed"},
		func(r *runRow) any { return &r.Reason }},
	{Column{"scheme", "", "scaling scheme, with @4 after it where it is matched at rank 4"},
		func(r *runRow) any { return &r.Scheme }},
}, sizeFields, []runField{
	{Column{"seed", "", "seed of data order, first entries and dropout; runs of one seed are paired"},
		func(r *runRow) any { return &r.Seed }},
	{Column{"optimizer", "", "optimizer"},
		func(r *runRow) any { return &r.Optimizer }},
	{Column{"lr", "1", "peak learning rate"},
		func(r *runRow) any { return &r.LR }},
	{Column{"steps", "steps", "updates made"},
		func(r *runRow) any { return &r.Steps }},
	{Column{"tokens", "tokens", "tokens trained on"},
		func(r *runRow) any { return &r.Tokens }},
	{Column{"started", "UTC", "when training began, to the second"},
		func(r *runRow) any { return &r.Timing.Started }},
	{Column{"seconds", "s", "time that training took; differs from one execution to the next"},
		func(r *runRow) any { return &r.Timing.Seconds }},
	{Column{"flops", "operations", "floating-point operations of training, counted from shapes"},
		func(r *runRow) any { return &r.Flops }},
	{Column{"factored_flops", "operations", "the same if every adapter were computed beside its map"},
		func(r *runRow) any { return &r.FactoredFlops }},
	{Column{"bytes", "bytes", "memory beside the base model, counted from shapes"},
		func(r *runRow) any { return &r.Bytes }},
	{Column{"numerics", "", "version of the arithmetic: runs of two versions are not comparable"},
		func(r *runRow) any { return &r.Provenance.Numerics }},
	{Column{"model_hash", "", "sha256 of the base model"},
		func(r *runRow) any { return &r.Provenance.ModelHash }},
	{Column{"data_hash", "", "sha256 of the training data"},
		func(r *runRow) any { return &r.Provenance.DataHash }},
	{Column{"program", "", "version and revision of the program"},
		func(r *runRow) any { return &r.Provenance.Program }},
	{Column{"go", "", "Go toolchain and platform"},
		func(r *runRow) any { return &r.Provenance.Go }},
	{Column{"kernel", "", "matrix kernel in use"},
		func(r *runRow) any { return &r.Provenance.Kernel }},
	{Column{"warnings", "JSON", "doubts about the run, a list of texts"},
		func(r *runRow) any { return &r.Warnings }},
	{Column{"beyond_theory", "", "why theory predicts nothing of the run once it was updated; empty where it does"},
		func(r *runRow) any { return &r.BeyondTheory }},
	{Column{"axes", "JSON", "coordinates in the grid, a list of pairs of an axis and its value"},
		func(r *runRow) any { return &r.Axes }},
})

// sizeFields are everything of a run that depends on its rank: the scheme, to the last power,
// and what it comes to.
var sizeFields = []runField{
	{Column{"p", "power of rank",
		"γ is α/r^p; empty where γ is no power of rank; the next six tell the rest of a scheme"},
		func(r *runRow) any { return power{&r.Powers} }},
	{Column{"init_power", "power of rank", "the deviation of the first entries is in proportion to r^−init_power"},
		func(r *runRow) any { return &r.Powers.Init }},
	{Column{"lr_a_power", "power of rank", "the learning rate of A is in proportion to r^−lr_a_power"},
		func(r *runRow) any { return &r.Powers.LRA }},
	{Column{"lr_b_power", "power of rank", "the learning rate of B is in proportion to r^−lr_b_power"},
		func(r *runRow) any { return &r.Powers.LRB }},
	{Column{"lr_ratio", "ratio", "learning rate of B over that of A, their powers of rank left out; 0 for 1"},
		func(r *runRow) any { return &r.Powers.Ratio }},
	{Column{"zero_a", "", "true where A starts at zero and B is drawn, in place of the other way round"},
		func(r *runRow) any { return &r.Powers.ZeroA }},
	{Column{"log", "", "true where γ is α/ln r, and p empty"},
		func(r *runRow) any { return &r.Powers.Log }},
	{Column{"rank", "rank", "r, the rank of the adapters"},
		func(r *runRow) any { return &r.Rank }},
	{Column{"alpha", "1", "α of γ, after matching"},
		func(r *runRow) any { return &r.Alpha }},
	{Column{"gamma", "1", "γ at this rank: what BA is multiplied by"},
		func(r *runRow) any { return &r.Gamma }},
}

// SizeColumns are the columns of what depends on rank.
func SizeColumns() []Column { return columnsOf(sizeFields) }

// SizeCells are the cells of these columns, all empty without a rank.
func (r Run) SizeCells() []string {
	cells := make([]string, len(sizeFields))
	for i, f := range sizeFields {
		if r.Ranked() && !r.Lacks(f.Name) {
			cells[i] = formatCell(f.at(&runRow{Run: r}))
		}
	}
	return cells
}

// columnsOf are the columns of fields.
func columnsOf(fields []runField) (columns []Column) {
	for _, f := range fields {
		columns = append(columns, f.Column)
	}
	return columns
}
