package paper

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
	"ranksweep/results"
)

// BlocksFile says of all runs that a claim was judged on how they were made, also of those that later ones replaced.
const BlocksFile = "blocks.csv"

// Block is what is known of the runs of a study on one block of seeds.
type Block struct {
	Digest   string // of the runs
	Study    string
	Number   int    // block of seeds
	Grid     string // fingerprint of the experiment; empty if it is not known
	Programs string // that made the runs
}

// Blocks are all blocks that are known.
type Blocks []Block

// blockTexts are the columns of blocks.csv.
var blockTexts = []results.Column{
	{Name: "study", Meaning: "digest of the runs, by which history.csv names them"},
	{Name: "experiment", Meaning: "the study's name"},
	{Name: "block", Meaning: "block k has the seeds that the experiment names, plus 1000 k"},
	{Name: "grid", Meaning: "fingerprint of the experiment's settings; empty if it is not known"},
	{Name: "program", Meaning: "what made the runs: version and commit; two if equal runs were made twice"},
}

// Past is what was judged before, and on which runs.
type Past struct {
	History
	Blocks
}

// of returns the block of some runs, by their digest.
func (b Blocks) of(digest string) (Block, bool) {
	if i := b.index(digest); i >= 0 {
		return b[i], true
	}
	return Block{}, false
}

func (b Blocks) index(digest string) int {
	return slices.IndexFunc(b, func(c Block) bool { return c.Digest == digest })
}

// Add adds the runs of a report's studies that are not there yet. Where runs came out equal when they were
// made again, it adds the program that made them last.
func (b Blocks) Add(r Reproduction) Blocks {
	b = slices.Clone(b)
	for _, f := range r.all() {
		if f.Standing <= Partial {
			continue
		}
		m := f.made
		made := Block{m.Digest, m.Name, m.Block, m.Asked, m.Program}
		switch i := b.index(m.Digest); {
		case i < 0:
			b = append(b, made)
		case !strings.Contains(b[i].Programs, m.Program):
			made.Programs = b[i].Programs + ", " + m.Program
			b[i] = made
		}
	}
	return b
}

// Write replaces a file with the blocks.
func (b Blocks) Write(path string) error {
	var rows [][]string
	for _, c := range b {
		rows = append(rows, []string{c.Digest, c.Study, strconv.Itoa(c.Number), c.Grid, c.Programs})
	}
	return writeRows(path, blockTexts, rows)
}

// ReadBlocks reads a file that Write wrote. A missing file has no blocks.
func ReadBlocks(path string) (b Blocks, err error) {
	rows, err := readRows(path, blockTexts)
	if err != nil {
		return nil, err
	}
	for i, row := range rows {
		n, err := strconv.Atoi(row[2])
		if err != nil {
			return nil, fmt.Errorf("paper: %s:%d: block %q: must be a whole number", path, i+2, row[2])
		}
		b = append(b, Block{row[0], row[1], n, row[3], row[4]})
	}
	return b, nil
}

// text names the block and its programs.
func (b Block) text() string {
	var all []string
	for _, program := range strings.Split(b.Programs, ", ") {
		all = append(all, programText(program))
	}
	return fmt.Sprintf("block %d of seeds, %s", b.Number, strings.Join(all, " and again by "))
}

// commitOf finds the commit that a program was built from.
var commitOf = regexp.MustCompile(`[0-9a-f]{40}$`)

// programText names the commit that a program was built from.
func programText(program string) string {
	if commit := commitOf.FindString(program); commit != "" {
		return "program `" + commit[:12] + "`"
	}
	return "a program of no commit"
}

// overBlocks says what the numbers of a claim are on average over all blocks of seeds that its rule has judged, or why
// they have no average; empty if it has had no other judgement. rows has the numbers if they are too many for a
// sentence.
func (f Finding) overBlocks(past Past) (text string, rows []Number) {
	blocks := past.by(f.Key, f.Rule.Hash())
	switch others := past.since(f.Key); {
	case len(blocks) < 2 && others < 2:
		return "", nil
	case len(blocks) < 2:
		return "This rule has judged one block of seeds. What other rules measured is not averaged with it.", nil
	}
	for _, n := range f.Numbers {
		if m, ok := f.meanOver(blocks, n.Name); ok {
			rows = append(rows, m)
		}
	}
	if len(rows) == 0 {
		return fmt.Sprintf("This rule has judged %d blocks of seeds. Of each, history.csv has only a share of cells, "+
			"which has no interval: there is no estimate over blocks.", len(blocks)), nil
	}
	text = fmt.Sprintf("The mean over the %d blocks of seeds that this rule has judged%s", len(blocks),
		past.otherGrids(blocks))
	apart := f.apartText(blocks)
	if len(rows) > listed {
		return text + ": see the last table." + apart, rows
	}
	var all []string
	for _, n := range rows {
		all = append(all, n.Name+": "+n.text())
	}
	return text + ": " + strings.Join(all, "; ") + "." + apart, nil
}

