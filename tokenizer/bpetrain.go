package tokenizer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// TrainBPE learns a byte-level BPE tokenizer with vocab tokens from texts, which it splits as
// GPT-2 does. The tokens are the 256 bytes in the order of their spelling, then merges in the
// order in which they were learned, then "<|endoftext|>", the EOS. There is no BOS. Each merge
// joins the pair of neighbours that is most frequent at that time; among equals, the pair with
// the smaller left id, then the smaller right id (Sennrich et al. 2016, arXiv:1508.07909,
// section 3.2). It is an error if the texts have too few pairs.
func TrainBPE(texts []string, vocab int) (Tokenizer, error) {
	if vocab < len(byteRunes)+1 {
		return nil, fmt.Errorf("tokenizer: vocabulary of %d tokens: must be at least %d, the bytes and %s", vocab,
			len(byteRunes)+1, endOfText)
	}
	t := newBPETrainer(texts)
	for len(t.spelling) < vocab-1 {
		if err := t.merge(); err != nil {
			return nil, fmt.Errorf("tokenizer: vocabulary of %d tokens: %w", vocab, err)
		}
	}
	return newByteLevel(t.spelling, t.merges, true), nil
}

// bpeTrainer counts pairs of neighbouring tokens in the distinct words of a
// text, and keeps the counts as merges change the words.
type bpeTrainer struct {
	spelling []string // spelling of each token, in the byte alphabet
	merges   [][2]string

	words [][]int32 // distinct words, as tokens
	times []int     // number of times that each occurs
	count map[pair]int
	in    map[pair]map[int32]bool // words that contain a pair, or contained it
	queue queue[pairCount]
}

func newBPETrainer(texts []string) *bpeTrainer {
	t := &bpeTrainer{count: make(map[pair]int), in: make(map[pair]map[int32]bool)}
	alphabet := slices.Sorted(slices.Values(byteRunes[:]))
	var ids [256]int32
	for id, r := range alphabet {
		t.spelling = append(t.spelling, string(r))
		ids[runeBytes[r]] = int32(id)
	}
	times := wordCounts(texts)
	for _, text := range slices.Sorted(maps.Keys(times)) {
		word := make([]int32, len(text))
		for i := range len(text) {
			word[i] = ids[text[i]]
		}
		t.words = append(t.words, word)
		t.times = append(t.times, times[text])
	}
	changed := make(map[pair]bool)
	for at := range t.words {
		t.tally(int32(at), 1, changed)
	}
	t.enqueue(changed)
	return t
}

// wordCounts returns the number of times that each word occurs in texts. Every part of a text
// belongs to a word, since findGPT2 finds all of it.
func wordCounts(texts []string) map[string]int {
	times := make(map[string]int)
	for _, text := range texts {
		text = wellFormed(text)
		b := newBudget(context.Background(), len(text))
		findGPT2(&b, text, func(begin, end int) { times[text[begin:end]]++ })
	}
	return times
}

// tally adds the pairs of a word to the counts, or with sign −1 removes them.
func (t *bpeTrainer) tally(at int32, sign int, changed map[pair]bool) {
	word := t.words[at]
	for i := range len(word) - 1 {
		p := pair{word[i], word[i+1]}
		t.count[p] += sign * t.times[at]
		changed[p] = true
		if t.in[p] == nil {
			t.in[p] = make(map[int32]bool)
		}
		t.in[p][at] = true
	}
}

func (t *bpeTrainer) enqueue(changed map[pair]bool) {
	for p := range changed {
		if n := t.count[p]; n > 0 {
			t.queue.push(pairCount{p, n})
		}
	}
}

// merge learns one merge.
func (t *bpeTrainer) merge() error {
	for len(t.queue) > 0 {
		top := t.queue.pop()
		if top.n != t.count[top.pair] {
			continue // the count has changed, and the pair was queued again
		}
		t.apply(top.pair)
		return nil
	}
	return errors.New("the texts have no more pairs to merge: use more text or fewer tokens")
}

func (t *bpeTrainer) apply(p pair) {
	id := int32(len(t.spelling))
	left, right := t.spelling[p.left], t.spelling[p.right]
	t.spelling = append(t.spelling, left+right)
	t.merges = append(t.merges, [2]string{left, right})
	changed := make(map[pair]bool)
	for at := range t.in[p] {
		t.tally(at, -1, changed)
		t.words[at] = join(t.words[at], p, id)
		t.tally(at, 1, changed)
	}
	delete(t.in, p)
	delete(t.count, p)
	delete(changed, p)
	t.enqueue(changed)
}

// join replaces each pair p in word by id, from the left.
func join(word []int32, p pair, id int32) []int32 {
	out := word[:0]
	for i := 0; i < len(word); i++ {
		if i+1 < len(word) && word[i] == p.left && word[i+1] == p.right {
			out = append(out, id)
			i++
		} else {
			out = append(out, word[i])
		}
	}
	return out
}

type pairCount struct {
	pair
	n int
}

// before reports whether p is merged before other.
func (p pairCount) before(other pairCount) bool {
	switch {
	case p.n != other.n:
		return p.n > other.n
	case p.left != other.left:
		return p.left < other.left
	}
	return p.right < other.right
}
