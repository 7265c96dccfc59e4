package paper

import (
	"slices"
	"strings"
	"testing"

	"ranksweep/docs"
)

// Shares are those of the named table, column and rows, and of no other.
func TestSimulatedShares(t *testing.T) {
	const page = "x\n\n## One\n\n| seen | right | off by 2% |\n|:--|--:|--:|\n| a, 8 seeds, c | 9% | 1% |\n\n" +
		"## Exact values\n\ntext\n\n| seen | right | off by 2% |\n|:--|--:|--:|\n| a, 8 seeds, c | 9% | 35.2% |\n" +
		"| a, 80 seeds, c | 9% | 5% |\n| b, 8 seeds, d | 9% | 51.2% |\n\n| not seen | right | off by 2% " +
		"|\n|:--|--:|--:|\n" +
		"| a, 8 seeds, c | 9% | 7% |\n"
	if got := simulatedShares(page, "Exact values", "seen", "off by 2%", ", 8 seeds,"); !slices.Equal(got,
		[]float64{35.2, 51.2}) {
		t.Errorf("%v", got)
	}
	for _, of := range [][4]string{
		{"Other", "seen", "off by 2%", "a"}, {"Exact values", "gone", "off by 2%", "a"},
		{"Exact values", "seen", "off by 3%", "a"}, {"Exact values", "seen", "off by 2%", ", 9 seeds,"},
	} {
		if got := simulatedShares(page, of[0], of[1], of[2], of[3]); got != nil {
			t.Errorf("%v: %v", of, got)
		}
	}
	if len(simulatedShares(docs.Statistics, "Exact values", "seen", "off by 2%", ", 80 seeds,")) != 3 {
		t.Error("docs/statistics.md has no shares of the report's study any more")
	}
	if text := missedText(7); text != "" || !strings.Contains(missedText(80), "% of simulated studies") {
		t.Error(text, missedText(80))
	}
}
