package tokenizer

import (
	"slices"
	"strings"
	"testing"
)

// A completion that is encoded separately from its prompt must not gain a space.
func TestEncodePieceGoesOnFromEncode(t *testing.T) {
	for name, tok := range tokenizers(t) {
		for _, c := range [][2]string{
			{"Question: 1+1?\nAnswer:", " 2"},
			{"func main() {", "\n\treturn\n}"},
			{"snow", "ball"},
			{"ends in a space ", "then"},
			{"", " begins with one"},
			{"nothing more", ""},
			{"日本", "語"},
		} {
			ids := slices.Concat(mustEncode(t, tok, c[0]), mustEncodePiece(t, tok, c[1]))
			if c[0] == "" && name == "llama2" {
				// The decoder removes a space that it takes for the mark of a text's start.
				ids = slices.Concat(mustEncodePiece(t, tok, "x"), mustEncodePiece(t, tok, c[1]))
				c[0] = "x"
			}
			if got := mustDecode(t, tok, ids); got != c[0]+c[1] {
				t.Errorf("%s: %q and %q came back as %q", name, c[0], c[1], got)
			}
		}
	}
}

func TestByteTokenizer(t *testing.T) {
	tok := NewByteTokenizer()
	text := "日本😀"
	for r := range rune(256) {
		text += string(r)
	}
	ids := mustEncode(t, tok, text)
	if len(ids) != len(text) {
		t.Fatalf("%d ids for %d bytes", len(ids), len(text))
	}
	for i, id := range ids {
		if id != int32(text[i]) {
			t.Fatalf("byte %#02x became token %d", text[i], id)
		}
	}
	if got := mustDecode(t, tok, ids); got != text {
		t.Errorf("came back as %q", got)
	}
	eos, ok := tok.EOS()
	if eos != 256 || !ok || tok.Vocab() != 257 {
		t.Errorf("EOS = %d, %v, Vocab = %d; want 256, true, 257", eos, ok, tok.Vocab())
	}
	if _, ok := tok.BOS(); ok {
		t.Error("has a BOS")
	}
	if ids := mustEncode(t, tok, "a<|endoftext|>b"); !slices.Equal(ids, []int32{'a', 256, 'b'}) {
		t.Errorf("with an EOS in the text: %v", ids)
	}
	if got := mustDecode(t, tok, []int32{'a', 256, 'b', 1000, -1}); got != "ab" {
		t.Errorf("special and absent tokens decode to %q", got)
	}
}

func TestIllFormedText(t *testing.T) {
	tok := NewByteTokenizer()
	// The results of Python's bytes.decode(errors="replace").
	for text, want := range map[string]string{
		"a\xffb":               "a\uFFFDb",
		"\xe2\x82":             "\uFFFD",
		"\xe2\x82\x41":         "\uFFFDA",
		"\xf0\x9f\x98\xe2\x82": "\uFFFD\uFFFD",
		"\xed\xa0\x80":         "\uFFFD\uFFFD\uFFFD",
		"\xc0\x80":             "\uFFFD\uFFFD",
	} {
		if got := mustDecode(t, tok, mustEncode(t, tok, text)); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
		var ids []int32
		for _, b := range []byte(text) {
			ids = append(ids, int32(b))
		}
		if got := mustDecode(t, tok, ids); got != want {
			t.Errorf("bytes %x decode to %q, want %q", text, got, want)
		}
	}
}

// valid is a tokenizer.json that tests change.
const valid = `{
	"added_tokens": [{"id": 2, "content": "<s>", "special": true}],
	"normalizer": null, "pre_tokenizer": null, "post_processor": null,
	"decoder": {"type": "Fuse"},
	"model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []}
}`

