package tokenizer

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// split returns a pre-tokenizer, and replace a normalizer or decoder, with a regular expression.
func split(expr string) object {
	return object{"type": "Split", "pattern": object{"Regex": expr}, "behavior": "Isolated"}
}

func replace(expr, content string) object {
	return object{"type": "Replace", "pattern": object{"Regex": expr}, "content": content}
}

// times repeats a component.
func times(n int, c object) []object { return slices.Repeat([]object{c}, n) }

func inOrder(field string, parts ...object) object { return object{"type": "Sequence", field: parts} }

// charsmapOf returns a table that replaces the letter a by a text. Its trie has the children of the
// root at 0, the leaf of a at 'a', and its value at 'a' xor 128.
func charsmapOf(text string) string {
	units := make([]uint32, 256)
	units['a'] = 'a' | 1<<8 | 128<<10
	units['a'^128] = 1 << 31
	b := binary.LittleEndian.AppendUint32(nil, uint32(4*len(units)))
	for _, u := range units {
		b = binary.LittleEndian.AppendUint32(b, u)
	}
	return base64.StdEncoding.EncodeToString(append(b, text...))
}

// bombs are parts of a tokenizer.json that would take hours or all memory for a short text.
var bombs = []struct {
	name, text string
	part       object
	want       []string
}{
	{"nested repetition", strings.Repeat("a", 40) + "b", object{"pre_tokenizer": split(`(a+)+$`)},
		[]string{"pre_tokenizer Split \"(a+)+$\": takes more than 10041000 steps for a text of 41 bytes"}},
	{"in a look-ahead", strings.Repeat("a", 40), object{"pre_tokenizer": split(`(?=(a+)+b)`)},
		[]string{"pre_tokenizer Split \"(?=(a+)+b)\"", "steps"}},
	{"equal alternatives", strings.Repeat("a", 80) + "b", object{"normalizer": replace(`(a|aa)+$`, "")},
		[]string{"normalizer Replace \"(a|aa)+$\"", "steps"}},
	{"many stars", strings.Repeat("a", 2000), object{"pre_tokenizer": split(`a*a*a*a*a*a*b`)},
		[]string{"Split", "steps"}},
	{"many lazy stars", strings.Repeat("a", 2000), object{"pre_tokenizer": split(`a*?a*?a*?a*?a*?b`)},
		[]string{"Split", "steps"}},
	{"optional parts", strings.Repeat("a", 40), object{"pre_tokenizer": split(strings.Repeat("(a|a)?", 40) + "b")},
		[]string{"Split", "steps"}},
	{"long failures", strings.Repeat("a", 30_000),
		object{"pre_tokenizer": split(strings.Repeat("a{9000}b|", 1700) + "c")},
		[]string{"Split", "steps"}},
	{"a look-behind", strings.Repeat("a", 30_000), object{"pre_tokenizer": split(`(?<=a{9000})a?c`)},
		[]string{"Split", "steps"}},
	{"deep repetition", strings.Repeat("ab", 300_000), object{"pre_tokenizer": split(`(?:a|b)+c`)},
		[]string{"Split", "repeats a group more than 200000 times"}},
	{"replacements of replacements", "a", object{"normalizer": inOrder("normalizers",
		times(6, replace("a", strings.Repeat("a", 100)))...)},
		[]string{"normalizer Replace \"a\": makes a text of more than"}},
	{"texts of replacements", "a", object{"normalizer": inOrder("normalizers", times(6, object{"type": "Replace",
		"pattern": object{"String": "a"}, "content": strings.Repeat("a", 100)})...)},
		[]string{"Replace \"a\": makes a text"}},
	{"a long replacement", strings.Repeat("a", 1000), object{"normalizer": replace("a", strings.Repeat("b", 10_000))},
		[]string{"normalizer Replace \"a\": makes a text of more than 81536 bytes for a text of 1000 bytes"}},
	{"long beginnings", strings.Repeat("a<s>", 20_000), object{"normalizer": object{"type": "Prepend",
		"prepend": strings.Repeat("b", 40_000)}}, []string{"makes more than 1280256 tokens"}},
	{"many beginnings", "a", object{"normalizer": inOrder("normalizers", times(100, object{"type": "Prepend",
		"prepend": strings.Repeat("b", 1000)})...)}, []string{"normalizer Prepend: makes a text"}},
	{"a table of long texts", strings.Repeat("a", 1000), object{"normalizer": object{"type": "Precompiled",
		"precompiled_charsmap": charsmapOf(strings.Repeat("b", 1_000_000))}},
		[]string{"normalizer Precompiled: makes"}},
	{"many passes", strings.Repeat("a", 10_000), object{"normalizer": inOrder("normalizers",
		times(20_000, object{"type": "Lowercase"})...)}, []string{"normalizer Lowercase: takes more"}},
	{"many splits", strings.Repeat("a", 10_000), object{"pre_tokenizer": inOrder("pretokenizers",
		times(20_000, object{"type": "Digits"})...)}, []string{"pre_tokenizer Digits: takes more"}},
	{"many marks", strings.Repeat("a", 1000), object{"pre_tokenizer": inOrder("pretokenizers",
		slices.Concat([]object{split("a")},
			times(100_000, object{"type": "Metaspace", "replacement": "▁", "split": false}),
			times(1, split(".")))...)}, []string{"pre_tokenizer"}},
	{"more tokens than text", strings.Repeat("﷽", 100), object{"normalizer": inOrder("normalizers",
		replace("﷽", strings.Repeat("a", 60)), replace("a", "aaaa"))}, []string{"model: makes more than 5056 tokens"}},
}

