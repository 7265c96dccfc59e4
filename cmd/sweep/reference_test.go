package main

import (
	"encoding/csv"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ranksweep/chart"
	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/nn"
	"ranksweep/paper/number"
	"ranksweep/theory"
)

var update = flag.Bool("update", false, "write the parts of README.md and of the pages in docs anew")

// TestReference holds what README.md and the pages in docs say of fields, columns and
// numbers to the tables and files that they come from.
func TestReference(t *testing.T) {
	for _, part := range []struct {
		page, name string
		text       func(*testing.T) string
	}{
		{"README.md", "quickstart", quickstartPart},
		{"docs/fields.md", "keys", keysPart},
		{"docs/fields.md", "fields", fieldsPart},
		{"docs/fields.md", "customary", customaryPart},
		{"docs/columns.md", "columns", columnsPart},
		{"docs/methods.md", "methods", methodsPart},
		{"docs/optimizers.md", "optimizers", optimizersPart},
		{"docs/methods.md", "powers", powersPart},
		{"docs/models.md", "architectures", architecturesPart},
		{"docs/figures.md", "options", optionsPart},
		{"docs/figures.md", "venues", venuesPart},
	} {
		path := filepath.Join("../..", part.page)
		page, err := os.ReadFile(path)
		check(t, err)
		renewed, ok := withPart(string(page), part.name, part.text(t))
		if !ok {
			t.Errorf("%s has no part %s", part.page, part.name)
		}
		if renewed == string(page) {
			continue
		}
		if *update {
			check(t, os.WriteFile(path, []byte(renewed), 0o666))
			continue
		}
		t.Errorf("%s, part %s: go test ./cmd/sweep -run TestReference -update writes it anew\n%s",
			part.page, part.name, firstDifference(renewed, string(page)))
	}
}

func TestWithPart(t *testing.T) {
	const page = "a\n<!-- begin x: go writes it -->\nold\n<!-- end x -->\nb\n"
	got, ok := withPart(page, "x", "new\n")
	if want := "a\n<!-- begin x: go writes it -->\n\nnew\n\n<!-- end x -->\nb\n"; !ok || got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, ok := withPart(page, "y", "new"); ok || got != page {
		t.Errorf("a page without the part becomes %q", got)
	}
}

// markdown is a table.
func markdown(head []string, rows [][]string) string {
	var b strings.Builder
	line := func(cells []string) {
		for _, c := range cells {
			fmt.Fprintf(&b, "| %s ", strings.ReplaceAll(c, "|", `\|`))
		}
		b.WriteString("|\n")
	}
	line(head)
	line(slices.Repeat([]string{"---"}, len(head)))
	for _, row := range rows {
		line(row)
	}
	return b.String()
}

func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + text + "`"
}

func keysPart(*testing.T) string {
	var rows [][]string
	for _, k := range experiments.Keys() {
		rows = append(rows, []string{code(k.Key), code(k.Example), k.Meaning})
	}
	return markdown([]string{"key", "example", "meaning"}, rows)
}

// powersPart is with which power of rank the first loss drop of each method goes by its own multiplier, and the p of
// the multiplier α/r^p that is stable, by theory.
func powersPart(*testing.T) string {
	optimizers := []string{"sgd", "adamw", "muon", "scaled-sgd"}
	head, rows := append([]string{"method", "multiplier"}, optimizers...), [][]string(nil)
	for _, name := range lora.Methods() {
		m, _ := lora.MethodNamed(name)
		law, own := theory.LossDrop, false
		if laws, ok := theory.LawsOf(name); ok {
			law, own = laws.LossDrop, true
		}
		if !m.Traits().Has(lora.Ranked) {
			continue
		}
		scheme, row := lora.Scheme{P: 1}, []string{"`" + name + "`", "α/r"}
		if !m.Traits().Has(lora.Multiplied) {
			scheme, row[1] = lora.Scheme{}, "none"
		}
		for _, optimizer := range optimizers {
			u := nn.UpdateOf(optimizer)
			power, ok := law.Exponent(u, scheme)
			switch {
			case nn.Pairs(optimizer) && own && name != lora.DoRAMethod:
				row = append(row, "")
				continue
			case !ok:
				row = append(row, "by the weights")
				continue
			}
			text := between(power, power+law.Rise(u, scheme))
			if p, to := theory.StableP(name, u, scheme, math.NaN()); !math.IsNaN(p) {
				text += "; p = " + between(p, to)
			}
			row = append(row, text)
		}
		rows = append(rows, row)
	}
	return markdown(head, rows)
}