func TestFormsOfMerges(t *testing.T) {
	for _, model := range []string{
		`"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 3}, "merges": ["a b"]`,
		`"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 3}, "merges": [["a", "b"]]`,
		`"vocab": {"a": 0, "b": 1, "ab": 3}, "merges": ["a b"]`,
	} {
		text := strings.Replace(valid, `"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []`, model, 1)
		tok, err := parseTokenizer([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if ids := mustEncode(t, tok, "abba<s>ab"); !slices.Equal(ids, []int32{3, 1, 0, 2, 3}) {
			t.Errorf("%s: %v", model, ids)
		}
	}
}

func TestTokenizerRefusals(t *testing.T) {
	if _, err := parseTokenizer([]byte(valid)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{valid, `{`, "unexpected end"},
		{valid, `[]`, "cannot unmarshal"},
		{`"type": "BPE"`, `"type": "WordPiece"`, `model "WordPiece" is not supported; known are: BPE, Unigram`},
		{`"type": "BPE"`, `"type": "Unigram"`, "vocab: json: cannot unmarshal object"},
		{`"BPE", "vocab": {"a": 0, "b": 1}`, `"Unigram", "vocab": [["a", -1.5]]`, "unk_id: must name a token"},
		{`"BPE", "vocab": {"a": 0, "b": 1}`, `"Unigram", "unk_id": 1, "vocab": [["a", -1.5]]`,
			"unk_id 1: must be from 0 to 0"},
		{`"BPE", "vocab": {"a": 0, "b": 1}`, `"Unigram", "unk_id": 0, "vocab": [["a", -1.5], ["a", -2]]`,
			`token "a" has two ids, 0 and 1`},
		{`"BPE", "vocab": {"a": 0, "b": 1}`, `"Unigram", "unk_id": 0, "vocab": [["a"]]`, "must be a text and a score"},
		{`"BPE", "vocab": {"a": 0, "b": 1}`, `"Unigram", "unk_id": 0, "vocab": [["a", -1e999]]`, "1e999"},
		{`"normalizer": null`, `"normalizer": {"type": "BertNormalizer"}`,
			`normalizer "BertNormalizer" is not supported; known are: NFC, `},
		{`"normalizer": null`, `"normalizer": {"type": "Sequence", "normalizers": [{"type": "Nmt"}]}`, `"Nmt"`},
		{`"normalizer": null`, `"normalizer": {"type": "Replace", "pattern": {"Regex": "(a"}}`,
			"normalizer Replace: pattern"},
		{`"normalizer": null`, `"normalizer": {"type": "Replace", "pattern": {"String": ""}}`,
			"must be a Regex, or a String that is not empty"},
		{`"normalizer": null`, `"normalizer": {"type": "Precompiled", "precompiled_charsmap": "?"}`,
			"precompiled_charsmap: illegal base64"},
		{`"normalizer": null`, `"normalizer": {"type": "Precompiled", "precompiled_charsmap": "AAE="}`, "is cut off"},
		{`"normalizer": null`, `"normalizer": {"type": "Precompiled", "precompiled_charsmap": "/////w=="}`,
			"4294967295 bytes of trie"},
		{`"normalizer": null`, `"normalizer": {"type": "Precompiled", "precompiled_charsmap": "BAAAAAAAAAD/"}`,
			"texts are not UTF-8"},
		{`"pre_tokenizer": null`, `"pre_tokenizer": {"type": "BertPreTokenizer"}`, `pre_tokenizer "BertPreTokenizer"`},
		{`"pre_tokenizer": null`,
			`"pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "ByteLevel"}, {"type": "Digits"}]}`,
			`"Digits" after ByteLevel`},
		{`"pre_tokenizer": null`,
			`"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "("}, "behavior": "Isolated"}`, `pattern "("`},
		{`"pre_tokenizer": null`, `"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "` + strings.Repeat("(",
			20000) + `"}, "behavior": "Isolated"}`, "pattern of 20000 bytes: must be at most 16384"},
		{`"pre_tokenizer": null`, `"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "` + strings.Repeat("(",
			9999) + `"}, "behavior": "Isolated"}`, "pattern"},
		{`"pre_tokenizer": null`,
			`"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "a)"}, "behavior": "Isolated"}`,
			"a ) without a ("},
		{`"pre_tokenizer": null`,
			`"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "[^a"}, "behavior": "Isolated"}`,
			"a [ without a ]"},
		{`"pre_tokenizer": null`,
			`"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "[a[b]]"}, "behavior": "Isolated"}`,
			"a class within a class"},
		{`"pre_tokenizer": null`,
			`"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "\\w+"}, "behavior": "Isolated"}`,
			`\w is not supported`},
		{`"pre_tokenizer": null`,
			`"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "a\\"}, "behavior": "Isolated"}`, `ends in a \`},
		{`"pre_tokenizer": null`,
			`"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "a{2}+"}, "behavior": "Isolated"}`,
			`}+ is not supported`},
		{`"pre_tokenizer": null`,
			`"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "a"}, "behavior": "Mirrored"}`,
			"known are: Contiguous, Isolated"},
		{`"pre_tokenizer": null`, `"pre_tokenizer": {"type": "Split", "behavior": "Isolated"}`, "must be a Regex"},
		{`"pre_tokenizer": null`, `"pre_tokenizer": {"type": "Metaspace", "replacement": "__"}`,
			`replacement "__" of Metaspace: must be one character`},
		{`"pre_tokenizer": null`,
			`"pre_tokenizer": {"type": "Metaspace", "replacement": "_", "prepend_scheme": "last"}`,
			`prepend_scheme "last" of Metaspace is not supported`},
		{`"post_processor": null`, `"post_processor": {"type": "Lottery"}`, `post_processor "Lottery"`},
		{`"post_processor": null`, `"post_processor": {"type": "BertProcessing", "sep": ["x", 9], "cls": ["<s>", 2]}`,
			"there is no token 9"},
		{`"post_processor": null`,
			`"post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "x"}}]}`, `no "x"`},
		{`"post_processor": null`, `"post_processor": {"type": "TemplateProcessing", "single": []}`, "no A"},
		{`"post_processor": null`, `"post_processor": {"type": "TemplateProcessing",
			"single": [{"SpecialToken": {"id": "x"}}, {"Sequence": {"id": "A"}}],
			"special_tokens": {"x": {"ids": [9]}}}`,
			"no token 9"},
		{`{"type": "Fuse"}`, `{"type": "WordPiece"}`, `decoder "WordPiece"`},
		{`{"type": "Fuse"}`, `{"type": "Strip", "content": "", "start": 1, "stop": 0}`, `decoder Strip: content ""`},
		{`{"type": "Fuse"}`, `{"type": "Metaspace", "replacement": ""}`, `decoder replacement "" of Metaspace`},
		{`{"type": "Fuse"}`, `null`, "no decoder"},
		{`"id": 2`, `"id": 1`, `id 1 is given to two tokens, "<s>" and "b"`},
		{`"id": 2`, `"id": -3`, "id -3"},
		{`"content": "<s>"`, `"content": "a"`, `token "a" has two ids, 0 and 2`},
		{`"b": 1`, `"b": 0`, "id 0 is given to two tokens"},
		{`"b": 1`, `"a": 1`, `token "a" comes twice`},
		{`"b": 1`, `"b": 4294967296`, "cannot unmarshal number"},
		{`{"a": 0, "b": 1}`, `7`, "vocab: must be an object"},
		{`"merges": []`, `"merges": ["a b"]`, `no "ab"`},
		{`"merges": []`, `"merges": ["a b c"]`, "must be two tokens"},
		{`"merges": []`, `"merges": [["a"]]`, "must be two tokens"},
		{`"merges": []`, `"dropout": 0.1`, "dropout 0.1"},
		{`"merges": []`, `"end_of_word_suffix": "</w>"`, "end_of_word_suffix"},
		{`"merges": []`, `"unk_token": "?"`, `unk_token "?"`},
	} {
		text := strings.Replace(valid, c.old, c.new, 1)
		if text == valid {
			t.Fatalf("%s: not in the valid file", c.old)
		}
		_, err := parseTokenizer([]byte(text))
		wantError(t, err, c.want)
	}
}

func TestTokenizerSettings(t *testing.T) {
	for _, c := range []struct{ settings, want string }{
		{`{"eos_token": "<|endoftext|>"}`, ""},
		{`{"eos_token": {"content": "<|endoftext|>", "lstrip": false}, "bos_token": null}`, ""},
		{`{"eos_token": "</s>"}`, `eos_token "</s>"`},
		{`{"eos_token": 3}`, "cannot unmarshal"},
	} {
		p, err := parseTokenizer(NewByteTokenizer().Files()[tokenizerFile])
		if err != nil {
			t.Fatal(err)
		}
		err = p.setSettings([]byte(c.settings))
		if c.want != "" {
			wantError(t, err, c.want)
			continue
		}
		if eos, ok := p.EOS(); err != nil || eos != 256 || !ok {
			t.Errorf("%s: EOS = %d, %v, %v", c.settings, eos, ok, err)
		}
	}
}

// tokenizers returns one tokenizer of each kind.
func tokenizers(t *testing.T) map[string]Tokenizer {
	all := map[string]Tokenizer{"bytes": NewByteTokenizer()}
	for _, name := range []string{"gpt2", "llama3", "llama2"} {
		all[name] = readGolden(t, name).load(t)
	}
	return all
}
