package paper

import (
	"bytes"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/results"
)

func TestTablesGolden(t *testing.T) {
	runs := fake{schemes: []string{"lora", "rslora"}, ranks: []int{4, 32, 512}, seeds: 3, steps: 20}.runs()
	diverge(&runs[8], 12)
	diverge(&runs[15], 3)
	diverge(&runs[16], 5)
	runs[2].Warnings = []string{"rank 4 exceeds a map's smaller side"}
	tables, err := Tables(runs, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		for extension, write := range map[string]func(*bytes.Buffer) error{
			"txt": func(b *bytes.Buffer) error { return table.WriteText(b) },
			"md":  func(b *bytes.Buffer) error { return table.WriteMarkdown(b) },
		} {
			var got bytes.Buffer
			if err := write(&got); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", table.Name+"."+extension)
			if *update {
				if err := os.WriteFile(path, got.Bytes(), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatalf("%v: go test -update writes it", err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("%s: got\n%s\nwant\n%s", path, got.Bytes(), want)
			}
		}
	}
}

func TestTablesOfDegenerateRuns(t *testing.T) {
	for name, runs := range degenerate() {
		tables, err := Tables(runs, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, table := range tables {
			var text, markdown, fields bytes.Buffer
			for _, err := range []error{table.WriteText(&text), table.WriteMarkdown(&markdown), table.WriteCSV(&fields)} {
				if err != nil {
					t.Errorf("%s, %s: %v", name, table.Name, err)
				}
			}
			for _, out := range []string{text.String(), markdown.String(), fields.String()} {
				if strings.Contains(out, "NaN") || strings.Contains(out, "Inf") {
					t.Errorf("%s, %s: an absent value is written:\n%s", name, table.Name, out)
				}
			}
			rows, err := csv.NewReader(&fields).ReadAll()
			if err != nil {
				t.Errorf("%s, %s: %v", name, table.Name, err)
			}
			if want := len(table.Rows) + 1; len(rows) != want {
				t.Errorf("%s, %s: %d lines of CSV, want %d", name, table.Name, len(rows), want)
			}
			// Table lines begin with |, and a line of dashes follows the header.
			if lines := strings.Count(markdown.String(), "\n|"); lines != len(table.Rows)+2 {
				t.Errorf("%s, %s: %d lines of Markdown, want %d:\n%s", name, table.Name, lines, len(table.Rows)+2, markdown.String())
			}
		}
	}
}

func TestCSVKeepsPrecision(t *testing.T) {
	runs := sweep()
	table := summaryTable(results.Arms(runs))
	var b bytes.Buffer
	if err := table.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := slices.Index(rows[0], "grad_norm_onset")
	want := field(results.Cells(runs)[0].Statistic(metrics.GradNormOnset).Mean)
	if at < 0 || rows[1][at] != want {
		t.Errorf("grad_norm_onset: got %v, want %s in column %d", rows[1], want, at)
	}
}

func TestEscape(t *testing.T) {
	for text, want := range map[string]string{
		"a|b":    `a\|b`,
		"a\nb":   "a b",
		"a\r\nb": "a b",
		`a\|b`:   `a\\\|b`,
		"± ¹":    "± ¹",
	} {
		if got := escape(text); got != want {
			t.Errorf("escape(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestNotesAreNumberedByFirstUse(t *testing.T) {
	table := Table{Rows: make([]Row, 3)}
	table.doubt(0, "first")
	table.doubt(2, "second")
	table.doubt(2, "first")
	table.doubt(2, "second")
	if !slices.Equal(table.Notes, []string{"first", "second"}) {
		t.Fatalf("notes %q: want each once, in order", table.Notes)
	}
	for row, want := range []string{"¹", "", "² ¹"} {
		if got := marks(table.Rows[row].Notes); got != want {
			t.Errorf("row %d: marks %q, want %q", row, got, want)
		}
	}
	if got := superscript(1203); got != "¹²⁰³" {
		t.Errorf("superscript(1203) = %s", got)
	}
}

func TestIntervalColumn(t *testing.T) {
	interval := func(mean, half float64) stats.Interval {
		return stats.Interval{Mean: mean, Low: mean - half, High: mean + half, N: 3}
	}
	nan := math.NaN()
	single := func(mean float64) stats.Interval { return stats.Interval{Mean: mean, Low: nan, High: nan, N: 1} }
	absent := stats.Interval{Mean: nan, Low: nan, High: nan}
	for _, test := range []struct {
		name      string
		intervals []stats.Interval
		head      string
		want      []string
	}{
		{"narrowest decides", []stats.Interval{interval(0.6123, 0.031), interval(0.0271, 0.0022)}, "x", []string{"0.6123 ± 0.0310", "0.0271 ± 0.0022"}},
		{"single values", []stats.Interval{single(1.23456), single(12.5)}, "x", []string{"1.235", "12.500"}},
		{"mixed", []stats.Interval{interval(2, 0.1), single(3), absent}, "x", []string{"2.00 ± 0.10", "3.00", ""}},
		{"no width", []stats.Interval{interval(1, 0), interval(0.5, 0.02)}, "x", []string{"1.000", "0.500 ± 0.020"}},
		{"small", []stats.Interval{interval(2.5e-5, 1e-6), interval(1e-5, 2e-6)}, "x (1e-5)", []string{"2.50 ± 0.10", "1.00 ± 0.20"}},
		{"large", []stats.Interval{interval(3.2e6, 1e5)}, "x (1e6)", []string{"3.20 ± 0.10"}},
		{"six digits at most", []stats.Interval{interval(123, 1e-9)}, "x", []string{"123.000 ± 0.000"}},
		{"zero", []stats.Interval{single(0)}, "x", []string{"0.0"}},
	} {
		column, entries := intervalColumn("x", "x", test.intervals)
		var got []string
		for _, e := range entries {
			got = append(got, e.Text)
		}
		if column.Head != test.head || !slices.Equal(got, test.want) {
			t.Errorf("%s: got %s %q, want %s %q", test.name, column.Head, got, test.head, test.want)
		}
	}
}

func TestBestRate(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		name string
		loss []float64 // at rising rates
		row  int
		edge string
	}{
		{"inside", []float64{3, 1, 2}, 1, "over the learning rates"},
		{"at the top", []float64{3, 2, 1}, 2, "at the edge"},
		{"at the bottom", []float64{1, 2, 3}, 0, "at the edge"},
		{"a diverged rate is tried all the same", []float64{3, 1, nan}, 1, "over the learning rates"},
		{"one rate", []float64{1}, 0, ""},
		{"all diverged", []float64{nan, nan}, 0, ""},
	} {
		var group []rated
		for i, loss := range test.loss {
			group = append(group, rated{row: i, lr: math.Pow(10, float64(i-5)), loss: loss})
		}
		row, text := bestRate(group)
		if row != test.row || !strings.Contains(text, test.edge) || (text == "") != (test.edge == "") {
			t.Errorf("%s: row %d %q, want row %d %q", test.name, row, text, test.row, test.edge)
		}
	}
}

func TestLabelsTellArmsApart(t *testing.T) {
	runs := fake{schemes: []string{"lora", "rslora@4"}, ranks: []int{4, 8}, seeds: 1, steps: 2, rates: []float64{1e-5, 1e-4}}.runs()
	arms := results.Arms(runs)
	want := []string{
		"LoRA, learning rate 1e-5", "LoRA, learning rate 1e-4",
		"rsLoRA matched at rank 4, learning rate 1e-5", "rsLoRA matched at rank 4, learning rate 1e-4",
	}
	if got := armLabels(arms); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if equal := heldEqual(arms); strings.Contains(equal, "one learning rate") || !strings.Contains(equal, "optimizer adamw") {
		t.Errorf("two rates: %q", equal)
	}
	if equal := heldEqual(results.Arms(sweep())); !strings.Contains(equal, "one learning rate, 5e-5") {
		t.Errorf("one rate: %q", equal)
	}
}
