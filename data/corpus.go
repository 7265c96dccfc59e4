package data

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io"
	"unsafe"
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

// flat is an example as one text, which takes less memory: for each segment its kind, the
// length of its text, and its text.
type flat string

func (x Example) flatten() flat {
	size := 0
	for _, s := range x {
		size += 1 + binary.MaxVarintLen64 + len(s.Text)
	}
	b := make([]byte, 0, size)
	for _, s := range x {
		b = append(b, byte(s.Kind))
		b = binary.AppendUvarint(b, uint64(len(s.Text)))
		b = append(b, s.Text...)
	}
	return flat(unsafe.String(unsafe.SliceData(b), len(b))) // b does not change any more
}

func (p flat) example() Example {
	var x Example
	for len(p) > 0 {
		kind := Kind(p[0])
		size, n := binary.Uvarint([]byte(p[1:min(len(p), 1+binary.MaxVarintLen64)]))
		text := p[1+n:][:size]
		x = append(x, Segment{kind, string(text)})
		p = p[1+n+int(size):]
	}
	return x
}

// key identifies an example by its content.
func (p flat) key() key { return sha256.Sum256(unsafe.Slice(unsafe.StringData(string(p)), len(p))) }

type key [sha256.Size]byte

// Corpus is the content of a source. It does not change once it is loaded.
type Corpus struct {
	Source string // the argument of Load

	// Hash is the sha256, in hex, of the examples in order. It does not depend on the
	// source's name or form.
	Hash string

	examples []flat
}

// Len returns the number of examples.
func (c *Corpus) Len() int { return len(c.examples) }

// Example returns example i.
func (c *Corpus) Example(i int) Example { return c.examples[i].example() }

// newCorpus returns a corpus of the examples that fill gives to add.
func newCorpus(source string, fill func(add func(Example)) error) (*Corpus, error) {
	c, h := &Corpus{Source: source}, sha256.New()
	err := fill(func(x Example) {
		p := x.flatten()
		k := p.key()
		h.Write(k[:])
		c.examples = append(c.examples, p)
	})
	c.Hash = hex.EncodeToString(h.Sum(nil))
	return c, err
}

// Texts returns the text of every example, with its segments joined.
func (c *Corpus) Texts() []string {
	texts := make([]string, c.Len())
	for i := range texts {
		for _, s := range c.Example(i) {
			texts[i] += s.Text
		}
	}
	return texts
}

// WriteJSONL writes the corpus of a recipe as a .jsonl file that [Load] reads as the same examples, for
// machines that lack the tree which the recipe takes them from.
func (c *Corpus) WriteJSONL(w io.Writer) error {
	lines := json.NewEncoder(w)
	for i := range c.Len() {
		line, x := make(map[string]string), c.Example(i)
		for _, s := range x {
			line[map[Kind]string{Text: "text", Prompt: "prompt", Completion: "completion"}[s.Kind]] = s.Text
		}
		if err := lines.Encode(line); err != nil {
			return err
		}
	}
	return nil
}