func TestBombs(t *testing.T) {
	for _, c := range bombs {
		t.Run(c.name, func(t *testing.T) {
			p, err := parseTokenizer([]byte(changed(t, c.part)))
			if err != nil {
				t.Fatal(err)
			}
			p.name = "model/tokenizer.json"
			ids, err := p.Encode(context.Background(), c.text)
			if ids != nil {
				t.Errorf("%d ids", len(ids))
			}
			wantError(t, err, append(c.want, "tokenizer: model/tokenizer.json: ", "for a text of ",
				"use another, or shorter texts")...)
			if err != nil && len(err.Error()) > 400 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
		})
	}
}

// changed returns the valid file with some parts changed.
func changed(t *testing.T, parts object) string {
	t.Helper()
	var file object
	err := json.Unmarshal([]byte(valid), &file)
	if err != nil {
		t.Fatal(err)
	}
	for name, part := range parts {
		file[name] = part
	}
	content, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// Decoders are bounded as well.
func TestDecoderBombs(t *testing.T) {
	for _, decoder := range []object{
		inOrder("decoders", times(6, replace("a", strings.Repeat("a", 100)))...),
		inOrder("decoders", times(2_000_000, object{"type": "Fuse"})...),
		inOrder("decoders", replace(`a(a|a)*b`, "")),
	} {
		p, err := parseTokenizer([]byte(changed(t, object{"decoder": decoder})))
		if err != nil {
			t.Fatal(err)
		}
		ids := slices.Repeat([]int32{0}, 50)
		p.tokens[0] = strings.Repeat("a", 100)
		_, err = p.Decode(context.Background(), ids)
		wantError(t, err, "tokenizer: tokenizer.json: decoder ", "for a text of 5000 bytes")
	}
}

// What would take hours while a file is read is refused then.
func TestBombsWhileReading(t *testing.T) {
	ids := slices.Repeat([]int{1}, 100)
	around := object{"type": "TemplateProcessing", "special_tokens": object{"x": object{"ids": ids}},
		"single": append(times(3, object{"SpecialToken": object{"id": "x"}}), object{"Sequence": object{"id": "A"}})}
	for _, c := range []struct {
		part object
		want string
	}{
		{object{"pre_tokenizer": split(strings.Repeat("(a?|b?)", 100) + "c")}, ""},
		{object{"pre_tokenizer": split(strings.Repeat("(", 8000) + "a" + strings.Repeat(")+", 8000))}, "at most 16384"},
		{object{"pre_tokenizer": split(strings.Repeat("(", 5000) + "a" + strings.Repeat(")+", 5000))}, ""},
		{object{"pre_tokenizer": split("((((((a{9}){99}){99}){99}){99}){99}){99}")}, "at most 20000 parts"},
		{object{"pre_tokenizer": split("[" + strings.Repeat(`\p{L}`, 3000) + "]")}, ""},
		{object{"pre_tokenizer": split("(?i:[" + strings.Repeat("\x00-\U0010ffff", 1000) + "])")}, "beyond ASCII"},
		{object{"post_processor": around}, "puts 300 tokens around a text: must be at most 256"},
		{object{"post_processor": inOrder("processors", times(300, object{"type": "BertProcessing",
			"cls": []any{"a", 0}, "sep": []any{"b", 1}})...)}, "puts 258 tokens around a text"},
		{object{"added_tokens": []object{{"id": 7, "content": "ca", "normalized": true}},
			"normalizer": inOrder("normalizers", times(6, replace("a", strings.Repeat("a", 100)))...)},
			"normalizer Replace \"a\": makes a text of more than"},
	} {
		_, err := parseTokenizer([]byte(changed(t, c.part)))
		if c.want != "" {
			wantError(t, err, c.want)
		} else if err != nil {
			t.Error(err)
		}
	}
	long := strings.Repeat("a", 200_000)
	_, err := FromGGUF(GGUF{File: "x.gguf", Model: "llama", Tokens: []string{"<unk>", long}, Types: []int{2, 1},
		Scores: make([]float32, 2), AddBOS: new(bool)})
	wantError(t, err, "tokenizer: tokenizer.ggml.tokens: takes more than", "steps for a text of 200005 bytes")
}

// A vocabulary of all prefixes of a long token takes too many steps.
func TestUnigramBomb(t *testing.T) {
	var vocab [][2]any
	for n := range 6000 {
		vocab = append(vocab, [2]any{strings.Repeat("a", n+1), -1})
	}
	p, err := parseTokenizer([]byte(changed(t, object{"added_tokens": nil,
		"model": object{"type": "Unigram", "unk_id": 0, "vocab": vocab}})))
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Encode(context.Background(), strings.Repeat("a", 20_000))
	wantError(t, err, "model: takes more than 30000000 steps")
}

// Added tokens with the same beginning, and white space that several of them may take in, are no
// burden.
func TestManyAddedTokens(t *testing.T) {
	added := []object{{"id": 9, "content": " ", "lstrip": true, "rstrip": true}}
	for i := range 20_000 {
		added = append(added, object{"id": 10 + i, "content": fmt.Sprintf("<%d>", i)})
	}
	p, err := parseTokenizer([]byte(changed(t, object{"added_tokens": added})))
	if err != nil {
		t.Fatal(err)
	}
	n := 200_000
	ids := mustEncode(t, p, strings.Repeat("<", n)+"<77>"+strings.Repeat(" ", n))
	if want := slices.Concat([]int32{87}, slices.Repeat([]int32{9}, n)); !slices.Equal(ids, want) {
		t.Errorf("%d ids, want %d", len(ids), len(want))
	}
}

// Tokens that take in the white space after them may lie in it by the thousands: it is looked at once.
func TestTokensInWhiteSpace(t *testing.T) {
	const times = 100_000
	tok := readGolden(t, "added").load(t)
	one, err := tok.EncodeBare(t.Context(), " \n")
	if err != nil || len(one) != 2 {
		t.Fatalf("%d (%v)", one, err)
	}
	all, err := tok.EncodeBare(t.Context(), strings.Repeat(" \n", times))
	if err != nil || !slices.Equal(all, slices.Repeat(one, times)) {
		t.Errorf("%d tokens (%v), want %d", len(all), err, 2*times)
	}
}

// What a text may take does not depend on the texts before it.
func TestBudgetIsTheSame(t *testing.T) {
	for _, name := range []string{"gpt2", "llama2", "unigram"} {
		p := readGolden(t, name).load(t)
		for _, text := range corpus()[:300] {
			var left []int
			for range 2 {
				s := new(scratch)
				if v, ok := p.scratch.Get().(*scratch); ok && v != nil {
					s = v
				}
				s.start(context.Background(), text, func([]int32) {})
				p.appendText(nil, wellFormed(text), true, s)
				left = append(left, s.steps)
				p.scratch.Put(s)
			}
			if left[0] != left[1] {
				t.Fatalf("%s: %q leaves %d steps, then %d", name, text, left[0], left[1])
			}
		}
	}
}

// Honest tokenizers stay far below the bounds, for every text of the tests. With -v, the test logs
// what they took for a byte at most.
func TestHonestTexts(t *testing.T) {
	eachGolden(t, goldenNames(t), func(t *testing.T, _ *golden, p *pipeline) {
		s := new(scratch)
		steps, tokens := 0, 0
		for _, text := range corpus() {
			s.start(context.Background(), text, func([]int32) {})
			ids := p.appendText(nil, wellFormed(text), true, s)
			size := len(text) + 20
			steps = max(steps, (baseSteps+stepsPerByte*len(text)-s.steps)/size)
			tokens = max(tokens, (s.yielded+len(ids))/size)
		}
		t.Logf("%d steps and %d tokens for a byte", steps, tokens)
		if steps > stepsPerByte/5 || tokens > tokensPerByte/4 {
			t.Errorf("%d steps and %d tokens for a byte of a text", steps, tokens)
		}
	})
}

func TestEncodeEndsWithItsContext(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	p, err := parseTokenizer([]byte(changed(t, object{"pre_tokenizer": split(`(a+)+$`)})))
	if err != nil {
		t.Fatal(err)
	}
	b := newBudget(ctx, 1)
	b.spend(1)
	stop()
	func() {
		defer caught(&err)
		for range 2 * pauseSteps {
			b.spend(1)
		}
	}()
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a budget whose context has ended gives %v", err)
	}
	if _, err := p.Encode(ctx, "b"); !errors.Is(err, context.Canceled) {
		t.Errorf("Encode gives %v", err)
	}
	if _, err := p.Decode(ctx, []int32{0}); !errors.Is(err, context.Canceled) {
		t.Errorf("Decode gives %v", err)
	}
}
