package paper

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"ranksweep/paper/number"
	"ranksweep/paper/table"
)

// Brief is the opening of a page on the report, in Markdown: how many claims were seen, what
// tuning and the optimizer change, and a line for each claim. w are the widths of the small model.
func (r Reproduction) Brief(w Widths) string {
	var t table.Table
	table.Fill(&t, r.numbered(),
		table.Words("claim", func(f numbered) string { return fmt.Sprintf("%d. %s", f.number, f.title()) }),
		table.Words("evidence", func(f numbered) string { return f.Rule.evidence().String() }),
		table.Words(atBase, func(f numbered) string { return f.standing() }),
		table.Words(atLarger, func(f numbered) string { return f.Larger.standing() }),
	)
	for i, f := range r {
		if f.Beware != "" {
			t.Doubt(i, strings.TrimSpace(f.Beware))
		}
		if f.Larger.Beware != "" {
			t.Doubt(i, capital(atLarger)+": "+strings.TrimSpace(f.Larger.Beware))
		}
	}
	opening := fmt.Sprintf("Of %d claims: %s. %s%s All are about one small model, one data set and short training; "+
		"each line has the optimizer, learning rates, steps, ranks and number of seeds. The same rules on a larger "+
		"model, %s, with other data: %s. %d claims have a study for it; %d of these have been run.",
		len(r), r.counts(Finding.here), r.seenBy(), r.oneIdentity(), LargerModel,
		r.counts(Finding.there), r.larger(), r.largerRun())
	return fmt.Sprintf("%s\n%s\n%s\n%s", filled(opening), filled(w.Text()), filled(r.caution()), t.Markdown())
}

// larger counts the claims that have a study on the larger model, and largerRun those of which it was
// run.
func (r Reproduction) larger() int {
	return len(slices.DeleteFunc(slices.Clone(r), func(f Finding) bool { return f.Claim.Larger == "" }))
}

func (r Reproduction) largerRun() int {
	return len(slices.DeleteFunc(slices.Clone(r), func(f Finding) bool { return f.there() <= Partial }))
}

// filled breaks each line of a text into lines of at most 100 characters, those of a list indented.
func filled(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		indent := ""
		if strings.HasPrefix(line, "- ") {
			indent = "  "
		}
		at := 0
		for i, word := range strings.Fields(line) {
			n := utf8.RuneCountInString(word)
			switch {
			case i > 0 && at+1+n > 100:
				b.WriteString("\n" + indent)
				at = len(indent)
			case i > 0:
				b.WriteByte(' ')
				at++
			}
			b.WriteString(word)
			at += n
		}
		b.WriteByte('\n')
	}
	return b.String()
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

// caution tells four things apart that are easily confused: ranks at one rate, ranks at tuned rates,
// schemes at tuned rates, and the two kinds of optimizer. It cites the claims by number.
func (r Reproduction) caution() string {
	return "Four things are easily confused. The first two compare the final loss of the largest rank with that of " +
		"the smallest, in percent of what the smallest learned.\n\n" +
		"- **At one learning rate for all ranks**, 3e-4 here and 5e-5 in the paper's figure 2" +
		r.made("lora-rank-no-better") + ", the loss" +
		r.share("lora-rank-no-better", "LoRA") + ". That it gains less than a tenth: " +
		r.cited("lora-rank-no-better") + ". It" + r.share("rslora-rank-better", "rsLoRA") + ". That it is lower: " +
		r.cited("rslora-rank-better") + "." + r.beware("rslora-rank-better") + "\n" +
		"- **With the learning rate tuned** for each rank" + r.made("tuned-ranks") + ", the loss" +
		r.share("tuned-ranks", "LoRA", "rsLoRA", "LoRA+") + ". That it is lower under all three schemes, by however " +
		"little: " + r.cited("tuned-ranks") + "." + r.beware("tuned-ranks") + " At equal cost" +
		r.made("rank-for-compute") + " it" + r.share("rank-for-compute", "rsLoRA") +
		". That it is lower: " + r.cited("rank-for-compute") + "." + r.beware("rank-for-compute") + "\n" +
		"- **Between schemes**, with the learning rate tuned for each scheme and rank: rsLoRA and LoRA+ with " +
		"ratio 16, which was not tuned, end at LoRA's loss, to within a tenth of what LoRA learned: " +
		r.cited("tuned-schemes") + "." + r.lacks("tuned-schemes") +
		"\n- **Under Adam, theory predicts something else than under SGD**, since a step " +
		"of SGD shrinks with the gradient and a step of Adam does not. That only α/√r makes the first step gain the " +
		"same at every rank to first order, to within ±0.1 of its power of rank: " +
		r.cited("only-sqrt-stable-sgd") + " under SGD; " + r.cited("only-sqrt-stable-adamw") + " under AdamW, for " +
		"which theory predicts α/r instead."
}

// made says what a claim was judged on, in parentheses; empty if there are no runs.
func (r Reproduction) made(key string) string {
	if size := r.finding(key).Size; size != "" {
		return " (" + size + ")"
	}
	return ""
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

// finding is the finding of a claim; the zero value if there is none.
func (r Reproduction) finding(key string) Finding {
	for _, f := range r {
		if f.Key == key {
			return f
		}
	}
	return Finding{}
}

// share says how the losses of a claim's schemes differ, in percent of what was learned: " is lower by
// 1.6 ± 0.6% under LoRA". Without runs it says that it was not compared.
func (r Reproduction) share(key string, schemes ...string) string {
	var all []string
	for i, n := range r.finding(key).Shares {
		which := "higher"
		if n.Value < 0 {
			which = "lower"
		}
		all = append(all, fmt.Sprintf("%s by %s ± %s%% under %s", which, number.Fixed(100*math.Abs(n.Value), 1),
			number.Fixed(50*(n.High-n.Low), 1), schemes[i]))
	}
	if len(all) == 0 {
		return " was not compared under " + strings.Join(schemes, ", ")
	}
	return " is " + strings.Join(all, ", ")
}

// beware is what to know beside a claim's standing; empty if there is nothing.
func (r Reproduction) beware(key string) string {
	if text := strings.TrimSpace(r.finding(key).Beware); text != "" {
		return " " + text
	}
	return ""
}

// lacks says which comparisons of a claim do not bear it out; empty if all do.
func (r Reproduction) lacks(key string) string {
	if text := r.finding(key).Lacks; text != "" {
		return " " + text
	}
	return ""
}
