package table

import (
	"cmp"
	"slices"
	"strings"
)

// Setting marks a column as one that tells rows apart together with others of its kind.
func Setting[R any](column Maker[R]) Maker[R] {
	return func(rows []R) (Column, []Entry) {
		c, entries := column(rows)
		c.Setting = true
		return c, entries
	}
}

// folded returns the table with all settings in one column, in the place of the first of them. ok is false if there
// are fewer than two.
func (t Table) folded() (_ Table, ok bool) {
	var of []int
	for i, c := range t.Columns {
		if c.Setting {
			of = append(of, i)
		}
	}
	if len(of) < 2 {
		return t, false
	}
	one := Column{Setting: true, Head: listed(of, func(i int) string { return t.Columns[i].Head })}
	for _, i := range of {
		one.Fields = append(one.Fields, t.Columns[i].Fields...)
	}
	rows := t.Rows
	t.Columns, t.Rows = slices.Clone(t.Columns), slices.Clone(rows)
	t.Columns[of[0]] = one
	for k, r := range rows {
		e := Entry{Text: listed(of, func(i int) string { return cmp.Or(r.Entries[i].Text, "–") })}
		for _, i := range of {
			e.Values = append(e.Values, r.Entries[i].Values...)
		}
		t.Rows[k].Entries = slices.Clone(r.Entries)
		t.Rows[k].Entries[of[0]] = e
	}
	i := -1
	return t.withColumns(func(Column) bool { i++; return i == of[0] || !slices.Contains(of, i) }), true
}

// listed has a text for each index, with commas between them.
func listed(of []int, text func(int) string) string { return strings.Join(each(of, text), ", ") }
