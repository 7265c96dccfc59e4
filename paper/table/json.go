package table

import (
	"encoding/json"
	"io"
	"math"
	"strconv"

	"ranksweep/wholefile"
)

// writeJSON writes the page as an object: found has the sentences, and tables the tables, each with an object for
// each row. An absent value is null. A field is a number if all of its values are.
func (p Page) writeJSON(w io.Writer) error {
	type jsonTable struct {
		Name    string           `json:"name"`
		Title   string           `json:"title"`
		Caption string           `json:"caption"`
		Fields  []string         `json:"fields"`
		Rows    []map[string]any `json:"rows"`
	}
	page := struct {
		Found  []string    `json:"found"`
		Tables []jsonTable `json:"tables"`
	}{Found: append([]string{}, p.Said...)}
	for _, t := range p.Tables {
		page.Tables = append(page.Tables, jsonTable{t.Name, t.Title, t.Caption, t.fields(), t.objects()})
	}
	text, err := wholefile.JSON(page)
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

// objects are the rows as JSON has them.
func (t Table) objects() []map[string]any {
	rows := make([]map[string]any, len(t.Rows))
	for i, r := range t.Rows {
		rows[i] = map[string]any{"notes": t.notesOf(r)}
	}
	for i, name := range t.fields() {
		column := each(t.Rows, func(r Row) string { return r.values()[i] })
		for j, v := range typed(column) {
			rows[j][name] = v
		}
	}
	return rows
}

// typed returns the values of a field as numbers, if all are, and otherwise as texts. An absent one is nil.
func typed(values []string) []any {
	all := make([]any, len(values))
	for i, s := range values {
		v, err := strconv.ParseFloat(s, 64)
		switch {
		case s == "":
		case err != nil || math.IsInf(v, 0) || !json.Valid([]byte(s)):
			return texts(values)
		default:
			all[i] = json.Number(s)
		}
	}
	return all
}

// texts returns values as texts. An absent one is nil.
func texts(values []string) []any {
	return each(values, func(s string) any {
		if s == "" {
			return nil
		}
		return s
	})
}
