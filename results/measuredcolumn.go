package results

import (
	"sync"

	"ranksweep/metrics"
)

// measuredColumn is a column of runs.csv that is worked out from a run's curve.
type measuredColumn struct {
	Column
	of func(Run) float64
}

var measuredColumns = sync.OnceValue(func() []measuredColumn {
	var columns []measuredColumn
	for _, s := range metrics.Statistics {
		columns = append(columns, measuredColumn{
			Column{s.Name, s.Unit, s.Meaning() + "; empty where the run did not come to it"},
			func(r Run) float64 { return r.Statistic(s) },
		})
	}
	unit := metrics.ValLoss.Unit()
	return append(columns,
		measuredColumn{Column{"val_loss_onset", unit, "validation loss before any update"}, Run.OnsetLoss},
		measuredColumn{Column{"learned", unit, "val_loss_onset less val_loss: what was learned"}, Run.Learned})
})

// readMeasured checks that the cell is a number or empty; its value follows from the curve.
func readMeasured(_ *runRow, cell string) error {
	_, err := parseFloat(cell)
	return wanted(err, "a finite number, or empty")
}
