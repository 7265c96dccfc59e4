package table

import (
	"strings"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// wrap breaks a text into lines of at most so many characters of a terminal, between words or, where a word is too
// long, within it. Lines that the text has stay apart, and those that follow a break begin with the indent. Without
// a width nothing is broken.
func wrap(text string, width int, indent string) string {
	if width <= 0 {
		return text
	}
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		at, column := "", 0
		for _, word := range strings.Fields(line) {
			for _, part := range broken(word, width-twwidth.Width(indent)) {
				n := twwidth.Width(part)
				switch {
				case column == 0:
					at, column = part, n
				case column+1+n <= width:
					at, column = at+" "+part, column+1+n
				default:
					lines = append(lines, at)
					at, column = indent+part, twwidth.Width(indent)+n
				}
			}
		}
		lines = append(lines, at)
	}
	return strings.Join(lines, "\n")
}

// breakSigns are the signs in a word behind which a line may end.
const breakSigns = "/+-_"

// parts are the parts of a text between which a line may end without tearing a word.
func parts(text string) (all []string) {
	for _, word := range strings.Fields(text) {
		for i := strings.IndexAny(word, breakSigns); i >= 0; i = strings.IndexAny(word, breakSigns) {
			all, word = append(all, word[:i+1]), word[i+1:]
		}
		all = append(all, word)
	}
	return all
}

// broken cuts a word into parts of at most so many characters of a terminal, behind one of [breakSigns] if it has
// one.
func broken(word string, width int) (parts []string) {
	part := ""
	for letters := graphemes.FromString(word); letters.Next(); {
		if part != "" && twwidth.Width(part+letters.Value()) > width {
			end := len(part)
			if i := strings.LastIndexAny(part, breakSigns); i >= 0 {
				end = i + 1
			}
			parts, part = append(parts, part[:end]), part[end:]
		}
		part += letters.Value()
	}
	return append(parts, part)
}

// textWidth is the width of the longest line of a text, in characters of a terminal.
func textWidth(text string) (width int) {
	for line := range strings.SplitSeq(text, "\n") {
		width = max(width, twwidth.Width(line))
	}
	return width
}
