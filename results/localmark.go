package results

// LocalMark says in runs.csv what a run is within its local grid. It follows from the other runs
// of that grid, and is written for people: it is not read back.
type LocalMark struct {
	Role        string  // best or tried; empty without a local grid
	Value, Loss float64 // at the lowest point of the grid's parabola; of the best run alone
}

func (m LocalMark) cells() []string {
	if m.Role != "best" {
		return []string{m.Role, "", ""}
	}
	return []string{m.Role, FormatFloat(m.Value), FormatFloat(m.Loss)}
}

// localColumns hold a [LocalMark].
var localColumns = []Column{
	{"local", "", "best: stands for its seed's local grid of nuisance values; tried: is one of that grid; empty " +
		"without one"},
	{"local_value", "1", "nuisance value at the lowest point of the parabola through the best run and its neighbours"},
	{"local_val_loss", "nats/token",
		"final validation loss at that point, which is what is reported of the cell and seed"},
}
