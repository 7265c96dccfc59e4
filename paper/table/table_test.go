package table

import (
	"math"
	"slices"
	"testing"

	"ranksweep/metrics/stats"
)

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
	table.Doubt(0, "first")
	table.Doubt(2, "second")
	table.Doubt(2, "first")
	table.Doubt(2, "second")
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
		{"narrowest decides", []stats.Interval{interval(0.6123, 0.031), interval(0.0271, 0.0022)},
			"x (s)", []string{"0.6123 ± 0.0310", "0.0271 ± 0.0022"}},
		{"single values", []stats.Interval{single(1.23456), single(12.5)}, "x (s)", []string{"1.235", "12.500"}},
		{"mixed", []stats.Interval{interval(2, 0.1), single(3), absent}, "x (s)", []string{"2.00 ± 0.10", "3.00", ""}},
		{"no width", []stats.Interval{interval(1, 0), interval(0.5, 0.02)}, "x (s)", []string{"1.000",
			"0.500 ± 0.020"}},
		{"small", []stats.Interval{interval(2.5e-5, 1e-6), interval(1e-5, 2e-6)},
			"x (1e-5 s)", []string{"2.50 ± 0.10", "1.00 ± 0.20"}},
		{"large", []stats.Interval{interval(3.2e6, 1e5)}, "x (1e6 s)", []string{"3.20 ± 0.10"}},
		{"six digits at most", []stats.Interval{interval(123, 1e-9)}, "x (s)", []string{"123.000 ± 0.000"}},
		{"zero", []stats.Interval{single(0)}, "x (s)", []string{"0.0"}},
	} {
		column, entries := intervals("x", "s", "x", test.intervals)
		var got []string
		for _, e := range entries {
			got = append(got, e.Text)
		}
		if column.Head != test.head || !slices.Equal(got, test.want) {
			t.Errorf("%s: got %s %q, want %s %q", test.name, column.Head, got, test.head, test.want)
		}
	}
	for scale, want := range map[float64]string{1: "x", 1e-5: "x (1e-5)"} {
		if column, _ := intervals("x", "", "x", []stats.Interval{single(scale)}); column.Head != want {
			t.Errorf("without a unit: head %q, want %q", column.Head, want)
		}
	}
}
