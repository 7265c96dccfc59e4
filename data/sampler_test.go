package data

import (
	"reflect"
	"slices"
	"testing"

	"ranksweep/nn"
	"ranksweep/nn/heaptest"
)

// drawn returns the sequences in the batch, identified by their first token.
func drawn(b *nn.Batch) []int {
	var list []int
	for _, start := range b.Starts[:b.Sequences()] {
		list = append(list, int(b.Tokens[start]))
	}
	return list
}

// distinct returns n sequences of various lengths with first tokens 0 to n-1.
func distinct(n int) []Sequence {
	list := make([]Sequence, n)
	for i := range list {
		list[i].tokens = []entry{entry(i), 1000 | scored, 1001 | scored, 1002 | scored}[:2+i%3]
	}
	return list
}

func TestSamplerDrawsEachOnceAnEpoch(t *testing.T) {
	for n := 1; n < 12; n++ {
		for size := 1; size < 7; size++ {
			s := NewSampler(new(nn.Arena), distinct(n), 3)
			var order []int
			var b nn.Batch
			for step := range n * 4 { // size·4 epochs
				s.Batch(&b, step, size)
				if b.Sequences() != size {
					t.Fatalf("%d sequences, want %d", b.Sequences(), size)
				}
				order = append(order, drawn(&b)...)
			}
			for epoch := range slices.Chunk(order, n) {
				for i, v := range slices.Sorted(slices.Values(epoch)) {
					if i != v {
						t.Fatalf("n %d, size %d: an epoch draws %v", n, size, epoch)
					}
				}
			}
		}
	}
}

// TestOrderIsTheBatches: the places that Order names hold the sequences of the batch.
func TestOrderIsTheBatches(t *testing.T) {
	const n, size = 7, 3
	s, other := NewSampler(new(nn.Arena), distinct(n), 3), NewSampler(new(nn.Arena), distinct(n), 3)
	var b nn.Batch
	for step := range 4 * n {
		s.Batch(&b, step, size)
		if got := other.Order(nil, step, size); !slices.Equal(got, drawn(&b)) {
			t.Errorf("step %d: places %v, batch %v", step, got, drawn(&b))
		}
	}
}

func TestSamplerDependsOnSeedAndStepAlone(t *testing.T) {
	sequences := distinct(23)
	batch := func(seed uint64, steps ...int) nn.Batch {
		s := NewSampler(new(nn.Arena), sequences, seed)
		var b nn.Batch
		for _, step := range steps {
			s.Batch(&b, step, 4)
		}
		return b
	}
	if a, b := batch(5, 17), batch(5, 0, 40, 3, 17); !reflect.DeepEqual(a, b) {
		t.Errorf("step 17 is %v on its own and %v after others", drawn(&a), drawn(&b))
	}
	same := 0
	for step := range 20 {
		a, b := batch(5, step), batch(6, step)
		if slices.Equal(drawn(&a), drawn(&b)) {
			same++
		}
	}
	if same > 1 { // of 23·22·21·20 equally likely batches
		t.Errorf("seeds 5 and 6 agree at %d of 20 steps", same)
	}
	var first, second []int
	for step := range 6 { // 24 draws
		a, b := batch(5, step), batch(5, step+6)
		first, second = append(first, drawn(&a)...), append(second, drawn(&b)...)
	}
	if slices.Equal(first[:23], append(first[23:], second[:22]...)) {
		t.Error("two epochs have one order")
	}
}

// The order is part of a run's identity, so it must not change between versions.
func TestSamplerOrderIsFixed(t *testing.T) {
	var b nn.Batch
	NewSampler(new(nn.Arena), distinct(8), 1).Batch(&b, 0, 8)
	if got, want := drawn(&b), []int{2, 7, 1, 5, 6, 4, 0, 3}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestSamplerDoesNotAllocate(t *testing.T) {
	s := NewSampler(new(nn.Arena), distinct(50), 1) // an epoch is a dozen batches
	var b nn.Batch
	s.Batch(&b, 0, 50)
	step := 0
	if n := heaptest.Allocations(30, func() {
		step++
		s.Batch(&b, step, 4)
	}); n != 0 {
		t.Errorf("%d allocations in 30 batches, want none", n)
	}
}

func TestFill(t *testing.T) {
	sequences := distinct(5)
	var b nn.Batch
	Fill(&b, sequences[3:])
	Fill(&b, sequences[:3])
	want := nn.Batch{
		Tokens:  []int32{0, 1, 1000, 2, 1000, 1001},
		Targets: []int32{1000, 1000, 1001, 1000, 1001, 1002},
		Starts:  []int{0, 1, 3, 6},
	}
	if !reflect.DeepEqual(b, want) {
		t.Errorf("got %v, want %v", b, want)
	}
}
