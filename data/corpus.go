package data

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// Kind is what a segment is to the loss.
type Kind byte

const (
	// Text is scored.
	Text Kind = iota
	// Prompt is read, and scored only where the settings ask for it.
	Prompt
	// Completion is scored, with an EOS that ends it.
	Completion

	// System, User, Assistant and Tool are turns of a conversation, laid out
	// by the chat template of the model that reads it.
	System
	User
	Assistant
	Tool
)

// Segment is a part of an example.
type Segment struct {
	Kind Kind
	Text string
}

// Example is what a model reads in one go: one Text, or a Prompt and its
// Completion, or the turns of a conversation.
type Example []Segment

func pair(prompt, completion string) Example {
	return Example{{Prompt, prompt}, {Completion, completion}}
}

// key identifies an example by its content.
func (x Example) key() key {
	var b []byte
	for _, s := range x {
		b = append(b, byte(s.Kind))
		b = binary.AppendUvarint(b, uint64(len(s.Text)))
		b = append(b, s.Text...)
	}
	return sha256.Sum256(b)
}

type key [sha256.Size]byte

// Corpus is the content of a source. It is not changed once loaded.
type Corpus struct {
	Source   string // as given to Load
	Examples []Example

	// Hash is the sha256, in hex, of the examples in order. It does not
	// depend on where they were read from.
	Hash string
}

func newCorpus(source string, examples []Example) *Corpus {
	h := sha256.New()
	for _, x := range examples {
		k := x.key()
		h.Write(k[:])
	}
	return &Corpus{Source: source, Examples: examples, Hash: hex.EncodeToString(h.Sum(nil))}
}

// Texts returns the text of every example, its segments joined.
func (c *Corpus) Texts() []string {
	texts := make([]string, len(c.Examples))
	for i, x := range c.Examples {
		for _, s := range x {
			texts[i] += s.Text
		}
	}
	return texts
}
