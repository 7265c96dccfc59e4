package table

import (
	"bytes"
	"strings"
	"testing"

	"ranksweep/paper/table/latextest"
)

// hostile are names that mean something to LaTeX, HTMLFormat, Markdown or a spreadsheet, or that fonts lack.
var hostile = []string{
	`50% of $x_1^2$ & #3 ~ {a} \end{tabular}`, `\input{/etc/passwd}`, "<script>alert(1)</script>", "=1+1", "[a] row",
	"*star", "a--b ---c", "αβγ √r ‖W‖² ≤ ½ ± ×", "Ünïcödé Łódź ǆ", "模型 🙂", "a\nb\tc", "`q` \"r\" 'tis ?` !`", "|a|b",
	"C:\\models\\x", "a&nbsp;b <b>bold</b>", "%%", "", "-3 vs --5",
}

// names is a table with a row for each hostile name.
func names() Table {
	t := Table{Name: "names", Title: "Names of \"others\" & <more>", Caption: "50% is_half\n" + hostile[0]}
	Fill(&t, hostile,
		Words("name & co", func(s string) string { return s }, "name"),
		Numbers("size (%)", func(s string) Entry { return Exact("-0.5", -0.5) }, "size"),
	)
	for i, s := range hostile {
		t.Doubt(i, "named "+s)
	}
	return t
}

func TestLaTeX(t *testing.T) {
	for text, want := range map[string]string{
		"a_b & 5%":   `a\_b \& 5\%`,
		`\x{}`:       `\textbackslash{}x\{\}`,
		"α/√r":       `\ensuremath{\alpha}/\ensuremath{\surd}r`,
		"[a]":        `{}[a]`,
		"a---b":      `a-{}-{}-b`,
		"[-0.5, -1]": `{}[\ensuremath{-}0.5, \ensuremath{-}1]`,
		"3e-4":       `3e-4`,
		"é":          `\'{e}`,
		"模":          `\texttt{U+6A21}`,
		"¹ x²¹⁰":     `\textsuperscript{1} x\textsuperscript{210}`,
		"a\nb":       `a b`,
	} {
		if got := latex(text); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

// What siunitx reads: uncertainties are of the last digits.
func TestNumeral(t *testing.T) {
	for text, want := range map[string]string{
		"0.6123 ± 0.0310": "0.6123(310)", "12.34 ± 1.20": "12.34(120)", "5 ± 12": "5(12)", "1.00 ± 0.00": "1.00(0)",
		"-0.502": "-0.502", "5e-5": "5e-5", "95%": `95{\%}`,
		"-0.502 [-0.509, 0.495]": `-0.502{ [\ensuremath{-}0.509, 0.495]}`,
	} {
		if n, ok := parseNumeral(text); !ok || n.String() != want {
			t.Errorf("%q: got %s %t, want %s", text, n, ok, want)
		}
	}
	for _, text := range []string{"", "-", "0 to 0.5", "1, 2", "1e", "NaN", "0/6, 0/6", "1.5 of 2"} {
		if n, ok := parseNumeral(text); ok {
			t.Errorf("%q: is no number, got %s", text, n)
		}
	}
	for want, of := range map[string][]string{
		"-1.4(3)": {"-0.6123 ± 0.0310", "1.0000"}, "3.0": {"8", "128"}, "1.4e-2": {"5e-10", "0.0016"},
		`{2.0{\%}}`: {"5%", "95%"},
	} {
		var all []numeral
		for _, text := range of {
			n, _ := parseNumeral(text)
			all = append(all, n)
		}
		if got := tableFormat(all); got != want {
			t.Errorf("%q: got %s, want %s", of, got, want)
		}
	}
}

// pdfLaTeX compiles what is written, with whatever names, in a table that floats and in one of several pages.
func TestLaTeXCompiles(t *testing.T) {
	long := names().with(names()).with(names()).with(names())
	page := Page{Said: hostile, Tables: []Table{names(), long, numbersTable()}, Left: "some rows"}
	var b bytes.Buffer
	if err := page.Write(&b, LaTeXFormat, 0); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"\\begin{longtable}{", "\\begin{table}", "S[table-format=1.3(2)]",
		" & 0.667(12) & "} {
		if !strings.Contains(b.String(), part) {
			t.Errorf("no %s", part)
		}
	}
	latextest.Compile(t, b.Bytes())
}
