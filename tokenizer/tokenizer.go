package tokenizer

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"

	"ranksweep/tokenizer/chat"
)

// Tokenizer turns text into token ids and back. Several goroutines may use it at once. Added
// tokens, such as "<|endoftext|>", are recognized anywhere in a text. In text that is not UTF-8,
// each ill-formed sequence counts as one U+FFFD.
//
// Tokenizers come with models and are not trusted: what they do with a text is bounded in steps,
// bytes and tokens, in relation to the text (budget.go). Beyond a bound, Encode and Decode
// return an error that names the file and the component. They end early if ctx ends.
type Tokenizer interface {
	// Vocab returns the number of ids, one more than the largest.
	Vocab() int
	// Encode returns the ids of a whole text, with the tokens that the tokenizer's template
	// puts around it, such as a BOS.
	Encode(ctx context.Context, text string) ([]int32, error)
	// EncodeBare is Encode without the template's tokens, for a text that already has such
	// tokens, such as a conversation laid out by Chat.
	EncodeBare(ctx context.Context, text string) ([]int32, error)
	// EncodePiece returns the ids of a text that continues another one. It adds no tokens of
	// the template, and no space that only marks the start of a text, so that Decode of
	// Encode(a) and EncodePiece(b) together is a+b.
	EncodePiece(ctx context.Context, text string) ([]int32, error)
	// EncodeTo, EncodeBareTo and EncodePieceTo are for long texts: they give the ids to yield,
	// some thousands at a time, in memory that is used again.
	EncodeTo(ctx context.Context, text string, yield func(ids []int32)) error
	EncodeBareTo(ctx context.Context, text string, yield func(ids []int32)) error
	EncodePieceTo(ctx context.Context, text string, yield func(ids []int32)) error
	// Decode returns the text of ids without special tokens. Bytes that are not UTF-8 become
	// U+FFFD, and ids that do not exist are left out.
	Decode(ctx context.Context, ids []int32) (string, error)
	// BOS returns the token that begins a text, if there is one.
	BOS() (id int32, ok bool)
	// EOS returns the token that ends a text, if there is one.
	EOS() (id int32, ok bool)
	// Chat returns the template that lays conversations out; nil if there is none, and an
	// error if it uses something that is not implemented.
	Chat() (*chat.Template, error)
	// ChatTemplate returns the source of that template; empty if there is none.
	ChatTemplate() string
	// Files returns the files that describe the tokenizer in a Hugging Face folder, by name.
	Files() map[string][]byte
}

// none stands for the absence of a token.
const none = -1

// pipeline is a compiled tokenizer.json. Its fields are in the order of the steps.
type pipeline struct {
	verbatim      matcher // added tokens that are looked for in the unchanged text
	normalizers   []stage[normalizer]
	normalized    matcher // added tokens that are looked for in normalized text
	preTokenizers []stage[preTokenizer]
	model         model
	before        []int32 // the tokens of the template
	after         []int32
	decoders      []stage[decoder]

	ids      map[string]int32 // id of each token by its text
	tokens   map[int32]string // normalized text of each token
	special  map[int32]bool   // tokens that Decode leaves out
	vocab    int
	embedded int   // [Model].Vocab if the tokenizer has more tokens; 0 if the embedding has all of them
	bos, eos int32 // or none
	files    map[string][]byte
	name     string // of the file that describes the tokenizer, for errors
	template string // Jinja template for conversations
	origin   string // file of the template, for errors

	chat    func() (*chat.Template, error) // parses the template on the first call
	scratch sync.Pool                      // of *scratch
}

// stage is a component of a tokenizer, with its name for errors.
type stage[F any] struct {
	name string
	do   F
}

// model turns a piece of text into tokens.
type model interface {
	// encode appends the ids of piece, which is well-formed UTF-8 and not
	// empty.
	encode(ids []int32, piece string, s *scratch) []int32
}

func (p *pipeline) Vocab() int               { return p.vocab }
func (p *pipeline) BOS() (int32, bool)       { return p.bos, p.bos != none }
func (p *pipeline) EOS() (int32, bool)       { return p.eos, p.eos != none }
func (p *pipeline) ChatTemplate() string     { return p.template }
func (p *pipeline) Files() map[string][]byte { return maps.Clone(p.files) }

func (p *pipeline) Chat() (*chat.Template, error) {
	return p.chat()
}

func (p *pipeline) compileChat() (*chat.Template, error) {
	if p.template == "" {
		return nil, nil
	}
	tokens := chat.Tokens{BOS: p.tokens[p.bos], EOS: p.tokens[p.eos]}
	for id := range p.special {
		tokens.Special = append(tokens.Special, p.tokens[id])
	}
	slices.Sort(tokens.Special)
	return chat.New(p.origin, p.template, tokens)
}

func (p *pipeline) Encode(ctx context.Context, text string) ([]int32, error) {
	return gather(ctx, p.EncodeTo, text)
}

