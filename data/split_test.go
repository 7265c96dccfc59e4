package data

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// numbered returns n distinct pairs.
func numbered(n int) []Example {
	var list []Example
	for i := range n {
		list = append(list, pair(fmt.Sprint("question ", i, "\n"), fmt.Sprint("answer ", i)))
	}
	return list
}

// heldOut returns the texts of the sequences that are held out, sorted.
func heldOut(t *testing.T, c *Corpus, s Settings) []string {
	d := mustEncode(t, c, plainBytes, s)
	list := showAll(d.Val)
	slices.Sort(list)
	return list
}

func TestSplit(t *testing.T) {
	examples := numbered(100)
	s := Settings{Loss: LossCompletion, Context: 64, Validation: 10}
	d := mustEncode(t, corpus(examples...), plainBytes, s)
	all := append(showAll(d.Train), showAll(d.Val)...)
	slices.Sort(all)
	if len(d.Val) != 10 || len(all) != 100 || len(slices.Compact(all)) != 100 {
		t.Errorf("%d held out and %d trained on, want 10 and 90 distinct", len(d.Val), len(d.Train))
	}
	held := heldOut(t, corpus(examples...), s)

	shuffled := slices.Clone(examples)
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(shuffled), func(i, j int) {
		shuffled[i], shuffled[j] = shuffled[j], shuffled[i]
	})
	if got := heldOut(t, corpus(shuffled...), s); !slices.Equal(got, held) {
		t.Errorf("in another order %q are held out, want %q", got, held)
	}

	more := s
	more.Validation = 11
	if got := heldOut(t, corpus(examples...), more); len(got) != 11 || len(missing(got, held)) != 0 {
		t.Errorf("of 11 held out, %q are not among the 10", missing(got, held))
	}

	twice := append(slices.Clone(examples), examples...)
	d = mustEncode(t, corpus(twice...), plainBytes, s)
	if len(d.Val) != 20 || len(missing(held, showAll(d.Val))) != 0 {
		t.Errorf("with each example twice, %d are held out, want the same 10 twice", len(d.Val))
	}

	more = s
	more.Context = 32
	if got := heldOut(t, corpus(examples...), more); !slices.Equal(got, held) {
		t.Errorf("with another context that cuts nothing off, %q are held out, want %q", got, held)
	}
}

// missing returns the items of list that others lacks.
func missing(others, list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(others, s) })
}

// The windows of a text stay on one side of the split, unless the corpus is a single text.
func TestSplitOfTexts(t *testing.T) {
	s := Settings{Loss: LossAll, Context: 4, Validation: 1}
	d := mustEncode(t, texts("aaaaaaaaaaaaa", "bbbbbbbbbbbbb"), plainBytes, s)
	sides := make(map[byte]string)
	for name, side := range map[string][]Sequence{"train": d.Train, "validation": d.Val} {
		for _, q := range side {
			sides[byte(batchOf(q).Tokens[0])] += name + " "
		}
	}
	want := []string{strings.Repeat("train ", 4), strings.Repeat("validation ", 4)}
	if got := slices.Sorted(maps.Values(sides)); !slices.Equal(got, want) {
		t.Errorf("windows of the texts are in %q, want %q", got, want)
	}

	d = mustEncode(t, texts("abcdefghijklm"), plainBytes, s)
	if len(d.Train) != 3 || len(d.Val) != 1 {
		t.Errorf("of a lone text's windows %d are held out of %d, want 1 of 4", len(d.Val), len(d.Train)+len(d.Val))
	}
}
