package table

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// latexWidth is about how many characters of \footnotesize a line of an article has.
const latexWidth = 80

// longTable is how many lines of a table one page has room for, with the sentences below it.
const longTable = 40

// writeLaTeX writes the page as a part of a document, which takes it in by \input.
func (p Page) writeLaTeX(w io.Writer, width int) error {
	if width == 0 {
		width = latexWidth
	}
	var b strings.Builder
	b.WriteString("% Made by sweep table. The document that has this needs\n" +
		"% \\usepackage{booktabs,longtable,siunitx}\n\n")
	for _, s := range p.Said {
		b.WriteString(latex(s) + "\n\n")
	}
	for _, t := range p.Tables {
		b.WriteString(t.latex(width) + "\n")
	}
	if p.Left != "" {
		b.WriteString("% " + p.Left + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// latex writes the table: as one that floats or, if it is too long for a page, as one that goes on.
func (t Table) latex(width int) string {
	f, size := t.latexFit(width)
	columns := f.latexColumns()
	_, texts := f.Texts() // which LaTeX breaks into lines by itself, but for words that are torn
	var head, rows, below strings.Builder
	for i, text := range f.header {
		head.WriteString(separator(i) + columns[i].head(text))
	}
	end := " \\\\\n"
	if slices.ContainsFunc(columns, func(c latexColumn) bool { return c.width > 0 }) {
		end = " \\\\[0.6ex]\n" // rows of several lines stand apart
	}
	for k, row := range texts {
		for i, text := range row {
			if columns[i].width > 0 {
				text = f.torn(text, k, i)
			}
			rows.WriteString(separator(i) + columns[i].cell(text))
		}
		rows.WriteString(end)
	}
	if len(f.left) > 0 {
		fmt.Fprintf(&below, "%% no room for the columns %s\n", strings.Join(f.left, ", "))
	}
	for _, text := range f.below() {
		for line := range strings.Lines(text) {
			below.WriteString(latex(strings.TrimSpace(line)) + "\\par\n")
		}
	}
	form := strings.Join(each(columns, latexColumn.form), "")
	caption := fmt.Sprintf("\\caption{%s}\\label{tab:%s}", latex(t.Title), t.Name)
	if f.lines()+below.Len()/latexWidth > longTable {
		return fmt.Sprintf(latexPages, size+latexSettings, form, caption, &head, &head, &rows, &below)
	}
	return fmt.Sprintf(latexFloat, caption, size+latexSettings, form, &head, &rows, &below)
}

// latexSettings are a space below the caption, and ± before uncertainties.
const latexSettings = `\setlength{\abovetopsep}{1ex}` +
	`\sisetup{separate-uncertainty=true,table-align-uncertainty=false}`

const latexFloat = `\begin{table}
\footnotesize\centering
%s
{%s
\begin{tabular}{@{}%s@{}}
\toprule
%s \\
\midrule
%s\bottomrule
\end{tabular}}
\par\smallskip\raggedright
%s\end{table}
`

const latexPages = `\begingroup
%s
\begin{longtable}{@{}%s@{}}
%s\\
\toprule
%s \\
\midrule
\endfirsthead
\toprule
%s \\
\midrule
\endhead
\bottomrule
\endfoot
%s\end{longtable}
\par\footnotesize\raggedright
%s\endgroup
`

// A latexSize is a size of type. A digit is that of Computer Modern, in hundredths of a point; a gap, in characters,
// is what lies between two columns.
type latexSize struct {
	name       string
	digit, gap int
}

var (
	footnote = latexSize{`\footnotesize`, 425, gap}
	script   = latexSize{`\scriptsize`, 398, gap / 2}
	tiny     = latexSize{`\tiny`, 340, gap / 2}
)

// latexForms are the forms of a table, the first of which is taken that has room for its columns without a torn word.
var latexForms = []struct {
	size   latexSize
	folded bool // all settings have one column
}{{footnote, false}, {script, false}, {footnote, true}, {script, true}, {tiny, true}}

// latexFit makes lines of at most so many characters of \footnotesize, and sets the size. What is too wide in any form
// has the last one.
func (t Table) latexFit(width int) (f fitted, size string) {
	var left []string
	for _, form := range latexForms {
		if form.folded {
			t, _ = t.folded()
		}
		s := form.size
		wide := width*footnote.digit/s.digit + (gap-s.gap)*len(t.Columns)
		f = t.fit(wide, withinWords)
		size = fmt.Sprintf(`%s\setlength{\tabcolsep}{%.2fem}`, s.name, float64(s.gap)/4)
		t, left = f.Table, append(left, f.left...)
		if f.width() <= wide && !f.tears() {
			break
		}
	}
	f.left = left
	return f, size
}

// tears reports whether a word is broken where it has no sign for it.
func (f fitted) tears() bool {
	header, texts := f.Texts()
	for i, head := range header {
		width := f.column(i)
		if i < len(f.Columns) && f.Columns[i].Number {
			continue
		}
		for _, row := range texts {
			if longest(parts(row[i])) > width {
				return true
			}
		}
		if longest(parts(head)) > width {
			return true
		}
	}
	return false
}

// torn is the text of a cell, with the lines of the fitted table if a word in it is wider than its column and has no
// slash after which LaTeX may begin a line.
func (f fitted) torn(text string, row, column int) string {
	width := f.cells(column)
	if column == len(f.Columns) || f.Columns[column].Number {
		return text
	}
	for word := range strings.FieldsSeq(text) {
		if !strings.Contains(word, "/") && textWidth(word) > width {
			return f.rows[row][column]
		}
	}
	return text
}

// separator comes before the cell of a column.
func separator(column int) string {
	if column == 0 {
		return ""
	}
	return " & "
}
