package table

import (
	"fmt"
	"regexp"
	"strings"
)

// A latexColumn is how LaTeX sets a column.
type latexColumn struct {
	number bool
	format string // of its numbers, as siunitx has it; empty if it has none
	width  int    // of its words in characters, if they are broken into lines
}

// latexColumns are the columns of a table.
func (f fitted) latexColumns() []latexColumn {
	columns := make([]latexColumn, len(f.header))
	for i := range f.header {
		var numerals []numeral
		for _, row := range f.rows {
			if n, ok := parseNumeral(row[i]); ok {
				numerals = append(numerals, n)
			}
			if strings.Contains(row[i], "\n") {
				columns[i].width = f.cells(i)
			}
		}
		if columns[i].number = i < len(f.Columns) && f.Columns[i].Number; columns[i].number {
			columns[i].format = tableFormat(numerals)
		}
	}
	return columns
}

// form is the column in the first argument of tabular.
func (c latexColumn) form() string {
	switch {
	case c.format != "":
		return "S[table-format=" + c.format + "]"
	case c.number:
		return "r"
	case c.width > 0:
		return fmt.Sprintf(">{\\raggedright\\arraybackslash}p{%.1fem}", 0.5*float64(c.width))
	}
	return "l"
}

// head writes the column's head, whose lines are one below the other.
func (c latexColumn) head(text string) string {
	lines := each(strings.Split(text, "\n"), latex)
	if len(lines) == 1 {
		return "{" + lines[0] + "}"
	}
	side := "l"
	if c.number {
		side = "r"
	}
	return fmt.Sprintf("{\\begin{tabular}[b]{@{}%s@{}}%s\\end{tabular}}", side, strings.Join(lines, "\\\\"))
}

// cell writes an entry. In a column of numbers, what is none stands in braces. A slash may end a line.
func (c latexColumn) cell(text string) string {
	switch {
	case c.width > 0:
		lines := each(strings.Split(text, "\n"), latex)
		return strings.ReplaceAll(strings.Join(lines, `\newline `), "/", `/\allowbreak{}`)
	case c.format == "" || text == "":
		return latex(text)
	}
	if n, ok := parseNumeral(text); ok {
		return n.String()
	}
	return "{" + latex(text) + "}"
}

// A numeral is a number as siunitx reads it.
type numeral struct {
	sign, whole, decimals string
	uncertainty           string // of the last digits: 31 in 0.123(31)
	exponent              string
	after                 string // words behind it
}

var numeralForm = regexp.MustCompile(`^(-?)(\d+)(?:\.(\d+))?(?:e(-?\d+))?(?: ± (\d+(?:\.\d+)?))?(%| \[.*\])?$`)

// parseNumeral takes a text apart as a number, if it is one: -0.502, 5e-5, 0.1234 ± 0.0310, 95%, 0.5 [0.4, 0.6].
func parseNumeral(text string) (n numeral, ok bool) {
	m := numeralForm.FindStringSubmatch(text)
	if m == nil {
		return n, false
	}
	n = numeral{sign: m[1], whole: m[2], decimals: m[3], exponent: m[4], after: m[6]}
	if m[5] != "" {
		n.uncertainty = strings.TrimLeft(strings.Replace(m[5], ".", "", 1), "0")
		if n.uncertainty == "" {
			n.uncertainty = "0"
		}
	}
	return n, true
}

// String writes the number for a cell.
func (n numeral) String() string {
	text := n.sign + n.whole
	if n.decimals != "" {
		text += "." + n.decimals
	}
	if n.uncertainty != "" {
		text += "(" + n.uncertainty + ")"
	}
	if n.exponent != "" {
		text += "e" + n.exponent
	}
	if n.after != "" {
		text += "{" + latex(n.after) + "}"
	}
	return text
}

// tableFormat is how many digits numbers have at each place; empty if there is no number.
func tableFormat(numerals []numeral) string {
	if len(numerals) == 0 {
		return ""
	}
	var sign, exponent, after string
	var whole, decimals, uncertainty int
	for _, n := range numerals {
		if n.sign != "" {
			sign = n.sign
		}
		whole, decimals = max(whole, len(n.whole)), max(decimals, len(n.decimals))
		uncertainty = max(uncertainty, len(n.uncertainty))
		if len(n.exponent) > len(exponent) {
			exponent = n.exponent
		}
		if len(n.after) > len(after) {
			after = n.after
		}
	}
	text := fmt.Sprintf("%s%d.%d", sign, whole, decimals)
	if uncertainty > 0 {
		text += fmt.Sprintf("(%d)", uncertainty)
	}
	if exponent != "" {
		digits := strings.TrimPrefix(exponent, "-")
		text += fmt.Sprintf("e%s%d", strings.TrimSuffix(exponent, digits), len(digits))
	}
	if after != "" {
		text = "{" + text + "{" + latex(after) + "}}"
	}
	return text
}
