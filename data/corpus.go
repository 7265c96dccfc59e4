package data

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// Kind says how the loss treats a segment.
type Kind byte

const (
	// Text is scored.
	Text Kind = iota
	// Prompt is read. It is scored only if the settings ask for it.
	Prompt
	// Completion is scored, including the EOS that ends it.
	Completion

	// System, User, Assistant and Tool are turns of a conversation. The chat template of
	// the model that reads it lays them out.
	System
	User
	Assistant
	Tool

	// Quoted is a turn of the assistant that is read and never scored.
	Quoted
	// Fields are the further fields of the turn before, as a JSON object.
	Fields
	// Tools are the functions that the assistant may call, as a JSON list. They come first.
	Tools
)

// Segment is a part of an example.
type Segment struct {
	Kind Kind
	Text string
}

// Example is a text that a model reads at once: one Text, or a Prompt and its Completion, or
// the turns of a conversation.
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

// Corpus is the content of a source. It does not change once it is loaded.
type Corpus struct {
	Source   string // the argument of Load
	Examples []Example

	// Hash is the sha256, in hex, of the examples in order. It does not depend on the
	// source's name or form.
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

// Texts returns the text of every example, with its segments joined.
func (c *Corpus) Texts() []string {
	texts := make([]string, len(c.Examples))
	for i, x := range c.Examples {
		for _, s := range x {
			texts[i] += s.Text
		}
	}
	return texts
}
