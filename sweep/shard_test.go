package sweep

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"ranksweep/train"
)

func TestParseShard(t *testing.T) {
	for text, want := range map[string]Shard{"1/1": {1, 1}, "3/64": {3, 64}, "64/64": {64, 64}, "03/64": {3, 64}} {
		if got, err := ParseShard(text); got != want || err != nil {
			t.Errorf("%s is %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "3", "/", "3/", "/3", "0/0", "0/4", "65/64", "3/0", "-1/4", "1/-4", "+1/4",
		"1.5/4", "1/4.0", " 1/4", "1/4 ", "1/4/2", "one/4", "1e0/4", "0x1/4", "1/99999999999999999999", "٣/٤"} {
		s, err := ParseShard(text)
		if err == nil || !s.Whole() {
			t.Errorf("%q is %v, %v", text, s, err)
			continue
		}
		for _, part := range []string{fmt.Sprintf("%q", text), "from 1 to OF", "3/64"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%q: %v: does not say %s", text, err, part)
			}
		}
	}
}

// costs makes jobs with the given costs in millions of operations; their IDs are a, b, c …
func costs(list ...float64) *Plan {
	p := new(Plan)
	for i, c := range list {
		p.Jobs = append(p.Jobs, Job{ID: string(rune('a' + i)), Material: train.Material{Cost: 1e6 * c}})
	}
	return p
}

func ids(p *Plan) (text string) {
	for _, j := range p.Jobs {
		text += j.ID
	}
	return text
}

// TestShardsByHand: 5 and 5 open two shards, 3 goes to the first since both are equal, 2 and 2 to
// the second, and 1 to the first, which has 8 where the second has 9.
func TestShardsByHand(t *testing.T) {
	p := costs(2, 5, 1, 3, 5, 2)
	for s, want := range map[Shard]string{{1, 2}: "bcd", {2, 2}: "aef", {1, 1}: "abcdef", {}: "abcdef", {7, 7}: ""} {
		if got := ids(p.Part(s, nil)); got != want {
			t.Errorf("shard %v has %q, want %q", s, got, want)
		}
	}
	if got := ids(p.Part(Shard{1, 2}, costs(2, 5))); got != "ce" {
		t.Errorf("of the jobs that are new, shard 1/2 has %q, want ce", got)
	}
}

// TestEveryJobIsInOneShard: shards are disjoint, leave out none, do not depend on the order of jobs,
// and no two differ by more than one job costs.
func TestEveryJobIsInOneShard(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		p := new(Plan)
		for i := range rng.IntN(60) {
			cost := float64(rng.IntN(4)) * 1e12 / 3 // many equals, some without cost
			p.Jobs = append(p.Jobs, Job{ID: fmt.Sprint(i), Material: train.Material{Cost: cost}})
		}
		shuffled := &Plan{Jobs: slices.Clone(p.Jobs)}
		rng.Shuffle(len(p.Jobs), func(i, j int) {
			shuffled.Jobs[i], shuffled.Jobs[j] = shuffled.Jobs[j], shuffled.Jobs[i]
		})
		of, in := 1+rng.IntN(70), make(map[string]int)
		var loads []float64
		for number := 1; number <= of; number++ {
			part, again := p.Part(Shard{number, of}, nil), shuffled.Part(Shard{number, of}, nil)
			for _, j := range part.Jobs {
				in[j.ID]++
				if !slices.ContainsFunc(again.Jobs, func(k Job) bool { return k.ID == j.ID }) {
					t.Fatalf("in another order job %s is in another shard", j.ID)
				}
			}
			loads = append(loads, Cost(part.Jobs))
		}
		for _, j := range p.Jobs {
			if in[j.ID] != 1 {
				t.Fatalf("job %s is in %d of %d shards", j.ID, in[j.ID], of)
			}
		}
		if gap := slices.Max(loads) - slices.Min(loads); gap > 1.0001e12 { // 1e12 is the dearest job
			t.Errorf("%d jobs in %d shards: loads %.3g", len(p.Jobs), of, loads)
		}
	}
}
