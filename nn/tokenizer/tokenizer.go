package tokenizer

import (
	"maps"
	"strings"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
	"golang.org/x/text/encoding/unicode"
)

// Tokenizer turns text into token ids and back. It may be used by several
// goroutines at once. Added tokens, such as "<|endoftext|>", are recognized
// wherever they stand in a text. In text that is not UTF-8, each ill-formed
// sequence counts as one U+FFFD.
type Tokenizer interface {
	// Vocab returns the number of ids, one more than the largest.
	Vocab() int
	// Encode returns a whole text's ids, with the tokens that the
	// tokenizer's template puts around it, such as a BOS.
	Encode(text string) []int32
	// EncodePiece returns the ids of a text that goes on from another, with
	// no template and no space that stands only for the start of a text, so
	// that Decode of Encode(a) and EncodePiece(b) together is a+b.
	EncodePiece(text string) []int32
	// Decode returns the text of ids without special tokens; bytes that
	// are no UTF-8 become U+FFFD and ids that do not exist nothing.
	Decode(ids []int32) string
	// BOS returns the token that begins a text, if there is one.
	BOS() (id int32, ok bool)
	// EOS returns the token that ends a text, if there is one.
	EOS() (id int32, ok bool)
	// Files returns the files by name that describe the tokenizer in a
	// Hugging Face folder.
	Files() map[string][]byte
}

// none stands for the absence of a token.
const none = -1

// pipeline is a tokenizer.json, its steps in the order of use.
type pipeline struct {
	verbatim    matcher // added tokens found in the text as it is
	normalizers []normalizer
	normalized  matcher // added tokens found in normalized text
	patterns    []*regexp2.Regexp
	model       *bpe
	before      []int32 // the template's tokens
	after       []int32
	decoders    []decoder

	ids      map[string]int32 // of each token by its text
	tokens   map[int32]string // what each token stands for in normalized text
	special  map[int32]bool   // what Decode leaves out
	vocab    int
	bos, eos int32 // or none
	files    map[string][]byte
}

func (p *pipeline) Vocab() int               { return p.vocab }
func (p *pipeline) BOS() (int32, bool)       { return p.bos, p.bos != none }
func (p *pipeline) EOS() (int32, bool)       { return p.eos, p.eos != none }
func (p *pipeline) Files() map[string][]byte { return maps.Clone(p.files) }

func (p *pipeline) Encode(text string) []int32 {
	ids := append([]int32(nil), p.before...)
	ids = p.encode(ids, text, true)
	return append(ids, p.after...)
}

func (p *pipeline) EncodePiece(text string) []int32 {
	return p.encode(nil, text, false)
}

// encode appends the ids of text. A normalizer may put something before the
// text after an added token, and before the first if it is a start.
func (p *pipeline) encode(ids []int32, text string, start bool) []int32 {
	var s scratch
	for part, added := range p.verbatim.split(wellFormed(text)) {
		if added != none {
			ids, start = append(ids, added), true
			continue
		}
		for part, added := range p.normalized.split(p.normalize(part, start)) {
			if added != none {
				ids = append(ids, added)
				continue
			}
			for _, piece := range splitAll(p.patterns, part) {
				ids = p.model.encode(ids, piece, &s)
			}
		}
		start = true
	}
	return ids
}

func (p *pipeline) normalize(text string, start bool) string {
	for _, n := range p.normalizers {
		text = n(text, start)
	}
	return text
}

func (p *pipeline) Decode(ids []int32) string {
	var tokens []string
	for _, id := range ids {
		if text, ok := p.tokens[id]; ok && !p.special[id] {
			tokens = append(tokens, text)
		}
	}
	for _, d := range p.decoders {
		tokens = d(tokens)
	}
	return strings.Join(tokens, "")
}

// wellFormed replaces each maximal ill-formed sequence by U+FFFD (The Unicode
// Standard, section 3.9), as Hugging Face's tokenizers does.
func wellFormed(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	text, err := unicode.UTF8.NewDecoder().String(text)
	if err != nil {
		panic(err) // replacing cannot fail
	}
	return text
}
