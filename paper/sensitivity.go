package paper

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ranksweep/docs"
	"ranksweep/paper/number"
)

// missedText says how often a simulated study of so many seeds calls exact values right although all squares are off by
// 1% or 2%; empty if docs/statistics.md has no such study.
func missedText(seeds int) string {
	between := func(column string) string {
		shares := simulatedShares(docs.Statistics, "Exact values", "seen", column, fmt.Sprintf(", %d seeds,", seeds))
		if len(shares) == 0 {
			return ""
		}
		return fmt.Sprintf("%s to %s%%", number.Fixed(slices.Min(shares), 1), number.Fixed(slices.Max(shares), 1))
	}
	one, two := between("off by 1%"), between("off by 2%")
	if one == "" || two == "" {
		return ""
	}
	return fmt.Sprintf(" With all squares off by 1%%, %s of simulated studies are still *seen*; off by 2%%, %s "+
		"(docs/statistics.md).", one, two)
}

// simulatedShares are the percentages in a column of a table on the page of statistics, from the rows whose name has a
// part. The table's first head is its name.
func simulatedShares(page, section, name, column, part string) (shares []float64) {
	_, text, _ := strings.Cut(page, "\n## "+section+"\n")
	text, _, _ = strings.Cut(text, "\n## ")
	_, text, _ = strings.Cut(text, "\n| "+name+" |")
	text, _, _ = strings.Cut(text, "\n\n")
	lines := strings.Split(text, "\n")
	at := slices.Index(cellsIn(lines[0]), column)
	for _, line := range lines[1:] {
		cells := cellsIn(line)
		if at < 0 || at+1 >= len(cells) || !strings.Contains(cells[0], part) {
			continue
		}
		if share, err := strconv.ParseFloat(strings.TrimSuffix(cells[at+1], "%"), 64); err == nil {
			shares = append(shares, share)
		}
	}
	return shares
}

// cellsIn are the cells of a row in Markdown.
func cellsIn(line string) (cells []string) {
	for _, cell := range strings.Split(strings.Trim(line, "|"), "|") {
		cells = append(cells, strings.TrimSpace(cell))
	}
	return cells
}
