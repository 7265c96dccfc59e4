// Package latextest has pdfLaTeX compile what tests write.
package latextest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

const document = `\documentclass{article}
\usepackage{booktabs,longtable,siunitx}
\begin{document}
\input{tables}
\end{document}
`

// Compile compiles a document that has the given text. Any error that LaTeX finds is one of the test. Without
// pdflatex the test is skipped.
func Compile(t *testing.T, text []byte) {
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
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
