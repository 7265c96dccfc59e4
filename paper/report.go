package paper

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"ranksweep/paper/number"
	"ranksweep/paper/table"
)

// Markdown writes the report under a heading. folder has the figures, as PNG. past has all
// judgements and their runs, also those of this report.
func (r Reproduction) Markdown(heading, folder string, past Past) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%s", strings.TrimRight(heading, "\n"), r.claims(past.History))
	first := make(map[string]int) // the claim that shows a figure, by the figure's name
	for i, f := range r {
		f.elsewhere = maps.Clone(first)
		fmt.Fprintf(&b, "\n## %d. %s\n\n%s", i+1, f.title(), f.markdown(folder, past))
		for _, g := range f.Figures {
			if first[g.Name] == 0 {
				first[g.Name] = i + 1
			}
		}
	}
	b.WriteString(r.studies())
	b.WriteString(r.changes(past.History))
	b.WriteString(r.everyStanding(past.History))
	return b.String()
}

// claims is a table with a row for each claim.
func (r Reproduction) claims(past History) string {
	var t table.Table
	table.Fill(&t, r.numbered(),
		table.Words("claim", func(f numbered) string { return fmt.Sprintf("%d. %s", f.number, f.title()) }),
		table.Words("source", func(f numbered) string { return f.Source }),
		table.Words("rule, fixed on", func(f numbered) string { return f.rule() }),
		table.Words("standing before", func(f numbered) string {
			if _, before := f.judgements(past); before != nil {
				return before.Standing.String()
			}
			return ""
		}),
		table.Words(atBase, func(f numbered) string { return f.standing() }),
		table.Words(atLarger, func(f numbered) string { return f.Larger.standing() }),
	)
	return t.Markdown()
}

// rule names the rule and the day on which it was fixed.
func (f Finding) rule() string {
	text := "`" + f.Rule.Hash() + "`"
	if rules := rulesOf(f.Key); len(rules) > 0 {
		text += ", " + rules[0].Date
	}
	return text
}

// foldedRows is the most rows that a table may have to be shown unfolded.
const foldedRows = 16

func (f Finding) markdown(folder string, past Past) string {
	return fmt.Sprintf("*Reported* (%s): %s\n\n*Looked for here* (%s): %s\n\n", f.Source, f.Says,
		f.evidence(), f.Looks) +
		f.outcome(folder, past) + f.largerSection(folder, past)
}

// outcome says what was found, with the standing, the tables and the figures.
func (f Finding) outcome(folder string, past Past) string {
	var b strings.Builder
	if f.Text != "" {
		fmt.Fprintf(&b, "*Found here*: %s\n\n", f.Text)
	}
	fmt.Fprintf(&b, "**Standing: %s**\n%s", f.standing(), f.before(past))
	if f.Late {
		b.WriteString("\n" + f.lateness() + "\n")
	}
	if f.Standing == Unresolved && f.Resolve != "" {
		fmt.Fprintf(&b, "\nWhat would resolve it: %s\n", f.Resolve)
	}
	for _, t := range append(slices.Clone(f.Tables), f.blocksTable(past)...) {
		t.Caption = "" // the page explains the columns, and captions of figures what was held equal
		rows := strings.TrimRight(t.Markdown(), "\n")
		if len(t.Rows) > foldedRows {
			fmt.Fprintf(&b, "\n<details><summary>%s: %d rows</summary>\n\n%s\n</details>\n",
				t.Title, len(t.Rows), rows)
			continue
		}
		fmt.Fprintf(&b, "\n**%s**\n\n%s\n", t.Title, rows)
	}
	if len(f.Figures) == 0 && f.Equal != "" {
		b.WriteString("\n" + f.Equal + "\n")
	}
	for i, figure := range f.Figures {
		if at := f.elsewhere[figure.Name]; at > 0 {
			fmt.Fprintf(&b, "\nThese runs are drawn under claim %d, in %s/%s.png.\n", at, folder, figure.Name)
			continue
		}
		caption := figure.Caption
		if rest, same := strings.CutSuffix(caption, f.Equal); same && i > 0 {
			caption = rest + "The runs are those of the figure above."
		}
		fmt.Fprintf(&b, "\n![%s](%s/%s.png)\n\n%s\n", f.Name, folder, figure.Name, caption)
	}
	return b.String()
}

