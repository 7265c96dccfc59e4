package lora

import (
	"math"
	"sort"

	"ranksweep/nn"
)

// allocator cuts singular values of all maps of a run to the budget.
type allocator struct {
	Budget
	maps   []*adaMap
	square []float32 // (r, r), for the penalty
}

func newAllocator(arena *nn.Arena, c Config, maps int) *allocator {
	a := &allocator{Budget: c.Budget, maps: make([]*adaMap, 0, maps)}
	if a.Penalty != NoPenalty {
		a.square = arena.Floats(c.Rank * c.Rank)
	}
	return a
}

// Allocate does what a method does after the update of a step: AdaLoRA learns the importance of its
// entries, while it can still cut, and cuts to the budget. Gradients must still be those of the update.
// Other methods do nothing.
func (s *Set) Allocate(step int) {
	if s.budget != nil {
		s.budget.allocate(step)
	}
}

// allocate does as PEFT does: in the phase of cuts, singular values that are cut go on to train, and may be
// kept by the next cut. At the end of it the last cut is made, and holds for the rest of the run.
func (a *allocator) allocate(step int) {
	end := a.Steps - a.Final
	if step < end {
		for _, m := range a.maps {
			m.a.observe(a.Beta1, a.Beta2)
			m.e.observe(a.Beta1, a.Beta2)
			m.b.observe(a.Beta1, a.Beta2)
		}
	}
	budget, cut := a.at(step, len(a.maps), a.maps[0].Rank())
	if !cut {
		return
	}
	if step <= end {
		a.keep(budget)
	}
	for _, m := range a.maps {
		m.cut()
	}
}

// keep chooses the singular values with the highest scores. Those with the same score as the best that is
// not kept are not kept either, as in PEFT.
func (a *allocator) keep(budget int) {
	for _, m := range a.maps {
		m.scores()
	}
	below := len(a.maps)*a.maps[0].Rank() - budget
	if below < 1 {
		return
	}
	highest := a.smallest(below)
	for _, m := range a.maps {
		for k, s := range m.score {
			m.kept[k] = 1
			if s <= highest {
				m.kept[k] = 0
			}
		}
	}
}

// smallest returns the n-th smallest score of all. It searches for its bits, whose order is that of
// numbers which are not negative, so that it needs no memory.
func (a *allocator) smallest(n int) float32 {
	bits := sort.Search(math.MaxInt32, func(bits int) bool {
		count := 0
		for _, m := range a.maps {
			for _, s := range m.score {
				if math.Float32bits(s) <= uint32(bits) {
					count++
				}
			}
		}
		return count >= n
	})
	return math.Float32frombits(uint32(bits))
}

// cut sets the singular values to zero that are not kept.
func (m *adaMap) cut() {
	for k, kept := range m.kept {
		if kept == 0 {
			m.e.Value[k] = 0
		}
	}
	m.Updated()
}

// Left returns how many singular values the last allocation left to a map of the set, by its place; false if
// the method cuts none.
func (s *Set) Left(place int) (rank int, ok bool) {
	if s.budget == nil {
		return 0, false
	}
	return s.budget.maps[place].left(), true
}

// State returns what a method remembers from step to step beside its parameters, sharing memory with the set:
// of AdaLoRA the importance of entries, and which singular values are kept.
func (s *Set) State() (all []nn.Tensor) {
	if s.budget == nil {
		return nil
	}
	for _, m := range s.budget.maps {
		all = append(all, m.a.tensors()...)
		all = append(all, m.e.tensors()...)
		all = append(all, m.b.tensors()...)
		all = append(all, nn.Tensor{Name: "kept." + m.e.Name, Shape: []int{1, len(m.kept)}, Data: m.kept})
	}
	return all
}
