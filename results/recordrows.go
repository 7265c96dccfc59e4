package results

import (
	"bytes"
	"slices"
	"strings"
)

// recordRows are the rows of a CSV file of a record that was read without an error: the run's ID, and then
// the cells of the given columns, empty for a column that the file lacks. Numbers stay as they are written.
func recordRows(id string, text []byte, columns []Column) ([]byte, error) {
	var places []int
	out := make([]byte, 0, len(text)+bytes.Count(text, []byte{'\n'})*(len(id)+len(columns)))
	run, modules := csvField(id), make(map[string]string)
	for row, err := range csvRows(text) {
		if err != nil {
			return nil, err
		}
		if places == nil {
			places = placesIn(row.cells, columns)
			continue
		}
		out = append(out, run...)
		for i, at := range places {
			out = append(out, ',')
			if at < 0 {
				continue
			}
			cell := row.cells[at]
			if columns[i].Name == moduleColumn.Name {
				cell = moduleField(modules, cell)
			}
			out = append(out, cell...)
		}
		out = append(out, '\n')
	}
	return out, nil
}

// placesIn finds columns in a header; -1 stands for one that is not there.
func placesIn(header []string, columns []Column) []int {
	places := []int{}
	for _, c := range columns {
		places = append(places, slices.Index(header, c.Name))
	}
	return places
}

// csvField writes any text as one field of a line of CSV.
func csvField(text string) string {
	cell := TextCell(text)
	if !strings.ContainsAny(cell, "\",\r\n\\ \t") {
		return cell // a CSV writer allocates much for a field
	}
	return string(bytes.TrimSuffix(encodeCSV([][]string{{cell}}), []byte{'\n'}))
}

// moduleField is csvField of the name of an adapted map, which comes again at each step.
func moduleField(known map[string]string, name string) string {
	field, ok := known[name]
	if !ok {
		field = csvField(name)
		known[strings.Clone(name)] = field
	}
	return field
}