func (p *pipeline) EncodeBare(ctx context.Context, text string) ([]int32, error) {
	return gather(ctx, p.EncodeBareTo, text)
}

func (p *pipeline) EncodePiece(ctx context.Context, text string) ([]int32, error) {
	return gather(ctx, p.EncodePieceTo, text)
}

// gather returns all ids of a text.
func gather(ctx context.Context, encode func(context.Context, string, func([]int32)) error, text string) (
	[]int32, error) {
	ids := []int32{}
	if err := encode(ctx, text, func(some []int32) { ids = append(ids, some...) }); err != nil {
		return nil, err
	}
	return ids, nil
}

func (p *pipeline) EncodeTo(ctx context.Context, text string, yield func([]int32)) error {
	return p.encode(ctx, p.before, text, p.after, true, yield)
}

func (p *pipeline) EncodeBareTo(ctx context.Context, text string, yield func([]int32)) error {
	return p.encode(ctx, nil, text, nil, true, yield)
}

func (p *pipeline) EncodePieceTo(ctx context.Context, text string, yield func([]int32)) error {
	return p.encode(ctx, nil, text, nil, false, yield)
}

// encode gives yield the ids of text between the ids before and after. whole is false if text
// continues another one.
func (p *pipeline) encode(ctx context.Context, before []int32, text string, after []int32, whole bool,
	yield func([]int32)) (err error) {
	s, _ := p.scratch.Get().(*scratch)
	if s == nil {
		s = new(scratch)
	}
	defer p.scratch.Put(s)
	defer p.explain(&err)
	defer caught(&err)
	s.start(ctx, text, p.checked(yield))
	ids := append(s.out[:0], before...)
	ids = p.appendText(ids, wellFormed(text), whole, s)
	s.flush(append(ids, after...), 0)
	return nil
}

// checked is yield for ids that the model's embedding has; another one ends the encoding.
func (p *pipeline) checked(yield func([]int32)) func([]int32) {
	if p.embedded == 0 {
		return yield
	}
	return func(ids []int32) {
		for _, id := range ids {
			if err := p.inEmbedding(id); err != nil {
				panic(exceeded{err})
			}
		}
		yield(ids)
	}
}

// explain adds the tokenizer's name to an error.
func (p *pipeline) explain(err *error) {
	if *err != nil {
		*err = fmt.Errorf("tokenizer: %s: %w", p.name, *err)
	}
}

// appendText appends the ids of text.
func (p *pipeline) appendText(ids []int32, text string, whole bool, s *scratch) []int32 {
	at, goesOn := 0, !whole
	s.doing = "added_tokens"
	for _, part := range p.verbatim.split(&s.budget, text) {
		if part.id != none {
			ids = s.flush(append(ids, part.id), manyIDs)
			at, goesOn = at+len(part.text), false
			continue
		}
		first := whole && at == 0
		for _, sub := range p.normalized.split(&s.budget, p.normalize(&s.budget, part.text, !goesOn)) {
			if sub.id != none {
				ids = s.flush(append(ids, sub.id), manyIDs)
			} else {
				s.whole[0] = piece{sub.text, first, goesOn}
				ids = p.appendPieces(ids, s.whole[:], 0, s)
			}
			first, goesOn = false, false
		}
		at, goesOn = at+len(part.text), false
	}
	return ids
}

// appendPieces appends the ids of pieces that have passed the pre-tokenizers before step i. It
// works through a long text in parts, so that lists of pieces stay short.
func (p *pipeline) appendPieces(ids []int32, pieces []piece, i int, s *scratch) []int32 {
	if i == len(p.preTokenizers) {
		s.doing = "model"
		for _, part := range pieces {
			ids = s.flush(s.encode(ids, p.model, part.text), manyIDs)
		}
		return ids
	}
	split, finer := p.preTokenizers[i], s.list(i)
	finer.pass = func(parts []piece) {
		ids = p.appendPieces(ids, parts, i+1, s)
		s.doing = split.name
	}
	s.doing = split.name
	split.do(&s.budget, pieces, finer)
	finer.flush()
	return ids
}

// normalize rewrites a part of a text. starts is true if the part begins the text or follows an
// added token.
func (p *pipeline) normalize(b *budget, text string, starts bool) string {
	for _, n := range p.normalizers {
		b.doing = n.name
		b.spend(1 + len(text))
		text = n.do(b, text, starts)
	}
	return text
}

func (p *pipeline) Decode(ctx context.Context, ids []int32) (text string, err error) {
	defer p.explain(&err)
	defer caught(&err)
	tokens, size := make([]string, 0, len(ids)), 0
	for _, id := range ids {
		if text, ok := p.tokens[id]; ok && !p.special[id] {
			tokens = append(tokens, text)
			size += len(text)
		}
	}
	b := newBudget(ctx, size)
	for _, d := range p.decoders {
		b.doing = d.name
		tokens = d.do(&b, tokens)
	}
	return strings.Join(tokens, ""), nil
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
