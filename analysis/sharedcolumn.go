package analysis

import "ranksweep/results"

// The columns that more than one of the exported tables begins with.
var (
	schemeColumn = results.Column{
		Name: "scheme", Meaning: "scaling scheme, with @4 after it where it is matched at rank 4",
	}
	optimizerColumn = results.Column{Name: "optimizer", Meaning: "optimizer"}
	statisticColumn = results.Column{
		Name: "quantity", Meaning: "statistic of a run that the row is about, a column of " + results.RunsTable,
	}
)