// before lists the standings that the claim had on other runs, or by other rules, since rules
// are fixed, and what its numbers are over all blocks of seeds; empty if there are none.
func (f Finding) before(past Past) string {
	now, _ := f.judgements(past.History)
	var all []string
	for i, j := range past.History {
		if j.Claim != f.Key || j.Rule == "" || now == &past.History[i] {
			continue
		}
		rule := "the same rule"
		if j.Rule != f.Rule.Hash() {
			rule = "rule `" + j.Rule + "`"
		}
		made := "a program that is not known"
		if block, ok := past.of(j.Study); ok {
			made = block.text()
		}
		all = append(all, fmt.Sprintf("*%s* (%s, runs of %s, %s%s)", j.Standing, rule, j.Date, made, j.fewNumbers()))
	}
	if len(all) == 0 {
		return ""
	}
	text := "\nJudgements before: " + strings.Join(all, "; ") + "." + repeated(len(all)+1) + "\n"
	if over, _ := f.overBlocks(past); over != "" {
		text += "\nOver blocks: " + over + "\n"
	}
	return text
}

// repeated says what it means that a claim was judged so many times; empty if that was once or twice.
func repeated(times int) string {
	if times < 3 {
		return ""
	}
	return fmt.Sprintf(" With the present one that makes %d. Whether there was a next judgement depended on what the "+
		"one before found, so the present standing has been given more than one chance.", times)
}

// fewNumbers are the numbers of a judgement, if they are so few that a sentence can name them.
func (j Judgement) fewNumbers() (text string) {
	if len(j.Numbers) > listed {
		return ""
	}
	for _, n := range j.Numbers {
		text += fmt.Sprintf("; %s: %s", n.Name, n.text())
	}
	return text
}

// lateness gives the standing by the rule of the runs' days, and the one by today's rule.
func (f Finding) lateness() string {
	then := "By the earlier rule, these runs were never judged."
	if f.judged {
		then = fmt.Sprintf("By the earlier rule, the claim was *%s*.", f.Standing)
	}
	text := fmt.Sprintf("The rule was changed after these runs. %s By the new rule it would be *%s*, but that "+
		"needs runs on seeds that the new rule has not seen.", then, f.New)
	if rules := rulesOf(f.Key); len(rules) > 0 && rules[0].Why != "" {
		text += " Why it was changed: " + rules[0].Why
	}
	return text
}

// evidence says where the numbers come from.
func (f Finding) evidence() string {
	if f.Rule.Study == InferenceStudy {
		return "timed on the machine that the end of this page names, `reproduction/inference/inference.csv`"
	}
	return fmt.Sprintf("experiment `%s`", f.Rule.Study)
}

