package results

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Form is a form in which runs are exported.
type Form string

// The forms.
const (
	CSV     Form = "csv"     // runs.csv, curves.csv, modules.csv and validation.csv
	Parquet Form = "parquet" // the same tables, with types
	Long    Form = "long"    // long.csv, a row for each measured value

	TensorBoard Form = "tensorboard" // an event file for each run
)

// Forms lists them.
var Forms = []Form{CSV, Parquet, Long, TensorBoard}

// ParseForms reads forms with commas between them.
func ParseForms(text string) (forms []Form, err error) {
	for name := range strings.SplitSeq(text, ",") {
		f := Form(name)
		if !slices.Contains(Forms, f) {
			return nil, fmt.Errorf("%q: must be one of %s, or several with commas between them", name, FormNames())
		}
		if !slices.Contains(forms, f) {
			forms = append(forms, f)
		}
	}
	return forms, nil
}

// FormNames names all forms.
func FormNames() string {
	var names []string
	for _, f := range Forms {
		names = append(names, string(f))
	}
	return strings.Join(names, ", ")
}

// Wide reports whether the form has a file for each table.
func (f Form) Wide() bool { return f == CSV || f == Parquet }

// file names the file of a table that is name as CSV.
func (f Form) file(name string) string {
	if f == Parquet {
		return strings.TrimSuffix(name, ".csv") + ".parquet"
	}
	return name
}

// encode writes a table with the given columns; rows writes its rows as CSV.
func (f Form) encode(w io.Writer, columns []Column, rows func(io.Writer) error) error {
	if f == Parquet {
		return encodeParquet(w, columns, rows)
	}
	if _, err := w.Write(encodeCSV([][]string{columnNames(columns)})); err != nil {
		return err
	}
	return rows(w)
}
