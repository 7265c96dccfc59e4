package sweep

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Shard is a fixed part of the jobs of every phase: the one with a Number from 1 to Of. The zero
// Shard is all of them.
type Shard struct{ Number, Of int }

// ParseShard reads a shard, as in 3/64.
func ParseShard(text string) (Shard, error) {
	number, of, ok := strings.Cut(text, "/")
	s, err := Shard{}, error(nil)
	if ok {
		s.Number, err = digits(number)
	}
	if ok && err == nil {
		s.Of, err = digits(of)
	}
	if !ok || err != nil || s.Number < 1 || s.Number > s.Of {
		return Shard{}, fmt.Errorf("sweep: shard %q: must be NUMBER/OF, whole numbers with NUMBER from 1 to OF, "+
			"as in 3/64", text)
	}
	return s, nil
}

// digits reads a number that is written in digits alone.
func digits(text string) (int, error) {
	if strings.Trim(text, "0123456789") != "" {
		return 0, errors.New("not a whole number")
	}
	return strconv.Atoi(text)
}

// String writes the shard as [ParseShard] reads it.
func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Number, s.Of) }

// Whole reports whether the shard is all jobs, since none was asked for.
func (s Shard) Whole() bool { return s == Shard{} }

// Part returns a plan with those jobs of p that are the shard's. A phase may repeat the jobs of
// the one before, which is nil for the first phase, and add some: then the added ones alone are
// divided. Every job is in exactly one shard, which follows from the jobs alone.
func (p *Plan) Part(s Shard, before *Plan) *Plan {
	if s.Whole() {
		return p
	}
	jobs := slices.Clone(p.Jobs)
	if before != nil {
		there := make(map[string]bool, len(before.Jobs))
		for _, j := range before.Jobs {
			there[j.ID] = true
		}
		jobs = slices.DeleteFunc(jobs, func(j Job) bool { return there[j.ID] })
	}
	part := *p
	part.Jobs = s.of(jobs)
	return &part
}

// of divides jobs: the longest first, each goes to the shard that has the least to do so far; the
// ID and the number of the shard decide between equals. It returns the jobs of s in their order.
func (s Shard) of(jobs []Job) []Job {
	order := slices.Clone(jobs)
	slices.SortFunc(order, func(a, b Job) int {
		return cmp.Or(cmp.Compare(b.weight(), a.weight()), cmp.Compare(a.ID, b.ID))
	})
	loads := make([]float64, min(s.Of, len(jobs))) // others stay empty
	own := make(map[string]bool)
	for _, j := range order {
		least := slices.Index(loads, slices.Min(loads))
		loads[least] += j.weight()
		if least == s.Number-1 {
			own[j.ID] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(jobs), func(j Job) bool { return !own[j.ID] })
}

// weight is the cost of a job in whole thousands of operations: sums of them are exact, so that no
// rounding makes shards differ between machines.
func (j Job) weight() float64 { return max(1, math.Round(j.Material.Cost/1000)) }
