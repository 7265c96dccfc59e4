package table

import (
	"strconv"

	"ranksweep/metrics/stats"
)

// A Maker makes a column out of the values that the rows stand for, with an entry for each.
type Maker[R any] func(rows []R) (Column, []Entry)

// Fill appends columns to a table that has, or gets, a row for each value. It leaves a column
// out if every entry is empty.
func Fill[R any](t *Table, rows []R, columns ...Maker[R]) {
	for _, c := range columns {
		t.add(c(rows))
	}
}

// Content is what a column's entries are given as: words and whole numbers say the same to
// people and programs, an [Entry] need not.
type Content interface{ string | int | Entry }

// Words makes a column that is aligned to the left.
func Words[R any, C Content](head string, of func(R) C, fields ...string) Maker[R] {
	return func(rows []R) (Column, []Entry) { return Column{Head: head, Fields: fields}, entries(rows, of) }
}

// Numbers makes a column that is aligned to the right.
func Numbers[R any, C Content](head string, of func(R) C, fields ...string) Maker[R] {
	return func(rows []R) (Column, []Entry) {
		return Column{Head: head, Fields: fields, Number: true}, entries(rows, of)
	}
}

// Intervals makes a column of means ± half of their 95% intervals, in a unit. All have the
// same power of ten, which stands in the head beside the unit, and the same number of
// decimals. The column's fields are the mean, both ends and the count; their names begin with
// name.
func Intervals[R any](head, unit, name string, of func(R) stats.Interval) Maker[R] {
	return func(rows []R) (Column, []Entry) { return intervals(head, unit, name, each(rows, of)) }
}

func entries[R any, C Content](rows []R, of func(R) C) []Entry {
	return each(rows, func(r R) Entry {
		switch c := any(of(r)).(type) {
		case Entry:
			return c
		case int:
			return Word(strconv.Itoa(c))
		case string:
			return Word(c)
		}
		panic("table: no content") // Content has three types
	})
}

func each[R, T any](rows []R, of func(R) T) []T {
	all := make([]T, len(rows))
	for i, r := range rows {
		all[i] = of(r)
	}
	return all
}