// apartText says which numbers differ between blocks by more than chance lets them, as their intervals have it; empty
// if none does. Each number is tested for one value in all blocks, by the sum of squared deviations in units of
// standard errors, which is about χ²; half of an interval counts as 1.96 of these, which never makes one too small.
func (f Finding) apartText(blocks []Judgement) string {
	if len(blocks) < 2 {
		return ""
	}
	var names []string
	var ps []float64
	for _, n := range f.Numbers {
		if mean, ok := f.meanOver(blocks, n.Name); ok {
			names, ps = append(names, mean.Name), append(ps, unequal(blocks, n.Name))
		}
	}
	ps = stats.Holm(ps)
	var all []string
	for i, p := range ps {
		if p <= fewFalse {
			all = append(all, fmt.Sprintf("%s (p = %s)", names[i], number.Significant(p, 2)))
		}
	}
	if len(all) == 0 {
		return ""
	}
	return fmt.Sprintf(" The blocks differ from each other by more than chance lets them, corrected by Holm's "+
		"method over %s, in: %s. Whether that is chance all the same, or a fault, is open.",
		number.Count(len(ps), "number"), strings.Join(all, "; "))
}

// unequal is the P of the hypothesis that a number is the same in all blocks.
func unequal(blocks []Judgement, name string) float64 {
	var values, weights []float64
	for _, j := range blocks {
		n, _ := j.named(name)
		se := n.half() / distuv.UnitNormal.Quantile(0.975)
		values, weights = append(values, n.Value), append(weights, 1/(se*se))
	}
	mean, sum := stat.Mean(values, weights), 0.0
	for i, v := range values {
		sum += weights[i] * (v - mean) * (v - mean)
	}
	return distuv.ChiSquared{K: float64(len(values) - 1)}.Survival(sum)
}

// otherGrids says that judged runs have several grids; empty if they have one, as far as that is known.
func (b Blocks) otherGrids(judged []Judgement) string {
	known := make(map[string]bool)
	for _, j := range judged {
		if block, ok := b.of(j.Study); ok && block.Grid != "" {
			known[block.Grid] = true
		}
	}
	if len(known) < 2 {
		return ""
	}
	return ", whose grids differ"
}

// blocksTable has the means over blocks if they are too many for a sentence; none if they are not.
func (f Finding) blocksTable(past Past) []table.Table {
	_, rows := f.overBlocks(past)
	if len(rows) == 0 {
		return nil
	}
	t := table.Table{Name: "blocks", Title: "Means over all blocks of seeds that this rule has judged, with 95% " +
		"intervals"}
	table.Fill(&t, rows,
		table.Words("number", func(n Number) string { return n.Name }),
		table.Numbers("mean over blocks", func(n Number) string { return n.text() }),
	)
	return []table.Table{t}
}

// meanOver is the mean of a number over blocks, each counting once; ok is false if one of them lacks it, or its
// interval. Losses of all blocks are on the same validation examples, so that errors may go together: then the interval
// is as wide as those of the blocks are on average.
func (f Finding) meanOver(blocks []Judgement, name string) (mean Number, ok bool) {
	half, squares := 0.0, 0.0
	for _, j := range blocks {
		n, ok := j.named(name)
		if !ok || !number.Finite(n.half()) {
			return mean, false
		}
		mean.Value += n.Value / float64(len(blocks))
		half, squares = half+n.half(), squares+n.half()*n.half()
	}
	if half /= float64(len(blocks)); f.Rule.evidence() != OfLosses {
		half = math.Sqrt(squares) / float64(len(blocks))
	}
	return Number{name, mean.Value, mean.Value - half, mean.Value + half}, true
}
