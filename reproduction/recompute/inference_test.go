package recompute

import (
	"encoding/csv"
	"errors"
	"math"
	"os"
	"slices"
	"strconv"
)

// timing is a row of inference.csv.
type timing struct {
	form        string
	rank, round int
	seconds     float64
}

func readTimes(path string) (all []timing, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return all, rowsOf(csv.NewReader(file), path, func(columns map[string]int, row []string) error {
		t := timing{form: row[columns["form"]]}
		var errs [3]error
		t.rank, errs[0] = strconv.Atoi(row[columns["rank"]])
		t.round, errs[1] = strconv.Atoi(row[columns["round"]])
		t.seconds, errs[2] = strconv.ParseFloat(row[columns["seconds"]], 64)
		all = append(all, t)
		return errors.Join(errs[:]...)
	})
}

// overBase is the geometric mean over rounds of the time of a form divided by the time of the
// base model.
func overBase(times []timing, form string, rank int) interval {
	base := make(map[int]float64)
	for _, t := range times {
		if t.form == "base" {
			base[t.round] = t.seconds
		}
	}
	var logs []float64
	for _, t := range times {
		if b := base[t.round]; b > 0 && t.form == form && t.rank == rank {
			logs = append(logs, math.Log(t.seconds)-math.Log(b))
		}
	}
	i := mean(logs)
	i.mean, i.low, i.high = math.Exp(i.mean), math.Exp(i.low), math.Exp(i.high)
	return i
}

func judgeMerged(r rule, s *study) finding {
	f, slowest := finding{standing: seen}, 1.0
	t := wanted{kind: "inference"}
	var ranks []int
	for _, x := range s.times {
		if x.form == "merged" {
			ranks = append(ranks, x.rank)
		}
	}
	slices.Sort(ranks)
	ranks = slices.Compact(ranks)
	for _, rank := range ranks {
		merged, beside := overBase(s.times, "merged", rank), overBase(s.times, "attached", rank)
		values := map[string]say{
			"adapter merged into the map": bracketed(merged, 3), "adapter beside the map": bracketed(beside, 3),
			"rounds": one(count(merged.n)),
		}
		t.rows = append(t.rows, wantedRow{keys: map[string]say{"rank": one(count(rank))}, values: values})
		f.add(phrase("time merged over the base's, rank #", count(rank)), merged)
		most := r.Limits["ratio"]
		switch {
		case merged.low > 1/most && merged.high < most:
		case merged.low > most:
			f.standing, slowest = notSeen, math.Max(slowest, merged.mean)
		case f.standing == seen:
			f.standing = unresolved
		}
	}
	if len(ranks) == 0 {
		f.standing = unresolved
	} else {
		f.size = ranksSaid(ranks).plus(phrase("; n = # rounds", count(overBase(s.times, "merged", ranks[0]).n)))
	}
	f.tables, f.off = []wanted{t}, phrase("slower by #%", fix(100*(slowest-1), 1))
	return f
}
