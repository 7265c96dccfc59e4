package page

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"ranksweep/page/pagetest"
	"ranksweep/paper/table"
)

// longTable has so many rows, the numbers of which fall.
func longTable(rows int) table.Table {
	t := table.Table{Name: "long", Title: "Long"}
	name := func(i int) string { return fmt.Sprint("<b>", i, strings.Repeat(" of many", 50)) }
	all := make([]int, rows)
	for i := range all {
		all[i] = rows - i
	}
	table.Fill(&t, all, table.Numbers("n", func(i int) int { return i }, "n"),
		table.Words("name", name, "name"))
	for i := range t.Rows {
		t.Doubt(i, []string{"even", "odd"}[i%2])
	}
	return t
}

// The rows of a long table that are shown and those that are packed are the rows of the whole, and so is its CSV.
func TestLongTable(t *testing.T) {
	whole := longTable(mostRows + 400)
	s, err := newSheet(whole)
	check(t, err)
	var html, text strings.Builder
	check(t, whole.WriteHTML(&html))
	shown, rest := string(s.HTML), unpacked(t, string(s.Rest))
	if got := strings.Replace(shown, "\n</tbody>", rest+"\n</tbody>", 1); got != html.String() {
		t.Errorf("%d bytes with %d, want %d", len(shown), len(rest), html.Len())
	}
	if n := strings.Count(shown, "<tr>"); n != 1+mostRows || s.Shown != mostRows || s.Rows != mostRows+400 {
		t.Errorf("%d rows of HTML; %d of %d are said to be shown", n, s.Shown, s.Rows)
	}
	check(t, whole.WriteCSV(&text))
	_, file, _ := strings.Cut(string(s.CSV), ",")
	if s.File != "long.csv.gz" || unpacked(t, file) != text.String() {
		t.Errorf("%s has another table", s.File)
	}
	if len(whole.Rows) != mostRows+400 {
		t.Errorf("the table itself has %d rows now", len(whole.Rows))
	}
	if s, err := newSheet(longTable(10)); err != nil || s.Rest != "" || s.File != "long.csv" {
		t.Errorf("%v: %s, %d bytes packed", err, s.File, len(s.Rest))
	}
}

// Sorting a long table sorts all of its rows, and its link saves it as CSV.
func TestLongTableInChromium(t *testing.T) {
	p, err := New(sourceOf(madeUp()))
	check(t, err)
	s, err := newSheet(longTable(mostRows + 400))
	check(t, err)
	p.Tables = append(p.Tables, s)
	folder := t.TempDir()
	tab := openIn(t, pagetest.Open(t), p, pagetest.Look{Downloads: folder})
	rows := `document.querySelectorAll("#table-long tbody tr").length`
	expect(t, tab, rows, fmt.Sprint(mostRows))
	tab.Click("#table-long th button")
	await(tab, rows+" === "+fmt.Sprint(mostRows+400))
	await(tab, `document.querySelector("#table-long tbody td").textContent === "1"`)
	expect(t, tab, `document.querySelectorAll("#table-long b").length`, "0")
	expect(t, tab, `document.querySelectorAll(".rest").length`, "0")
	tab.Click(`a[download="long.csv.gz"]`)
	all, err := csv.NewReader(strings.NewReader(tab.Saved(folder, "long.csv"))).ReadAll()
	check(t, err)
	if len(all) != 1+mostRows+400 || all[1][0] != fmt.Sprint(mostRows+400) {
		t.Errorf("%d rows, the first %.60q", len(all), all[1])
	}
	quiet(t, tab)
}