// studies says how each study was made.
func (r Reproduction) studies() string {
	var made []Finding // one for each study
	for _, f := range r.all() {
		same := func(g Finding) bool { return g.made.Name == f.made.Name }
		if f.made.Name != "" && !slices.ContainsFunc(made, same) {
			made = append(made, f)
		}
	}
	var t table.Table
	table.Fill(&t, made,
		table.Words("study", func(f Finding) string { return f.made.Name }),
		table.Words("last run", func(f Finding) string { return f.made.Last }),
		table.Numbers("runs", func(f Finding) string { return fmt.Sprintf("%d of %d", f.Done, f.Planned) }),
		table.Numbers("core hours", func(f Finding) string {
			return number.Fixed(f.made.Seconds/time.Hour.Seconds(), 2)
		}),
		table.Words("CPU", func(f Finding) string { return f.made.CPU }),
		table.Words("kernel", func(f Finding) string { return f.made.Kernel }),
		table.Words("program", func(f Finding) string { return f.made.Program }),
		table.Numbers("block of seeds", func(f Finding) int { return f.made.Block }),
		table.Words("grid", func(f Finding) string { return f.made.Asked }),
	)
	return "\n## How the studies were made\n\n" +
		"`sweep reproduce --only STUDY` makes a single study again; a study whose name ends in 135m also needs " +
		"--model and --set data=PATH. Block k of the seeds has the seeds that the " +
		"experiment names, plus 1000 k. A rule uses a block only once, unless its study is run on " +
		"it again by another program, as init-losses was: a rule that was changed after its runs is judged on the " +
		"next block. The grid is the fingerprint of the experiment's settings. Where " +
		"a study has one, paper/grids.yaml had it before these runs. For the other studies the line in that file " +
		"was written after the runs, from the experiment that they were made with." + knownGrids(made) + " A " +
		"program with (devel) in its name was built from files that no commit has, so it cannot be built " +
		"again." + rebasedPrograms(made) + " Every other program is a commit of this repository from before these " +
		"runs, and has their rules: `git show COMMIT:paper/ledger.yaml`. Runs that later ones replaced are in older " +
		"commits of reproduction/, by the programs that reproduction/blocks.csv names; runs that it lacks are in no " +
		"commit.\n\n" +
		t.Markdown() + changedGrids(made)
}

