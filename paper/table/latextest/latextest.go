// Package latextest has pdfLaTeX compile what tests write.
package latextest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const document = `\documentclass{article}
\usepackage{booktabs,longtable,siunitx}
\begin{document}
\input{tables}
\end{document}
`

// Compile compiles a document that has the given text. Any error that LaTeX finds is one of the test. It returns the
// lines of the log that say what is wider than the page. Without pdflatex the test is skipped.
func Compile(t *testing.T, text []byte) (tooWide []string) {
	t.Helper()
	if _, err := exec.LookPath("pdflatex"); err != nil {
		t.Skip("pdflatex is missing: Debian has it as texlive-latex-base, and siunitx as texlive-science")
	}
	dir := t.TempDir()
	for name, text := range map[string][]byte{"tables.tex": text, "all.tex": []byte(document)} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("pdflatex", "-halt-on-error", "-interaction=nonstopmode", "all.tex")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, `Overfull \hbox`) {
			tooWide = append(tooWide, strings.TrimSpace(line))
		}
	}
	return tooWide
}
