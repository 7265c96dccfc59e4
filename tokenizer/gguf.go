package tokenizer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// GGUF is a GGUF file's description of its tokenizer, under tokenizer.ggml.
type GGUF struct {
	File   string // for errors
	Model  string // gpt2 or llama
	Pre    string // name of the pre-tokenizer; empty if none is given
	Tokens []string
	Scores []float32 // one per token; nil for none
	Types  []int     // one per token: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte; nil for none
	Merges []string  // pairs with a space between them

	BOS, EOS, Unknown, Padding *int // nil for none

	AddBOS, AddEOS, AddSpacePrefix *bool // nil if the file does not say

	Charsmap     []byte // normalization table of SentencePiece
	ChatTemplate string
}

// The types of tokens.
const (
	unknownToken     = 2
	controlToken     = 3
	userDefinedToken = 4
)

// object is a JSON object.
type object = map[string]any

// FromGGUF returns the tokenizer that a GGUF file describes: a byte-level BPE (gpt2), with the
// regular expressions that llama.cpp has under the name in Pre, or SentencePiece's BPE by scores
// (llama). Its Files are those of an equivalent Hugging Face tokenizer.
func FromGGUF(g GGUF) (Tokenizer, error) {
	p, err := g.tokenizer()
	if err != nil {
		return nil, fmt.Errorf("tokenizer: %w", err)
	}
	return p, nil
}

func (g *GGUF) tokenizer() (_ *pipeline, err error) {
	defer caught(&err)
	if err := g.check(); err != nil {
		return nil, err
	}
	var file object
	switch g.Model {
	case "gpt2":
		file, err = g.byteLevel()
	case "llama":
		file, err = g.sentencePiece()
	default:
		err = fmt.Errorf("tokenizer.ggml.model %q is not supported; known are: gpt2, llama", g.Model)
	}
	if err != nil {
		return nil, err
	}
	file["version"] = "1.0"
	file["added_tokens"] = g.added()
	if file["post_processor"], err = g.template(); err != nil {
		return nil, err
	}
	p, err := fromContents(file, g.settings())
	if err != nil {
		return nil, err
	}
	p.name, p.origin = path.Join(g.File, "tokenizer.ggml"), path.Join(g.File, "tokenizer.chat_template")
	return p, nil
}

// check compares the lengths of the lists, and checks that ids are those of tokens.
func (g *GGUF) check() error {
	n := len(g.Tokens)
	if n == 0 {
		return errors.New("tokenizer.ggml.tokens is empty")
	}
	if g.Scores != nil && len(g.Scores) != n || g.Types != nil && len(g.Types) != n {
		return fmt.Errorf("%d tokens, but %d scores and %d types: must be as many or none", n, len(g.Scores),
			len(g.Types))
	}
	for _, id := range []struct {
		name string
		id   *int
	}{{"bos", g.BOS}, {"eos", g.EOS}, {"unknown", g.Unknown}, {"padding", g.Padding}} {
		if id.id != nil && (*id.id < 0 || *id.id >= n) {
			return fmt.Errorf("tokenizer.ggml.%s_token_id %d: must be from 0 to %d, the last token", id.name,
				*id.id, n-1)
		}
	}
	for id, token := range g.Tokens {
		if !utf8.ValidString(token) {
			return fmt.Errorf("token %d, %q, is not UTF-8", id, token)
		}
	}
	return nil
}

// vocab returns the ids of the tokens.
func (g *GGUF) vocab() (map[string]int, error) {
	vocab := make(map[string]int, len(g.Tokens))
	for id, token := range g.Tokens {
		if other, ok := vocab[token]; ok {
			return nil, fmt.Errorf("token %q has two ids, %d and %d", token, other, id)
		}
		vocab[token] = id
	}
	return vocab, nil
}

func (g *GGUF) is(id, kind int) bool { return g.Types != nil && g.Types[id] == kind }

// added returns the tokens that are looked for in the unchanged text.
func (g *GGUF) added() []addedToken {
	added := []addedToken{}
	for id, token := range g.Tokens {
		special := g.is(id, controlToken) || g.is(id, unknownToken)
		if special || g.is(id, userDefinedToken) {
			added = append(added, addedToken{ID: int32(id), Content: token, Special: special})
		}
	}
	return added
}

// template puts BOS and EOS around a text if the file asks for it, or if it does not say and
// llama.cpp would do so.
func (g *GGUF) template() (object, error) {
	addBOS := g.Model == "llama" || preTokenizersOf[g.Pre].addBOS
	if g.AddBOS != nil {
		addBOS = *g.AddBOS
	}
	single := []object{}
	special := object{}
	put := func(name string, id *int) error {
		if id == nil {
			return fmt.Errorf("tokenizer.ggml.add_%s_token is true, but there is no %s_token_id", name, name)
		}
		token := g.Tokens[*id]
		single = append(single, object{"SpecialToken": object{"id": token, "type_id": 0}})
		special[token] = object{"id": token, "ids": []int{*id}, "tokens": []string{token}}
		return nil
	}
	if addBOS {
		if err := put("bos", g.BOS); err != nil {
			return nil, err
		}
	}
	single = append(single, object{"Sequence": object{"id": "A", "type_id": 0}})
	if g.AddEOS != nil && *g.AddEOS {
		if err := put("eos", g.EOS); err != nil {
			return nil, err
		}
	}
	pair := append(slices.Clone(single), object{"Sequence": object{"id": "B", "type_id": 1}})
	return object{"type": "TemplateProcessing", "single": single, "pair": pair, "special_tokens": special}, nil
}

