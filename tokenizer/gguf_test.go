package tokenizer

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
)

// asGGUF describes a golden of a byte-level BPE as a GGUF file would.
func (g *golden) asGGUF(t *testing.T, pre string) GGUF {
	t.Helper()
	var file struct {
		AddedTokens []addedToken `json:"added_tokens"`
		Model       struct {
			Vocab  map[string]int
			Merges [][2]string
		}
	}
	if err := json.Unmarshal(g.Tokenizer, &file); err != nil {
		t.Fatal(err)
	}
	out := GGUF{Model: "gpt2", Pre: pre}
	put := func(id int, token string, kind int) {
		for id >= len(out.Tokens) {
			out.Tokens, out.Types = append(out.Tokens, ""), append(out.Types, 1)
		}
		out.Tokens[id], out.Types[id] = token, kind
	}
	for token, id := range file.Model.Vocab {
		put(id, token, 1)
	}
	for _, a := range file.AddedTokens {
		kind := userDefinedToken
		if a.Special {
			kind = controlToken
		}
		put(int(a.ID), a.Content, kind)
	}
	if id := slices.Index(out.Tokens, "<s>"); id >= 0 {
		out.BOS = &id
	}
	for _, m := range file.Model.Merges {
		out.Merges = append(out.Merges, m[0]+" "+m[1])
	}
	return out
}

// The name of a pre-tokenizer stands for the regular expressions of the models that use it.
func TestGGUFIsTheSameTokenizer(t *testing.T) {
	for name, pre := range map[string]string{
		"llama3": "llama-bpe", "qwen2": "qwen2", "smollm2": "smollm", "o200k": "gpt-4o", "deepseek": "deepseek-v3",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := readGolden(t, name)
			tok, err := FromGGUF(g.asGGUF(t, pre))
			if err != nil {
				t.Fatal(err)
			}
			if err := g.Corpus.compare(t, tok.(*pipeline), corpus()); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestGGUFOfSentencePiece compares with SentencePiece itself, which treats special tokens in a
// text as plain text.
func TestGGUFOfSentencePiece(t *testing.T) {
	var g struct {
		Tokens []string
		Scores []float32
		Types  []int
		Each   []byte
	}
	if err := json.Unmarshal(unzip(t, "sentencepiece.gz"), &g); err != nil {
		t.Fatal(err)
	}
	no := false
	tok, err := FromGGUF(GGUF{Model: "llama", Tokens: g.Tokens, Scores: g.Scores, Types: g.Types, AddBOS: &no})
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for i, text := range corpus() {
		if strings.Contains(text, "<s>") || strings.Contains(text, "</s>") || strings.Contains(text, "<unk>") {
			continue
		}
		compared++
		var b []byte
		for _, id := range mustEncode(t, tok, text) {
			b = binary.LittleEndian.AppendUint32(b, uint32(id))
		}
		if sum := sha256.Sum256(b); !slices.Equal(sum[:2], g.Each[2*i:2*i+2]) {
			t.Errorf("%q: %v", text, mustEncode(t, tok, text))
		}
	}
	if compared < 9000 {
		t.Errorf("%d texts", compared)
	}
}

// A folder with the Files of a GGUF tokenizer loads as the same tokenizer.
func TestGGUFFiles(t *testing.T) {
	eos := 1
	from, err := FromGGUF(GGUF{Model: "llama", Tokens: []string{"<unk>", "</s>", "▁", "a"},
		Types: []int{2, 3, 1, 1}, Scores: make([]float32, 4),
		EOS: &eos, AddBOS: new(bool), ChatTemplate: "{{ messages[0].content }}{{ eos_token }}"})
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := LoadFS(asFS(from.Files()), "gguf", Model{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tok := range []Tokenizer{from, loaded} {
		if ids := mustEncode(t, tok, "aa</s>?"); !slices.Equal(ids, []int32{2, 3, 3, 1, 2, 0}) {
			t.Errorf("ids %v", ids)
		}
		if id, ok := tok.EOS(); id != 1 || !ok {
			t.Errorf("EOS %d, %v", id, ok)
		}
		if c, err := tok.Chat(); c == nil || err != nil {
			t.Errorf("chat template %v, %v", c, err)
		}
	}
}

func TestGGUFRefusals(t *testing.T) {
	valid := func() GGUF {
		return GGUF{Model: "llama", Tokens: []string{"<unk>", "<s>", "a", "b", "ab"}, Types: []int{2, 3, 1, 1, 1},
			Scores: []float32{0, 0, -1, -2, -3}, BOS: new(int)}
	}
	if _, err := FromGGUF(valid()); err != nil {
		t.Fatal(err)
	}
	big := math.MaxInt
	yes := true
	for _, c := range []struct {
		change func(*GGUF)
		want   string
	}{
		{func(g *GGUF) { g.Model = "bert" }, `tokenizer.ggml.model "bert" is not supported; known are: gpt2, llama`},
		{func(g *GGUF) { g.Model, g.Pre = "gpt2", "kimi-k2" },
			`tokenizer.ggml.pre "kimi-k2" is not supported; known are: chatglm-bpe, `},
		{func(g *GGUF) { g.Tokens = nil }, "tokens is empty"},
		{func(g *GGUF) { g.Tokens[3] = "a" }, `token "a" has two ids, 2 and 3`},
		{func(g *GGUF) { g.Tokens[3] = "\xff" }, "token 3"},
		{func(g *GGUF) { g.Types = g.Types[1:] }, "5 tokens, but 5 scores and 4 types"},
		{func(g *GGUF) { g.Scores = g.Scores[1:] }, "4 scores"},
		{func(g *GGUF) { g.Scores = nil }, "scores is missing"},
		{func(g *GGUF) { g.Scores[2] = float32(math.NaN()) }, `token 2, "a": score NaN`},
		{func(g *GGUF) { g.Types[0] = 1 }, "one must stand for unknown text"},
		{func(g *GGUF) { g.Unknown = &big }, "unknown_token_id 9223372036854775807: must be from 0 to 4"},
		{func(g *GGUF) { g.BOS = nil }, "add_bos_token is true, but there is no bos_token_id"},
		{func(g *GGUF) { g.AddEOS = &yes }, "no eos_token_id"},
		{func(g *GGUF) { g.Model, g.Merges = "gpt2", nil }, "tokenizer.ggml.merges is missing"},
		{func(g *GGUF) { g.Model, g.Merges = "gpt2", []string{"ab"} }, `merge 0, "ab": must be two tokens`},
		{func(g *GGUF) { g.Model, g.Merges = "gpt2", []string{"a c"} }, `the vocabulary has no "c"`},
	} {
		g := valid()
		c.change(&g)
		_, err := FromGGUF(g)
		wantError(t, err, "tokenizer: ", c.want)
	}
}