// between is a number, or a range from the smaller one.
func between(a, b float64) string {
	if a == b {
		return number.Brief(a)
	}
	return number.Brief(math.Min(a, b)) + " to " + number.Brief(math.Max(a, b))
}

// methodsPart is what each method is, and what has no meaning for it.
func methodsPart(*testing.T) string {
	var rows [][]string
	for _, name := range lora.Methods() {
		rows = append(rows, []string{code(name), lora.MethodText(name), codes(experiments.Own(name)),
			codes(experiments.Unused(name))})
	}
	return markdown([]string{"method", "what it is", "fields of its own",
		"fields of several methods that it does not use"}, rows)
}

// codes writes names in a list.
func codes(names []string) string {
	var all []string
	for _, name := range names {
		all = append(all, code(name))
	}
	return strings.Join(all, ", ")
}

// optionsPart is what a figure of one's own can be asked for.
func optionsPart(*testing.T) string {
	var rows [][]string
	for _, o := range chart.Options {
		rows = append(rows, []string{code(o.Name), code(o.Example), o.Meaning})
	}
	return markdown([]string{"option", "example", "meaning"}, rows)
}

// venuesPart has the widths that have names.
func venuesPart(*testing.T) string {
	var rows [][]string
	for _, v := range chart.Venues {
		rows = append(rows, []string{code(v.Name), v.Where, fmt.Sprintf("%.2f in", v.Inches)})
	}
	return markdown([]string{"name", "what", "width"}, rows)
}

// fieldsPart is a table a group of fields.
func fieldsPart(*testing.T) string {
	var groups []string
	rows := make(map[string][][]string)
	for _, f := range experiments.Fields() {
		group, key, in := strings.Cut(f.Path, ".")
		if !in {
			group, key = "top level", f.Path
		}
		if !slices.Contains(groups, group) {
			groups = append(groups, group)
		}
		rows[group] = append(rows[group], []string{code(key), f.Type, f.Unit, code(f.Default), f.Allowed, f.Meaning})
	}
	var b strings.Builder
	for _, group := range groups {
		head := []string{"field", "type", "unit", "default", "allowed", "meaning"}
		fmt.Fprintf(&b, "### %s\n\n%s\n", group, markdown(head, rows[group]))
	}
	return b.String()
}

// optimizersPart is how the first step of each optimizer depends on the rank.
func optimizersPart(t *testing.T) string {
	var rows [][]string
	for _, name := range nn.Optimizers() {
		update, dash := nn.UpdateOf(name), "-"
		drop, ok := lineOf(t, theory.LossDrop, update)
		if !ok {
			rows = append(rows, []string{code(name), "depends on the gradient's spectrum", dash, dash, dash})
			continue
		}
		change := dash
		if l, ok := lineOf(t, theory.DeltaW, update); ok {
			change = l.String()
		}
		far := drop
		far.level += theory.LossDrop.Rise(update, lora.Scheme{})
		rows = append(rows, []string{code(name), drop.String(), drop.zero(), change, far.String()})
	}
	return markdown([]string{"optimizer", "power of the loss drop", "p that frees it of rank",
		"power of the change of weights", "power of the loss drop far above the width"}, rows)
}

// line is a power of rank that depends on p: level − slope·p.
type line struct{ level, slope float64 }

// lineOf is a prediction for schemes of which only γ depends on rank; false if there is none.
func lineOf(t *testing.T, p theory.Prediction, u nn.Update) (line, bool) {
	at := func(power float64) float64 { e, _ := p.Exponent(u, lora.Scheme{P: power}); return e }
	l := line{at(0), at(0) - at(1)}
	if half := at(0.5); !math.IsNaN(half) && half != l.level-l.slope/2 {
		t.Errorf("update %d: the power of rank is no line in p", u)
	}
	return l, !math.IsNaN(l.level)
}

func (l line) String() string {
	p := number.Brief(l.slope) + "p"
	if l.slope == 1 {
		p = "p"
	}
	switch {
	case l.slope == 0:
		return number.Brief(l.level)
	case l.level == 0:
		return "−" + p
	}
	return number.Brief(l.level) + " − " + p
}

// zero is the p at which the power is 0.
func (l line) zero() string {
	switch {
	case l.slope != 0:
		return number.Brief(l.level / l.slope)
	case l.level == 0:
		return "any"
	}
	return "none"
}

