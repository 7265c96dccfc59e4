package table

import (
	"fmt"
	"strings"
	"testing"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"ranksweep/metrics/stats"
	"ranksweep/paper/table/latextest"
)

// settingValues are words as grids have them, two for each setting.
var settingValues = [][2]string{
	{"LoRA", "rsLoRA"}, {"adamw", "scaled-adamw"}, {"all-linear", "q_proj+v_proj"}, {"kaiming-uniform", "gaussian"},
	{"constant", "cosine"}, {"completion", "all"}, {"float32", "bfloat16"}, {"SmolLM2-135M-Instruct", "base"},
}

var settingHeads = []string{"scheme", "optimizer", "targets", "init", "schedule", "loss", "precision", "model"}

// settingsTable has two rows, n settings, and the columns of a table of fitted powers.
func settingsTable(n int) Table {
	t := Table{Name: "settings", Title: "Fitted powers"}
	rows := []int{0, 1}
	for i := range n {
		value := func(row int) string { return settingValues[i][row] }
		Fill(&t, rows, Setting(Words(settingHeads[i], value, settingHeads[i])))
	}
	Fill(&t, rows,
		Words("quantity", func(int) string { return "first weight update (Frobenius)" }, "quantity"),
		Intervals("loss", "nats/token", "loss", func(k int) stats.Interval {
			return stats.Interval{Mean: 2.5 + float64(k), Low: 2, High: 3 + 2*float64(k), N: 3}
		}),
		Numbers("fitted power", func(int) string { return "-0.489 [-0.498, -0.480]" }, "power"),
		Words("verdict", func(int) string { return "consistent, not resolved" }, "verdict"),
	)
	t.Doubt(1, "a doubt")
	return t
}

// However many settings rows have, no word of a table is torn in LaTeX or at the width of a terminal, and it fits.
func TestSettingsAreNotTorn(t *testing.T) {
	for n := 1; n <= len(settingHeads); n++ {
		text := written(t, Page{Tables: []Table{settingsTable(n)}}, TextFormat, 80)
		latex := written(t, Page{Tables: []Table{settingsTable(n)}}, LaTeXFormat, 0)
		words := append([]string{"quantity", "verdict", "consistent,", "resolved", "(Frobenius)"}, settingHeads[:n]...)
		for _, v := range settingValues[:n] {
			words = append(words, parts(v[0])...)
			words = append(words, parts(v[1])...)
		}
		plain := strings.NewReplacer(`\_`, "_").Replace(latex)
		for _, word := range words {
			if !strings.Contains(text, word) {
				t.Errorf("%d settings: %s is torn:\n%s", n, word, text)
			}
			if !strings.Contains(plain, word) {
				t.Errorf("%d settings: %s is torn in LaTeX:\n%s", n, word, latex)
			}
		}
		for line := range strings.SplitSeq(text, "\n") {
			if w := twwidth.Width(line); w > 80 {
				t.Errorf("%d settings: %d characters in a line: %s", n, w, line)
			}
		}
		if strings.Contains(latex, `\tiny`) {
			t.Errorf("%d settings: LaTeX sets the table in letters of 5 points:\n%s", n, latex)
		}
	}
}

// pdfLaTeX finds nothing that is wider than the page.
func TestSettingsCompile(t *testing.T) {
	var page Page
	for n := 1; n <= len(settingHeads); n++ {
		table := settingsTable(n)
		table.Name = fmt.Sprintf("settings-%d", n)
		page.Tables = append(page.Tables, table)
	}
	if wide := latextest.Compile(t, []byte(written(t, page, LaTeXFormat, 0))); len(wide) > 0 {
		t.Errorf("%d lines are wider than the page: %v", len(wide), wide)
	}
}

// One column for all settings has all that they say, to people and to programs.
func TestFolded(t *testing.T) {
	one, ok := settingsTable(3).folded()
	if !ok || len(one.Columns) != 5 || one.Columns[0].Head != "scheme, optimizer, targets" ||
		one.Rows[1].Entries[0].Text != "rsLoRA, scaled-adamw, q_proj+v_proj" {
		t.Errorf("folded it is %+v", one)
	}
	for i, c := range one.Columns {
		for _, r := range one.Rows {
			if len(r.Entries) != len(one.Columns) || len(r.Entries[i].Values) != len(c.Fields) {
				t.Errorf("column %s: %d values of %d fields", c.Head, len(r.Entries[i].Values), len(c.Fields))
			}
		}
	}
	lacking := settingsTable(2)
	lacking.Rows[0].Entries[1].Text = ""
	if one, _ := lacking.folded(); one.Rows[0].Entries[0].Text != "LoRA, –" ||
		one.Rows[1].Entries[0].Text != "rsLoRA, scaled-adamw" {
		t.Errorf("a value that is not there: %+v", one.Rows)
	}
	if _, ok := settingsTable(1).folded(); ok {
		t.Error("a single setting is folded")
	}
}
