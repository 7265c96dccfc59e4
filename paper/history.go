package paper

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
)

// Number is a number that a standing rests on, with its 95% interval.
type Number struct {
	Name             string
	Value, Low, High float64
}

// powerNumber is the number of a fitted power.
func powerNumber(name string, e stats.Exponent) Number { return Number{name, e.Value, e.Low, e.High} }

// meanNumber is the number of a mean.
func meanNumber(name string, i stats.Interval) Number { return Number{name, i.Mean, i.Low, i.High} }

// Judgement is a standing that a claim has had, with its rule and its runs.
type Judgement struct {
	Claim    string // its key
	Date     string // of the last run
	Rule     string // hash; empty before rules were data
	Study    string // digest of the runs; empty before studies were kept
	Standing Standing
	Numbers  []Number
}

// History is all judgements, in the order in which they were made. None is ever
// removed.
type History []Judgement

// last returns the newest judgement of a claim and the one before it.
func (h History) last(key string) (now, before *Judgement) {
	for i := len(h) - 1; i >= 0; i-- {
		switch {
		case h[i].Claim != key:
		case now == nil:
			now = &h[i]
		default:
			return now, &h[i]
		}
	}
	return now, nil
}

// by are the judgements of a claim by a rule, the last one of each study's runs.
func (h History) by(key, rule string) (all []Judgement) {
	for _, j := range h {
		if j.Claim != key || j.Rule != rule {
			continue
		}
		all = slices.DeleteFunc(all, func(o Judgement) bool { return o.Study == j.Study })
		all = append(all, j)
	}
	return all
}

// since counts the judgements of a claim by rules that were fixed.
func (h History) since(key string) (n int) {
	for _, j := range h {
		if j.Claim == key && j.Rule != "" {
			n++
		}
	}
	return n
}

// oftenText says on how many blocks of seeds a claim was seen by its present rule, the present runs among them.
func (h History) oftenText(c Claim, study string, now Standing) string {
	all, seen := h.tally(c, now, func(j Judgement) bool { return j.Study != study && j.Rule == c.Rule.Hash() })
	return fmt.Sprintf(" By this rule the claim was judged on %s of seeds, and *seen* on %d.",
		number.Count(all, "block"), seen)
}

// otherwiseText says how often fixed rules, the present one and earlier ones, judged a claim that is seen now, and how
// often it was seen; empty if it was seen whenever it was judged.
func (h History) otherwiseText(c Claim, study string, now Standing) string {
	all, seen := h.tally(c, now, func(j Judgement) bool {
		return j.Rule != "" && (j.Rule != c.Rule.Hash() || j.Study != study)
	})
	if now != Seen || seen == all {
		return ""
	}
	return fmt.Sprintf(" By fixed rules, the present one among them, the claim was judged %s, and *seen* %s.",
		number.Count(all, "time"), number.Count(seen, "time"))
}

// tally counts the judgements of a claim, the present one and those of the history that count, and how many of them
// are seen.
func (h History) tally(c Claim, now Standing, counts func(Judgement) bool) (all, seen int) {
	all = 1
	if now == Seen {
		seen++
	}
	for _, j := range h {
		if j.Claim != c.Key || !counts(j) {
			continue
		}
		if all++; j.Standing == Seen {
			seen++
		}
	}
	return all, seen
}

// under returns the newest judgement of a claim by a rule on some runs.
func (h History) under(key, rule, study string) *Judgement {
	for i := len(h) - 1; i >= 0; i-- {
		if h[i].Claim == key && h[i].Rule == rule && h[i].Study == study {
			return &h[i]
		}
	}
	return nil
}

// Add adds the judgements of a report that differ from the newest ones in their rule, their
// runs or their standing. A finding is no judgement if its rule was changed after its runs.
func (h History) Add(r Reproduction) History {
	h = slices.Clone(h)
	for _, f := range r.all() {
		if f.Standing <= Partial || f.Late {
			continue
		}
		j := Judgement{f.Key, f.made.Last, f.Rule.Hash(), f.made.Digest, f.Standing, f.Numbers}
		if now, _ := h.last(f.Key); now == nil || now.Rule != j.Rule || now.Study != j.Study ||
			now.Standing != j.Standing {
			h = append(h, j)
		}
	}
	return h
}

// Write replaces a file with the history: a row for each number of a judgement, or one row if
// it has none.
func (h History) Write(path string) error {
	var rows [][]string
	for _, j := range h {
		row := []string{j.Claim, j.Date, j.Rule, j.Study, j.Standing.code()}
		if len(j.Numbers) == 0 {
			rows = append(rows, append(row, "", "", "", ""))
		}
		for _, n := range j.Numbers {
			rows = append(rows, append(slices.Clone(row),
				n.Name, number.Exact(n.Value), number.Exact(n.Low), number.Exact(n.High)))
		}
	}
	return writeRows(path, historyTexts, rows)
}

// ReadHistory reads a file that Write wrote. A missing file is an empty history.
func ReadHistory(path string) (h History, err error) {
	rows, err := readRows(path, historyTexts)
	if err != nil {
		return nil, err
	}
	for i, row := range rows {
		if err := h.read(row); err != nil {
			return nil, fmt.Errorf("paper: %s:%d: %w", path, i+2, err)
		}
	}
	return h, nil
}

// read adds a row.
func (h *History) read(row []string) error {
	standing, err := standingOf(row[4])
	if err != nil {
		return err
	}
	j := Judgement{Claim: row[0], Date: row[1], Rule: row[2], Study: row[3], Standing: standing}
	n := len(*h)
	if n == 0 || !(*h)[n-1].same(j) || row[5] == "" {
		*h = append(*h, j)
		n++
	}
	if row[5] == "" {
		return nil
	}
	number := Number{Name: row[5]}
	for i, to := range []*float64{&number.Value, &number.Low, &number.High} {
		if *to, err = parseField(row[6+i]); err != nil {
			return err
		}
	}
	(*h)[n-1].Numbers = append((*h)[n-1].Numbers, number)
	return nil
}

// same reports whether two rows belong to one judgement.
func (j Judgement) same(k Judgement) bool {
	return j.Claim == k.Claim && j.Date == k.Date && j.Rule == k.Rule && j.Study == k.Study && j.Standing == k.Standing
}

// parseField reads a number; an empty field is NaN.
func parseField(s string) (float64, error) {
	if s == "" {
		return math.NaN(), nil
	}
	return strconv.ParseFloat(s, 64)
}
