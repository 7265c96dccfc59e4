package data

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// key returns a hash that is equal for pieces that must be on the same side of the split: those
// of equal examples, or if there is one example, equal pieces.
func (p *pieces) key(c *Corpus, q piece) key {
	if !p.single {
		if q.example != p.last || p.lastKey == nil {
			k := c.examples[q.example].key()
			p.last, p.lastKey = q.example, &k
		}
		return *p.lastKey
	}
	p.hashed = p.hashed[:0]
	for _, t := range p.tape.slice(q.from, q.to) {
		p.hashed = binary.LittleEndian.AppendUint32(p.hashed, uint32(t.id()))
	}
	return sha256.Sum256(p.hashed)
}

// holdOut chooses n distinct keys: the smallest keys. The choice is as good as random, since keys
// are hashes. It returns for each piece whether it is held out.
func (p *pieces) holdOut(c *Corpus, n int) (func(q piece) bool, error) {
	var smallest []key // at most n+1 distinct ones, sorted
	for _, q := range p.list {
		smallest = insert(smallest, p.key(c, q), n+1)
	}
	if n >= len(smallest) {
		return nil, TooFew{n, len(smallest)}
	}
	bound := smallest[n]
	return func(q piece) bool { return n > 0 && compareKeys(p.key(c, q), bound) < 0 }, nil
}

// insert adds k to a sorted list of distinct keys, of which it keeps the n smallest.
func insert(list []key, k key, n int) []key {
	i, found := slices.BinarySearchFunc(list, k, compareKeys)
	if found || i == n {
		return list
	}
	return slices.Insert(list[:min(len(list), n-1)], i, k)
}

func compareKeys(a, b key) int { return bytes.Compare(a[:], b[:]) }
