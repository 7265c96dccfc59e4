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

// of returns the jobs of the shard in their order.
func (s Shard) of(jobs []Job) (own []Job) {
	for i, shard := range ShardsOf(jobs, s.Of) {
		if shard == s.Number {
			own = append(own, jobs[i])
		}
	}
	return own
}

// ShardsOf returns the number of the shard of each job, if there are so many shards. The longest
// first, each goes to the shard that has the least to do so far; the ID and the number of the shard
// decide between equals.
func ShardsOf(jobs []Job, shards int) []int {
	order, weights := make([]int, len(jobs)), make([]float64, len(jobs))
	for i := range jobs {
		order[i], weights[i] = i, jobs[i].weight()
	}
	slices.SortFunc(order, func(i, k int) int {
		return cmp.Or(cmp.Compare(weights[k], weights[i]), cmp.Compare(jobs[i].ID, jobs[k].ID), cmp.Compare(i, k))
	})
	loads := make([]load, min(shards, len(jobs))) // others stay empty
	for i := range loads {
		loads[i].shard = i + 1
	}
	numbers := make([]int, len(jobs))
	for _, i := range order {
		numbers[i] = loads[0].shard
		loads[0].weight += weights[i]
		sink(loads)
	}
	return numbers
}

// load is what a shard has to do.
type load struct {
	weight float64
	shard  int
}

func (l load) less(m load) bool {
	return l.weight < m.weight || l.weight == m.weight && l.shard < m.shard
}

// sink moves the first of the loads, which has grown, down a heap, of which the first is the least.
func sink(loads []load) {
	for at := 0; ; {
		least := at
		for child := 2*at + 1; child <= 2*at+2 && child < len(loads); child++ {
			if loads[child].less(loads[least]) {
				least = child
			}
		}
		if least == at {
			return
		}
		loads[at], loads[least] = loads[least], loads[at]
		at = least
	}
}

// weight is the cost of a job in whole thousands of operations: sums of them are exact, so that no
// rounding makes shards differ between machines.
func (j *Job) weight() float64 { return max(1, math.Round(j.Material.Cost/1000)) }
