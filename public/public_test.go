package public

import (
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"ranksweep/paper/figure"
)

// TestPage: best.csv, docs/public.md and its figure follow from the numbers.
func TestPage(t *testing.T) {
	Same(t, "best.csv", bestCSV(BestRates()))
	Same(t, filepath.Join("..", "docs", "public.md"), Page())
	drawn, err := Figure().Encode(figure.PNG)
	if err != nil {
		t.Fatal(err)
	}
	Same(t, filepath.Join("..", "docs", "public.png"), string(drawn))
}

// TestBestRates recomputes best.csv from cells.csv, by a plain loop over its rows.
func TestBestRates(t *testing.T) {
	type place struct{ model, rank string }
	sums, counts := map[place]map[float64]float64{}, map[place]map[float64]float64{}
	for _, row := range rowsOf(cellsCSV) {
		p := place{row[0], row[1]}
		if sums[p] == nil {
			sums[p], counts[p] = map[float64]float64{}, map[float64]float64{}
		}
		rate, _ := strconv.ParseFloat(row[2], 64)
		loss := math.Inf(1)
		if row[4] == "done" {
			loss, _ = strconv.ParseFloat(row[5], 64)
		}
		sums[p][rate] += loss
		counts[p][rate]++
	}
	text, err := os.ReadFile("best.csv")
	if err != nil {
		t.Fatal(err)
	}
	rows := rowsOf(string(text))
	if len(rows) != len(sums) || len(rows) < 100 {
		t.Fatalf("%d best rates of %d ranks", len(rows), len(sums))
	}
	for _, row := range rows {
		p := place{row[0], row[3]}
		best, low := 0.0, math.Inf(1)
		rates := slices.Sorted(maps.Keys(sums[p]))
		for _, rate := range rates { // the lowest of equals
			if mean := sums[p][rate] / counts[p][rate]; mean < low {
				best, low = rate, mean
			}
		}
		i := slices.Index(rates, best)
		at := func(i int) string {
			if i < 0 || i >= len(rates) {
				return ""
			}
			return strconv.FormatFloat(rates[i], 'g', -1, 64)
		}
		got, want := fmt.Sprint(row[4:7]), fmt.Sprint([]string{at(i), at(i - 1), at(i + 1)})
		if loss, _ := strconv.ParseFloat(row[7], 64); got != want || math.Abs(loss-low) > 1e-12 {
			t.Errorf("%v: %s with loss %s, want %s with %g", p, got, row[7], want, low)
		}
	}
}

// TestPowers: the power of rates that go as r^−½ is −½, and the neighbours bound it.
func TestPowers(t *testing.T) {
	var best []Best
	for _, rank := range []int{1, 4, 16, 64} {
		rate := math.Pow(float64(rank), -0.5)
		best = append(best, Best{Model: "a/b", Rank: rank, Rate: rate, Vertex: rate, Lower: rate / 2, Upper: rate * 2,
			Loss: 1, Next: 2})
	}
	p := powerOf(best, 1e-3)
	// the slope's weights on ln 4 times −1.5, −0.5, 0.5, 1.5 sum to 4/5 of 1/ln 4 in size
	half := math.Ln2 * 0.8 / math.Log(4)
	if math.Abs(p.Value+0.5) > 1e-12 || math.Abs(p.Low+0.5+half) > 1e-12 || math.Abs(p.High+0.5-half) > 1e-12 ||
		math.Abs(p.Resolvable-math.Ln2/math.Log(64)) > 1e-12 || p.Resolved() {
		t.Errorf("%+v, want -0.5 ± %g", p, half)
	}
	best[0].Lower = math.NaN()
	if p := powerOf(best[:2], 1e-3); p.Edges != 1 || !math.IsNaN(p.Value) {
		t.Errorf("one rank inside: %+v", p)
	}
}