// customaryPart says which settings each optimizer brings.
func customaryPart(t *testing.T) string {
	orDash := func(v float64) string {
		if v == 0 {
			return "-"
		}
		return number.Full(v)
	}
	var rows [][]string
	for _, name := range nn.Optimizers() {
		o, err := nn.DefaultOptimizer(name)
		check(t, err)
		rows = append(rows, []string{code(name), orDash(o.Momentum), orDash(o.Beta1), orDash(o.Beta2), orDash(o.Eps),
			orDash(o.Damping)})
	}
	return markdown([]string{"optimizer", "momentum", "beta1", "beta2", "eps", "damping"}, rows)
}

// columnsPart is a table a file.
func columnsPart(*testing.T) string {
	var files []string
	rows := make(map[string][][]string)
	for _, c := range columns() {
		if !slices.Contains(files, c.File) {
			files = append(files, c.File)
		}
		rows[c.File] = append(rows[c.File], []string{code(c.Name), c.Unit, c.Meaning})
	}
	var b strings.Builder
	for _, file := range files {
		fmt.Fprintf(&b, "### %s\n\n%s\n", file, markdown([]string{"column", "unit", "meaning"}, rows[file]))
	}
	return b.String()
}

var architectures = regexp.MustCompile(`(?m)^\| architecture .*\n(\|.*\n)+`)

// architecturesPart is the table that bench/real measured.
func architecturesPart(t *testing.T) string {
	page, err := os.ReadFile("../../bench/real.md")
	check(t, err)
	table := architectures.FindString(string(page))
	if table == "" {
		t.Error("bench/real.md has no table of architectures")
	}
	return table
}

// quickstartPart is what the quickstart showed, from the tables that it wrote.
func quickstartPart(t *testing.T) string {
	e, err := experiments.Load("quickstart")
	check(t, err)
	runs, err := e.Configs()
	check(t, err)
	cells := readTable(t, "../../docs/quickstart/summary.csv")
	var rows [][]string
	seeds := 0
	for _, c := range cells {
		rows = append(rows, []string{
			label(c["scheme"]), c["rank"], short(c["gamma"]),
			plusMinus(c, "grad_norm_onset"), plusMinus(c, "collapse_ratio"), plusMinus(c, "val_loss"),
		})
		n, err := strconv.Atoi(c["done"])
		check(t, err)
		seeds += n
	}
	if seeds != len(runs) {
		t.Errorf("docs/quickstart has %d runs, and the experiment %d: run it and copy its tables", seeds, len(runs))
	}
	train := runs[0].Config.Train
	text := markdown([]string{"scheme", "rank", "γ", "onset gradient norm", "relative", "validation loss"}, rows)
	text += fmt.Sprintf("\nMeans over %d seeds ± half of their 95%% interval, %d runs in all, after %d steps of %s\n"+
		"at one learning rate, %s.\n", seeds/len(cells), seeds, train.Steps, train.Optimizer, number.Full(train.LR))
	for _, x := range readTable(t, "../../docs/quickstart/exponents.csv") {
		if x["quantity"] == "grad_norm_onset" {
			text += fmt.Sprintf("\n- %s: the onset gradient norm goes as r to the power %s [%s, %s]; by theory %s.",
				label(x["scheme"]), thousandths(x["exponent"]), thousandths(x["ci_low"]), thousandths(x["ci_high"]),
				x["predicted"])
		}
	}
	return text + "\n"
}

// readTable reads a CSV file, each row by the names of its columns.
func readTable(t *testing.T, path string) (rows []map[string]string) {
	t.Helper()
	f, err := os.Open(path)
	check(t, err)
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	check(t, err)
	for _, cells := range all[1:] {
		row := make(map[string]string)
		for i, name := range all[0] {
			row[name] = cells[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// label is a scheme as people write it.
func label(scheme string) string {
	return strings.Replace(strings.Replace(scheme, "rslora", "rsLoRA", 1), "lora", "LoRA", 1)
}

// short is a number to three digits.
func short(text string) string {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	return number.Significant(v, 3)
}

// thousandths is a number to three decimals.
func thousandths(text string) string {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	return strconv.FormatFloat(v, 'f', 3, 64)
}

// plusMinus is the interval of a column, to two digits of its half width.
func plusMinus(row map[string]string, column string) string {
	var v [3]float64
	for i, end := range []string{"", "_low", "_high"} {
		var err error
		if v[i], err = strconv.ParseFloat(row[column+end], 64); err != nil {
			return "-"
		}
	}
	half := (v[2] - v[1]) / 2
	if half <= 0 {
		return short(row[column])
	}
	decimals := max(0, 1-int(math.Floor(math.Log10(half))))
	return fmt.Sprintf("%.*f ± %.*f", decimals, v[0], decimals, half)
}
