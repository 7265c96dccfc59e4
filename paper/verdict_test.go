package paper

import (
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ranksweep/analysis"
	"ranksweep/metrics/stats"
	"ranksweep/theory"
)

// randomFamily are comparisons with random differences from none to large, with random noise and
// margins.
func randomFamily(rng *rand.Rand) []comparison {
	family := make([]comparison, 1+rng.IntN(10))
	for i := range family {
		shift, margin := rng.NormFloat64(), 5*rng.Float64()
		var c analysis.Comparison
		for range 1 + rng.IntN(9) {
			c.Differences = append(c.Differences, shift+rng.NormFloat64())
			c.Learned = append(c.Learned, (margin+0.1*rng.NormFloat64())/learnedMargin)
		}
		c.Difference = stats.PairedDifference(c.Differences)
		family[i] = comparison{Comparison: c}
	}
	correct(family)
	return family
}

// The interval, p, Holm's p and verdict of a row never contradict each other.
func TestRowsDoNotContradictThemselves(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 1))
	seen := map[Verdict]int{}
	alone := 0
	for range 2000 {
		for _, d := range randomFamily(rng) {
			v, i := d.verdict(), d.Difference.Interval
			seen[v]++
			out := i.Low > 0 || i.High < 0
			said := d.oneOfMany() != ""
			if said {
				alone++
			}
			switch {
			case out != (d.p() <= level):
				t.Fatalf("interval [%g, %g], p %g", i.Low, i.High, d.p())
			case v.IsLower() && !(i.High < 0), v.IsHigher() && !(i.Low > 0):
				t.Fatalf("%s with interval [%g, %g]", v, i.Low, i.High)
			case v.IsLower() || v.IsHigher(): // out, as was just seen
				if said {
					t.Fatalf("%s, and yet %q", v, d.oneOfMany())
				}
			case out != said:
				t.Fatalf("%s with interval [%g, %g] says %q", v, i.Low, i.High, d.oneOfMany())
			case v == Equivalent && math.Abs(i.Mean) >= d.margin():
				t.Fatalf("equivalent: mean %g, margin %g", i.Mean, d.margin())
			}
		}
	}
	for _, v := range []Verdict{NotSeparated, Lower, Higher, Equivalent, LowerWithinMargin, HigherWithinMargin} {
		if seen[v] < 50 {
			t.Errorf("%s: %d rows only", v, seen[v])
		}
	}
	if alone < 50 {
		t.Errorf("%d rows would be separated by themselves", alone)
	}
}

func TestEveryVerdictHasItsWords(t *testing.T) {
	var words []string
	for v := NotSeparated; v <= ReferenceMissing; v++ {
		if v.String() == "" || slices.Contains(words, v.String()) {
			t.Errorf("verdict %d: %q", v, v)
		}
		words = append(words, v.String())
	}
}

// verdictWords are all words for verdicts and standings, on pages and in files.
func verdictWords() (words []string) {
	for v := NotSeparated; v <= ReferenceMissing; v++ {
		words = append(words, v.String())
	}
	for a := stats.NoFit; a <= stats.Differs; a++ {
		words = append(words, a.String())
	}
	for s := NotRun; s <= Seen; s++ {
		words = append(words, s.String(), s.code())
	}
	for _, v := range []theory.Stability{theory.Stable, theory.Collapses, theory.Explodes, theory.Unknown,
		undecided} {
		words = append(words, string(v))
	}
	return append(words, "within the margin", ", within the margin")
}

// compared lists the comparisons by which source decides with words: words of verdicts that it
// compares by == or !=, in a case, or with a function of strings or slices; and texts that it
// compares with anything but the empty text, if they come from String or from entries of
// tables.
func compared(t *testing.T, name string, source any) (found []string) {
	file, err := parser.ParseFile(token.NewFileSet(), name, source, 0)
	if err != nil {
		t.Fatal(err)
	}
	add := func(expressions ...ast.Expr) {
		for _, e := range expressions {
			if word, ok := e.(*ast.BasicLit); ok && word.Kind == token.STRING {
				if text, _ := strconv.Unquote(word.Value); slices.Contains(verdictWords(), text) {
					found = append(found, text)
				}
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if n.Op == token.EQL || n.Op == token.NEQ {
				add(n.X, n.Y)
				for a, b := range map[ast.Expr]ast.Expr{n.X: n.Y, n.Y: n.X} {
					if word, ok := b.(*ast.BasicLit); isText(a) && !(ok && word.Value == `""`) {
						found = append(found, "a text")
					}
				}
			}
		case *ast.SwitchStmt:
			if n.Tag != nil && isText(n.Tag) {
				found = append(found, "a text")
			}
		case *ast.CaseClause:
			add(n.List...)
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.SelectorExpr); ok {
				if p, ok := f.X.(*ast.Ident); ok && (p.Name == "strings" || p.Name == "slices") {
					add(n.Args...)
				}
			}
		}
		return true
	})
	return found
}

// isText reports whether an expression is x.String() or the Text of an entry.
func isText(e ast.Expr) bool {
	if call, ok := e.(*ast.CallExpr); ok {
		f, ok := call.Fun.(*ast.SelectorExpr)
		return ok && f.Sel.Name == "String" && len(call.Args) == 0
	}
	f, ok := e.(*ast.SelectorExpr)
	return ok && f.Sel.Name == "Text"
}

// A claim's standing depends on verdicts and standings, never on their words: neither here nor
// where results, theory and the report are made.
func TestNothingIsDecidedByWords(t *testing.T) {
	for _, folder := range []string{".", "../metrics", "../results", "../cmd/sweep"} {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(files) < 10 {
			t.Fatalf("%s has %d files (%v)", folder, len(files), err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			if words := compared(t, f, nil); len(words) > 0 {
				t.Errorf("%s compares with %q", f, words)
			}
		}
	}
}

func TestComparedSeesWords(t *testing.T) {
	for _, line := range []string{
		`if v == "lower" {}`, `if "differs" != v {}`, `switch v { case "equivalent": }`,
		`_ = strings.HasSuffix(v, "within the margin")`, `_ = slices.Contains(vs, "agrees")`,
		`if s == "not seen" {}`, `switch code { case "not-seen": }`, `_ = strings.HasPrefix(line, "partial")`,
		`if saw != "stable" {}`,
		`if a.String() == b {}`, `if wantsLower != d.verdict().String() {}`, `switch f.Standing.String() { case x: }`,
		`if row.Entries[2].Text == want {}`, `switch e.Text { case want: }`,
	} {
		if words := compared(t, "x.go", "package x\nfunc f() { "+line+" }"); len(words) != 1 {
			t.Errorf("%s: saw %q", line, words)
		}
	}
	const fine = "package x; func f() { t.add(\"verdict\", \"lower\"); " +
		`g = v == "low"; h = e.Text != ""; i = "" == v.String(); j = v == Seen }`
	if words := compared(t, "x.go", fine); len(words) > 0 {
		t.Errorf("saw %q where nothing is compared", words)
	}
}
