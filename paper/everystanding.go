package paper

import (
	"fmt"
	"strings"

	"ranksweep/paper/table"
)

// everyStanding is the section with all standings of each claim, from the first report to this one, and why
// rules changed.
func (r Reproduction) everyStanding(past History) string {
	type row struct {
		claim  string
		f      Finding
		number int
	}
	var rows []row
	for i, f := range r {
		rows = append(rows, row{fmt.Sprint(i + 1), f, i})
		if f.Larger.Claim.Larger != "" {
			rows = append(rows, row{fmt.Sprintf("%d, at 135M", i+1), *f.Larger, i})
		}
	}
	var t table.Table
	table.Fill(&t, rows,
		table.Words("claim", func(x row) string { return x.claim }),
		table.Words("standings before, in order", func(x row) string { return x.f.earlier(past) }),
		table.Words("standing", func(x row) string { return x.f.standing() }),
		table.Words("rules that were fixed, in order, and why", func(x row) string {
			return whys(x.f.Key, past)
		}),
	)
	return "\n## Every standing that a claim has had\n\nBefore rules were fixed there were two reports, 4e03cf6 and " +
		"4789d53; these are the commits that have them. Where the second changed the rule and kept the numbers, the " +
		"history also has what the first rule says of these numbers. A rule that judged nothing has no judgement in " +
		"the " +
		"history; that nobody made runs under it, or looked at them, the repository cannot show.\n\n" + t.Markdown()
}

// earlier lists all judgements of the claim but this report's own, each with what it was of.
func (f Finding) earlier(past History) string {
	now, _ := f.judgements(past)
	var all []string
	for i, j := range past {
		if j.Claim != f.Key || now == &past[i] {
			continue
		}
		of := "rule " + j.Rule + ", runs of " + j.Date
		if j.Rule == "" {
			of = strings.ReplaceAll(strings.TrimPrefix(j.Study, "report-"), "-", " ")
		}
		all = append(all, fmt.Sprintf("%s (%s)", j.Standing, of))
	}
	return strings.Join(all, "; ")
}