// knownGrids names the studies whose grid was written down after runs with it on the same seeds, though
// before the present ones; empty if there are none.
func knownGrids(made []Finding) string {
	var names []string
	for _, f := range made {
		if slices.ContainsFunc(grids, func(g FixedGrid) bool {
			return g.Study == f.made.Name && g.Grid == f.made.Asked && g.Known >= f.made.Block
		}) {
			names = append(names, f.made.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf(" The line was written when the results of first runs on the same seeds were known, and these "+
		"runs were made again later, for %s.", strings.Join(names, ", "))
}

// changedGrids says which grids were changed, when and why, and of which there are no runs yet.
func changedGrids(made []Finding) string {
	var b strings.Builder
	for _, g := range grids {
		if g.Why != "" {
			fmt.Fprintf(&b, "- The grid of %s was changed on %s: %s.", g.Study, g.Date, withClaimNumbers(g.Why))
			if g.isLast() && slices.ContainsFunc(made, func(f Finding) bool {
				return f.made.Name == g.Study && f.made.Asked != g.Grid
			}) {
				b.WriteString(" There are no runs with it yet: the numbers on this page are of a grid before.")
			}
			b.WriteString("\n")
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "\n" + b.String()
}

// changes lists, claim by claim, what differs from the judgement before.
func (r Reproduction) changes(past History) string {
	var b strings.Builder
	b.WriteString("\n## What changed since the judgement before\n\n")
	any := false
	tell := func(name string, texts []string) {
		if len(texts) > 0 {
			any = true
			fmt.Fprintf(&b, "- %s: %s\n", name, strings.Join(texts, " "))
		}
	}
	for i, f := range r {
		tell(fmt.Sprint(i+1), f.changed(f.judgements(past)))
		tell(fmt.Sprintf("%d, %s", i+1, atLarger), f.Larger.changed(f.Larger.judgements(past)))
	}
	if !any {
		b.WriteString("Nothing.\n")
	} else {
		b.WriteString("\nWhy rules were changed stands in the table below.\n")
	}
	return b.String()
}

// judgements are the finding's own judgement, if it has one, and the one before it.
func (f Finding) judgements(past History) (now, before *Judgement) {
	now, before = past.last(f.Key)
	if now != nil && (f.Late || f.Standing <= Partial || now.Rule != f.Rule.Hash() || now.Study != f.made.Digest) {
		return nil, now
	}
	return now, before
}

// changed says how two judgements of a claim differ.
func (f Finding) changed(now, before *Judgement) (all []string) {
	switch {
	case before == nil:
		return nil
	case now == nil:
		by := "by a rule that has changed since"
		if before.Rule == f.Rule.Hash() {
			by = "on other runs"
		}
		return []string{fmt.Sprintf("*%s*; before, it was *%s*, %s.", f.standing(), before.Standing, by)}
	}
	if now.Standing != before.Standing {
		all = append(all, fmt.Sprintf("*%s*; before, it was *%s*.", now.Standing, before.Standing))
	}
	if now.Rule != before.Rule {
		was := fmt.Sprintf("it was `%s`", before.Rule)
		if before.Rule == "" {
			was = "rules were not fixed"
		}
		all = append(all, fmt.Sprintf("The rule is `%s`; before, %s.", now.Rule, was))
	}
	for _, n := range now.Numbers {
		if m, ok := before.named(n.Name); ok && math.Abs(n.Value-m.Value) > math.Hypot(n.half(), m.half()) {
			all = append(all, fmt.Sprintf("%s is %s, and was %s: the 95%% interval of the difference does not "+
				"contain 0.",
				n.Name, n.text(), m.text()))
		}
	}
	return append(all, renamed(now, before)...)
}

// renamed lists the numbers of the judgement before that have no match by name; none if all have,
// or if now or before had no numbers.
func renamed(now, before *Judgement) []string {
	var old []string
	for _, n := range before.Numbers {
		_, is := now.named(n.Name)
		if _, was := before.named(n.Name); !is || !was {
			old = append(old, n.Name+" was "+n.text())
		}
	}
	if len(old) == 0 || len(now.Numbers) == 0 {
		return nil
	}
	return []string{"Numbers from before that have no counterpart by name, and are not compared: " +
		strings.Join(old, "; ") + "."}
}

// named returns the number with a name, if exactly one has it.
func (j *Judgement) named(name string) (n Number, ok bool) {
	for _, m := range j.Numbers {
		if m.Name == name && ok {
			return Number{}, false
		} else if m.Name == name {
			n, ok = m, true
		}
	}
	return n, ok
}

// whys are the reasons for all rules of a claim, in order, each with the rule's hash, and with a note if the history
// has no judgement by it.
func whys(key string, past History) string {
	var all []string
	for _, r := range rulesOf(key) {
		note := ""
		if len(past.by(key, r.Rule)) == 0 {
			note = " (judged nothing)"
		}
		all = append(all, fmt.Sprintf("`%s`%s: %s", r.Rule, note, withClaimNumbers(strings.TrimSpace(r.Why))))
	}
	slices.Reverse(all)
	return strings.Join(all, "; ")
}

// withClaimNumbers names claims by their numbers where a reason has their keys. A key of one word is left
// as it is: it may be meant as a word.
func withClaimNumbers(reason string) string {
	words := strings.Fields(reason)
	for i, word := range words {
		key := strings.TrimRight(word, ",;.")
		at := slices.IndexFunc(claims, func(c Claim) bool { return c.Key == key })
		if at >= 0 && strings.Contains(key, "-") {
			words[i] = fmt.Sprintf("claim %d%s", at+1, word[len(key):])
		}
	}
	return strings.Join(words, " ")
}

// half is half of the width of the interval; NaN without one.
func (n Number) half() float64 { return (n.High - n.Low) / 2 }

// text is the number with its interval, with digits enough to show that two numbers differ.
func (n Number) text() string {
	five := func(v float64) string { return number.Significant(v, 5) }
	if math.IsNaN(n.Low) {
		return five(n.Value)
	}
	return fmt.Sprintf("%s [%s, %s]", five(n.Value), five(n.Low), five(n.High))
}

// isLast reports whether no later line has another grid of the study.
func (g FixedGrid) isLast() bool {
	last := ""
	for _, other := range grids {
		if other.Study == g.Study {
			last = other.Grid
		}
	}
	return last == g.Grid
}
