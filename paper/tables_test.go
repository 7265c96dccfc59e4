package paper

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ranksweep/analysis"
	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/paper/number"
	"ranksweep/results"
)

func TestTablesGolden(t *testing.T) {
	runs := fake{schemes: []string{"lora", "rslora"}, ranks: []int{4, 32, 512}, seeds: 3, steps: 20}.runs()
	diverge(&runs[8], 12)
	diverge(&runs[15], 3)
	diverge(&runs[16], 5)
	runs[2].Warnings = []string{"rank 4 exceeds a map's smaller side"}
	tables, err := Tables(view(runs))
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
		tables, err := Tables(view(runs))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, table := range tables {
			var text, markdown, fields bytes.Buffer
			for _, err := range []error{table.WriteText(&text), table.WriteMarkdown(&markdown),
				table.WriteCSV(&fields)} {
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
				t.Errorf("%s, %s: %d lines of Markdown, "+
					"want %d:\n%s", name, table.Name, lines, len(table.Rows)+2, markdown.String())
			}
		}
	}
}

func TestCSVKeepsPrecision(t *testing.T) {
	runs := sweep()
	table := summaryTable(view(runs))
	var b bytes.Buffer
	if err := table.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := slices.Index(rows[0], "grad_norm_onset")
	want := number.Exact(analysis.Cells(analysis.Rows(runs))[0].Statistic(metrics.GradNormOnset).Mean)
	if at < 0 || rows[1][at] != want {
		t.Errorf("grad_norm_onset: got %v, want %s in column %d", rows[1], want, at)
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
		{"inside", []float64{3, 1, 2}, 1, "among the learning rates"},
		{"at the top", []float64{3, 2, 1}, 2, "at the edge"},
		{"at the bottom", []float64{1, 2, 3}, 0, "at the edge"},
		{"a diverged rate is tried all the same", []float64{3, 1, nan}, 1, "among the learning rates"},
		{"one rate", []float64{1}, 0, ""},
		{"all diverged", []float64{nan, nan}, 0, ""},
	} {
		var group rated
		for i, loss := range test.loss {
			group.add(i, math.Pow(10, float64(i-5)), loss)
		}
		row, text := group.best()
		if row != test.row || !strings.Contains(text, test.edge) || (text == "") != (test.edge == "") {
			t.Errorf("%s: row %d %q, want row %d %q", test.name, row, text, test.row, test.edge)
		}
	}
}

func TestLabelsTellArmsApart(t *testing.T) {
	runs := fake{schemes: []string{"lora", "rslora@4"}, ranks: []int{4, 8}, seeds: 1, steps: 2, rates: []float64{1e-5,
		1e-4}}.runs()
	arms := view(runs)
	want := []string{
		"LoRA, learning rate 1e-5", "LoRA, learning rate 1e-4",
		"rsLoRA matched at rank 4, learning rate 1e-5", "rsLoRA matched at rank 4, learning rate 1e-4",
	}
	if got := arms.labels; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if equal := arms.equal; strings.Contains(equal, "one learning rate") || !strings.Contains(equal, "optimizer "+
		"adamw") {
		t.Errorf("two rates: %q", equal)
	}
	if equal := view(sweep()).equal; !strings.Contains(equal, "one learning rate, 5e-5") {
		t.Errorf("one rate: %q", equal)
	}
}

// Every column of a table has a name of its own, also if models and data differ. A hash is
// shown only where no axis tells the models or the data apart.
func TestHashesTellApartWhatAxesDoNot(t *testing.T) {
	for _, test := range []struct {
		data   []string // value on the axis data, by arm
		hashes []string
		want   []string // columns that tell the arms apart
	}{
		{[]string{"a", "b"}, []string{"1", "2"}, []string{"data"}},
		{[]string{"a", "a"}, []string{"1", "2"}, []string{"data_hash"}},
		{[]string{"a", "a", "b"}, []string{"1", "2", "3"}, []string{"data", "data_hash"}},
		{[]string{"a", "b"}, []string{"1", "1"}, []string{"data"}},
	} {
		var runs []results.Run
		for i, data := range test.data {
			for _, r := range (fake{schemes: []string{"lora"}, ranks: []int{4}, seeds: 1, steps: 2}).runs() {
				r.ID, r.Cell = fmt.Sprint(r.ID, i), fmt.Sprint(r.Cell, i)
				r.Axes = append(r.Axes, grid.Coordinate{Name: "data", Value: data})
				r.Provenance.DataHash = test.hashes[i]
				runs = append(runs, r)
			}
		}
		var b bytes.Buffer
		table := summaryTable(view(runs))
		if err := table.WriteCSV(&b); err != nil {
			t.Fatal(err)
		}
		header, _, _ := strings.Cut(b.String(), "\n")
		names := strings.Split(header, ",")
		var got []string
		for i, name := range names {
			if slices.Contains(names[:i], name) {
				t.Errorf("data %v, hashes %v: two columns %s", test.data, test.hashes, name)
			}
			if strings.HasPrefix(name, "data") {
				got = append(got, name)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("data %v, hashes %v: columns %v, want %v", test.data, test.hashes, got, test.want)
		}
	}
}
