package paper

import (
	"fmt"
	"strings"

	"ranksweep/paper/table"
)

// Brief is the opening of a page on the report, in Markdown: how many claims were seen, what
// tuning and the optimizer change, and a line for each claim.
func (r Reproduction) Brief() string {
	var t table.Table
	table.Fill(&t, r.numbered(),
		table.Words("claim", func(f numbered) string { return fmt.Sprintf("%d. %s", f.number, f.Name) }),
		table.Words(atBase, func(f numbered) string { return f.standing() }),
		table.Words(atLarger, func(f numbered) string { return f.Larger.standing() }),
	)
	return fmt.Sprintf("Of %d claims: %s.\n"+
		"All are about one small model, one data set and short training; the report has the optimizer,\n"+
		"learning rates, steps, ranks and number of seeds of each. The same rules on a larger model,\n"+
		"%s, with other data: %s.\n\n%s\n%s",
		len(r), r.counts(Finding.here), LargerModel, r.counts(Finding.there), r.caution(), t.Markdown())
}

func (f Finding) here() Standing  { return f.Standing }
func (f Finding) there() Standing { return f.Larger.Standing }

// counts says how many claims have each standing, from seen to not run.
func (r Reproduction) counts(of func(Finding) Standing) string {
	var counts [len(standings)]int
	for _, f := range r {
		counts[of(f)]++
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

// caution tells three things apart that are easily confused: the paper's pattern at one rate,
// tuned rates, and the two kinds of optimizer. It cites the claims by number.
func (r Reproduction) caution() string {
	return "Three things are easily confused:\n\n" +
		"- **At one low learning rate for all ranks**, as in the paper's figure 2, the largest rank gains\n" +
		"  less under LoRA than a tenth of what the smallest learned: " + r.cited("lora-rank-no-better") +
		". Under\n  rsLoRA it ends lower: " + r.cited("rslora-rank-better") + ".\n" +
		"- **With the learning rate tuned** for each scheme and rank, the largest rank ends at a lower loss\n" +
		"  after as many steps under all three schemes: " + r.cited("tuned-ranks") + ". At equal cost, under\n" +
		"  rsLoRA: " + r.cited("rank-for-compute") + ". rsLoRA and LoRA+ then end at LoRA's loss, to within a\n" +
		"  tenth of what LoRA learned: " + r.cited("tuned-schemes") + ".\n" +
		"- **Under Adam, theory predicts something else than under SGD**, since a step of SGD shrinks with\n" +
		"  the gradient and a step of Adam does not. That only α/√r makes the first step gain the same at\n" +
		"  every rank: " + r.cited("only-sqrt-stable-sgd") + " under SGD; " + r.cited("only-sqrt-stable-adamw") +
		" under AdamW, for which\n  theory predicts α/r instead.\n"
}

// cited is the standing of a claim and its number.
func (r Reproduction) cited(key string) string {
	for i, f := range r {
		if f.Key == key {
			return fmt.Sprintf("*%s* (claim %d)", f.standing(), i+1)
		}
	}
	return "*no claim here*"
}
