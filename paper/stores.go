package paper

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ranksweep/analysis"
	"ranksweep/chart"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
	"ranksweep/results"
)

// A storeRow is one thing of which each of several stores has values.
type storeRow struct {
	name   string
	values [][]string // of each store
	write  func(string) string
	always bool // is shown, though all stores have the same
}

// storesTable has a column for each store: what it holds, and what is not the same in all.
func storesTable(stores []analysis.Store) table.Table {
	rows := slices.DeleteFunc(storeRows(stores), func(r storeRow) bool { return !r.always && !r.differs() })
	t := table.Table{
		Name:    "stores",
		Title:   "Stores side by side",
		Caption: differingSentence(rows),
	}
	table.Fill(&t, rows, table.Words("", func(r storeRow) string { return r.name }, "field"))
	for i, s := range stores {
		table.Fill(&t, rows, table.Words(s.Name, func(r storeRow) table.Entry { return r.entry(i) }, s.Name))
	}
	return t
}

// storeRows are all things that are compared.
func storeRows(stores []analysis.Store) []storeRow {
	var rows []storeRow
	add := func(always bool, name string, of func(analysis.Store) []string) {
		r := storeRow{name: name, always: always}
		var all []string
		for _, s := range stores {
			values := of(s)
			r.values, all = append(r.values, values), append(all, values...)
		}
		r.write = number.AlikeTexts(all...)
		rows = append(rows, r)
	}
	field := func(name string) func(analysis.Store) []string {
		return func(s analysis.Store) []string { return s.Values(name) }
	}
	shown := []string{"model", "data", "trainer"}
	add(true, "experiment", ofRows(func(r analysis.Row) string { return r.Experiment }))
	add(true, "runs", func(s analysis.Store) []string { return []string{runsOf(s.Coverage)} })
	for _, name := range shown {
		add(true, name, field(name))
	}
	add(true, "trained", func(s analysis.Store) []string { return []string{daysOf(s.Rows)} })
	for _, name := range analysis.FieldsOf(stores) {
		if !slices.Contains(shown, name) {
			add(false, name, field(name))
		}
	}
	for _, m := range makers {
		add(false, m.name, ofRows(func(r analysis.Row) string { return m.of(r.Provenance) }))
	}
	for i, r := range rows {
		if r.name == "model" || r.name == "data" {
			rows[i].write = shortest(r)
		}
	}
	return rows
}

// makers are what runs are made from and by, besides their config.
var makers = []struct {
	name string
	of   func(results.Provenance) string
}{
	{"model hash", func(p results.Provenance) string { return short(p.ModelHash) }},
	{"data hash", func(p results.Provenance) string { return short(p.DataHash) }},
	{"numerics", func(p results.Provenance) string { return strconv.Itoa(p.Numerics) }},
	{"program", func(p results.Provenance) string { return p.Program }},
	{"Go", func(p results.Provenance) string { return p.Go }},
	{"kernel and CPU", func(p results.Provenance) string { return p.Kernel }},
}

// ofRows returns the different values that the runs of a store have.
func ofRows(of func(analysis.Row) string) func(analysis.Store) []string {
	return func(s analysis.Store) (values []string) {
		for _, r := range s.Rows {
			if v := of(r); !slices.Contains(values, v) {
				values = append(values, v)
			}
		}
		return values
	}
}

// shortest writes paths by as many of their last parts as tell them apart.
func shortest(r storeRow) func(string) string {
	var paths []string
	for _, values := range r.values {
		for _, v := range values {
			if !slices.Contains(paths, v) {
				paths = append(paths, v)
			}
		}
	}
	names := chart.ShortPaths(paths)
	return func(path string) string { return names[slices.Index(paths, path)] }
}

// runsOf counts the runs that a store has, and those that its grid asks for.
func runsOf(c results.Coverage) string {
	if c.PlanUnknown {
		return strconv.Itoa(c.There)
	}
	return fmt.Sprintf("%d of %d", c.There, c.Planned)
}

// daysOf is the first and the last day on which runs were begun, by UTC.
func daysOf(rows []analysis.Row) string {
	var days []string
	for _, r := range rows {
		if t := r.Timing.Started; !t.IsZero() {
			days = append(days, t.UTC().Format(time.DateOnly))
		}
	}
	if len(days) == 0 {
		return ""
	}
	first, last := slices.Min(days), slices.Max(days)
	if first == last {
		return first
	}
	return first + " to " + last
}

// differs reports whether stores have different values, in whatever order.
func (r storeRow) differs() bool {
	first := slices.Sorted(slices.Values(r.values[0]))
	return slices.ContainsFunc(r.values, func(values []string) bool {
		return !slices.Equal(first, slices.Sorted(slices.Values(values)))
	})
}

// mostListed is how many values of a store are listed for people.
const mostListed = 8

// entry has the values of a store.
func (r storeRow) entry(store int) table.Entry {
	var texts []string
	for _, v := range r.values[store] {
		if v != "" {
			texts = append(texts, r.write(v))
		}
	}
	text := strings.Join(texts, ", ")
	switch n := len(texts); {
	case n == 0:
		text = "-"
	case n > mostListed:
		text = fmt.Sprintf("%s, … %s: %d values", strings.Join(texts[:mostListed-1], ", "), texts[n-1], n)
	}
	return table.Entry{Text: text, Values: []string{strings.Join(r.values[store], ", ")}}
}

// differingSentence names what is not the same in all stores.
func differingSentence(rows []storeRow) string {
	var names []string
	for _, r := range rows {
		if r.name != "runs" && r.name != "trained" && r.differs() {
			names = append(names, r.name)
		}
	}
	if len(names) == 0 {
		return "The stores differ in nothing that is recorded but the days on which they were trained."
	}
	return fmt.Sprintf("The stores differ in %s. Runs that differ in more than their seed share no cell.",
		inWords(names))
}

// inWords lists names as a sentence does.
func inWords(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