func (g *GGUF) settings() object {
	settings := object{"tokenizer_class": "PreTrainedTokenizerFast"}
	for name, id := range map[string]*int{"bos_token": g.BOS, "eos_token": g.EOS, "unk_token": g.Unknown,
		"pad_token": g.Padding} {
		if id != nil {
			settings[name] = g.Tokens[*id]
		}
	}
	if g.ChatTemplate != "" {
		settings["chat_template"] = g.ChatTemplate
	}
	return settings
}

func (g *GGUF) byteLevel() (object, error) {
	pre, ok := preTokenizersOf[g.Pre]
	if !ok {
		return nil, fmt.Errorf("tokenizer.ggml.pre %q is not supported; known are: %s", g.Pre, knownPres())
	}
	vocab, err := g.vocab()
	if err != nil {
		return nil, err
	}
	if len(g.Merges) == 0 {
		return nil, errors.New("tokenizer.ggml.merges is missing: the model gpt2 joins bytes by them")
	}
	merges := make([][2]string, len(g.Merges))
	for i, m := range g.Merges {
		left, right, ok := strings.Cut(m, " ")
		if !ok {
			return nil, fmt.Errorf("merge %d, %q: must be two tokens with a space between them", i, m)
		}
		merges[i] = [2]string{left, right}
	}
	var steps []object
	for _, expr := range pre.patterns {
		steps = append(steps, object{"type": "Split", "pattern": object{"Regex": expr}, "behavior": "Isolated",
			"invert": false})
	}
	step := object{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false}
	file := object{
		"pre_tokenizer": object{"type": "Sequence", "pretokenizers": append(steps, step)},
		"decoder":       step,
		"model":         object{"type": "BPE", "vocab": vocab, "merges": merges, "ignore_merges": pre.ignoreMerges},
	}
	if pre.nfc {
		file["normalizer"] = object{"type": "NFC"}
	}
	return file, nil
}

func (g *GGUF) sentencePiece() (object, error) {
	vocab, err := g.vocab()
	if err != nil {
		return nil, err
	}
	unknown := slices.Index(g.Types, unknownToken)
	if g.Unknown != nil {
		unknown = *g.Unknown
	}
	if unknown < 0 {
		return nil, errors.New("no token is of type 2 and there is no unknown_token_id: one must stand for " +
			"unknown text")
	}
	merges, err := g.scoredMerges(vocab)
	if err != nil {
		return nil, err
	}
	toMark := object{"type": "Replace", "pattern": object{"String": " "}, "content": "▁"}
	toSpace := object{"type": "Replace", "pattern": object{"String": "▁"}, "content": " "}
	normalizers := []object{toMark}
	decoders := []object{toSpace, {"type": "ByteFallback"}, {"type": "Fuse"}}
	if g.AddSpacePrefix == nil || *g.AddSpacePrefix {
		normalizers = []object{{"type": "Prepend", "prepend": "▁"}, toMark}
		decoders = append(decoders, object{"type": "Strip", "content": " ", "start": 1, "stop": 0})
	}
	return object{
		"normalizer": object{"type": "Sequence", "normalizers": normalizers},
		"decoder":    object{"type": "Sequence", "decoders": decoders},
		"model": object{"type": "BPE", "vocab": vocab, "merges": merges,
			"unk_token": g.Tokens[unknown], "fuse_unk": true, "byte_fallback": true},
	}, nil
}

// scoredMerge is a pair of tokens whose joined text is a token too.
type scoredMerge struct {
	left, right string
	score       float32
}

// scoredMerges returns all merges that make a token, the best first. Among equals the one with
// the longer left part comes first, as in transformers' conversion of SentencePiece models
// (convert_slow_tokenizer.py, generate_merges).
func (g *GGUF) scoredMerges(vocab map[string]int) ([][2]string, error) {
	if g.Scores == nil {
		return nil, errors.New("tokenizer.ggml.scores is missing: the model llama merges by score")
	}
	var all []scoredMerge
	b := newBudget(context.Background(), len(strings.Join(g.Tokens, "")))
	b.doing = "tokenizer.ggml.tokens"
	for id, token := range g.Tokens {
		score := g.Scores[id]
		if math.IsNaN(float64(score)) {
			return nil, fmt.Errorf("token %d, %q: score NaN", id, token)
		}
		if g.Types != nil && g.Types[id] != 1 {
			continue
		}
		first := len(all)
		for at := range token {
			b.spend(1 + len(token)/8) // two look-ups
			_, left := vocab[token[:at]]
			_, right := vocab[token[at:]]
			if at > 0 && left && right {
				all = append(all, scoredMerge{token[:at], token[at:], score})
			}
		}
		slices.SortFunc(all[first:], func(a, b scoredMerge) int {
			return cmp.Or(cmp.Compare(vocab[a.left], vocab[b.left]), cmp.Compare(vocab[a.right], vocab[b.right]))
		})
	}
	slices.SortStableFunc(all, func(a, b scoredMerge) int {
		return cmp.Or(cmp.Compare(b.score, a.score),
			cmp.Compare(utf8.RuneCountInString(b.left), utf8.RuneCountInString(a.left)),
			cmp.Compare(utf8.RuneCountInString(b.right), utf8.RuneCountInString(a.right)))
	})
	merges := make([][2]string, len(all))
	for i, m := range all {
		merges[i] = [2]string{m.left, m.right}
	}
	return merges, nil
}
