package paper

import (
	"fmt"
	"strings"

	"ranksweep/paper/table"
)

// Brief is the report as a page opens with it, in Markdown: how many claims were seen,
// what tuning and the optimizer change, and a line a claim.
func (r Reproduction) Brief() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Of %d claims: %s.\n\n%s\n| claim | found |\n|:---|:---|\n", len(r), r.counts(), r.caution())
	for i, f := range r {
		fmt.Fprintf(&b, "| %d. %s | %s |\n", i+1, table.Escape(f.Name), f.standing())
	}
	return b.String()
}

// counts says how many claims have each standing, from the one that says most.
func (r Reproduction) counts() string {
	var counts [len(standings)]int
	for _, f := range r {
		counts[f.Standing]++
	}
	var all []string
	for s := Seen; ; s-- {
		if counts[s] > 0 {
			all = append(all, fmt.Sprintf("%d %s", counts[s], s))
		}
		if s == NotRun {
			return strings.Join(all, ", ")
		}
	}
}

// caution tells apart what is easily taken for one thing: the paper's pattern, tuned
// rates, and the two kinds of optimizer. What was found stands in it, by number.
func (r Reproduction) caution() string {
	return "Three things are easily taken for one:\n\n" +
		"- **At one learning rate for all ranks**, which is what the paper's figure 2 shows, larger ranks\n" +
		"  gain nothing under LoRA: " + r.cited("lora-rank-no-better") + ". They do under rsLoRA: " +
		r.cited("rslora-rank-better") + ".\n" +
		"- **With rates tuned**, each scheme and rank at its own best, the largest rank ends lower than the\n" +
		"  smallest under every scheme: " + r.cited("tuned-ranks") + ". Every other scheme is then within a\n" +
		"  tenth of what LoRA learned: " + r.cited("tuned-schemes") + ".\n" +
		"- **Under Adam theory says other things than under SGD**, since a step of SGD shrinks with the\n" +
		"  gradient and one of Adam does not. That α/√r alone makes the first step's gain free of rank:\n" +
		"  " + r.cited("only-sqrt-stable-sgd") + " under SGD; " + r.cited("only-sqrt-stable-adamw") +
		" under AdamW, where theory has α/r in its place.\n"
}

// cited is the standing of a claim, with its number.
func (r Reproduction) cited(key string) string {
	for i, f := range r {
		if f.Key == key {
			return fmt.Sprintf("*%s* (claim %d)", f.standing(), i+1)
		}
	}
	return "*no claim here*"
}
