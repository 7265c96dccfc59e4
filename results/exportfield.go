package results

// exportFields are columns of runs.csv that an export has and a study has not. They come last.
var exportFields = []runField{
	{Column{"peak_bytes", "bytes", "most memory in use at once in training; empty if its trainer measures none"},
		func(r *runRow) any { return known{&r.Timing.Peak} }},
	{Column{"imported", "", "file that the run was imported from, and where in it; empty if it was trained here"},
		func(r *runRow) any {
			var source string
			if r.Imported != nil {
				source = r.Imported.Source
			}
			return &source
		}},
}

// exportColumns are the columns of an export's runs.csv.
func exportColumns(fields []string) []Column {
	return append(allRunColumns(fields), columnsOf(exportFields)...)
}

// exportCells are the cells in these columns.
func (r runRow) exportCells(fields []string) []string {
	return append(r.cells(fields), r.fieldCells(exportFields)...)
}
