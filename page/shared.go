package page

import (
	"slices"
	"strings"

	"ranksweep/paper/figure"
)

// sharedBy are the sentences that the captions of all figures have, so that the page says them once. Those of a
// single figure stay with it.
func sharedBy(figures []figure.Figure) (said []string) {
	if len(figures) < 2 {
		return nil
	}
	for _, s := range sentences(figures[0].Caption) {
		lacks := func(f figure.Figure) bool { return !slices.Contains(sentences(f.Caption), s) }
		if !slices.ContainsFunc(figures, lacks) {
			said = append(said, s)
		}
	}
	return said
}

// withoutSaid is a caption without sentences that were said before.
func withoutSaid(caption string, said []string) string {
	var lines []string
	for line := range strings.SplitSeq(caption, "\n") {
		left := slices.DeleteFunc(sentences(line), func(s string) bool { return slices.Contains(said, s) })
		if len(left) > 0 {
			lines = append(lines, strings.Join(left, " "))
		}
	}
	return strings.Join(lines, "\n")
}

// sentences are those of a text. One ends at a full stop before a space.
func sentences(text string) (all []string) {
	for s := range strings.SplitAfterSeq(text, ". ") {
		if s = strings.TrimSpace(s); s != "" {
			all = append(all, s)
		}
	}
	return all
}
