package tokenizer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// tokenizerJSON is tokenizer.json. Its truncation and padding are settings for the batches of
// whoever wrote it, and are ignored.
type tokenizerJSON struct {
	AddedTokens   []addedToken `json:"added_tokens"`
	Normalizer    *component   `json:"normalizer"`
	PreTokenizer  *component   `json:"pre_tokenizer"`
	PostProcessor *component   `json:"post_processor"`
	Decoder       *component   `json:"decoder"`
	Model         modelJSON    `json:"model"`
}

type addedToken struct {
	ID         int32  `json:"id"`
	Content    string `json:"content"`
	SingleWord bool   `json:"single_word"`
	LStrip     bool   `json:"lstrip"`
	RStrip     bool   `json:"rstrip"`
	Normalized bool   `json:"normalized"`
	Special    bool   `json:"special"`
}

// modelJSON is a BPE or a Unigram; fields that both have mean the same.
type modelJSON struct {
	Type         string          `json:"type"`
	ByteFallback bool            `json:"byte_fallback"`
	Vocab        json.RawMessage `json:"vocab"`

	// BPE
	Dropout      *float64    `json:"dropout"`
	Prefix       string      `json:"continuing_subword_prefix"`
	Suffix       string      `json:"end_of_word_suffix"`
	Unknown      *string     `json:"unk_token"`
	FuseUnknown  bool        `json:"fuse_unk"`
	IgnoreMerges bool        `json:"ignore_merges"`
	Merges       []mergeText `json:"merges"`

	// Unigram
	UnknownID *int32 `json:"unk_id"`
}

// UnmarshalJSON looks at the type first, since the fields depend on it.
func (m *modelJSON) UnmarshalJSON(b []byte) error {
	var kind struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(b, &kind); err != nil {
		return err
	}
	switch kind.Type {
	case "BPE", "Unigram", "": // files older than the type are BPE
	default:
		return fmt.Errorf("model %q is not supported; known are: BPE, Unigram", kind.Type)
	}
	type plain modelJSON
	return json.Unmarshal(b, (*plain)(m))
}

// readVocab reads an object of ids by token, in which no token may occur twice.
func readVocab(b []byte) (map[string]int32, error) {
	vocab := make(map[string]int32)
	d := json.NewDecoder(bytes.NewReader(b))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("vocab: must be an object of ids by token")
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("vocab: %w", err)
		}
		token := t.(string) // every key of an object is a string
		if _, ok := vocab[token]; ok {
			return nil, fmt.Errorf("vocab: token %q comes twice", token)
		}
		var id int32
		if err := d.Decode(&id); err != nil {
			return nil, fmt.Errorf("vocab: token %q: %w", token, err)
		}
		vocab[token] = id
	}
	return vocab, nil
}

// mergeText is a merge's two tokens, stored as a list or as "left right".
type mergeText [2]string

// UnmarshalJSON reads both forms.
func (m *mergeText) UnmarshalJSON(b []byte) error {
	var parts []string
	if bytes.HasPrefix(b, []byte("[")) {
		if err := json.Unmarshal(b, &parts); err != nil {
			return err
		}
	} else {
		var text string
		if err := json.Unmarshal(b, &text); err != nil {
			return err
		}
		parts = strings.Split(text, " ")
	}
	if len(parts) != 2 {
		return fmt.Errorf("merge %s: must be two tokens", b)
	}
	*m = mergeText(parts)
	return nil
}

// tokenizerConfigJSON has the fields of tokenizer_config.json that are read.
type tokenizerConfigJSON struct {
	BOS tokenText `json:"bos_token"`
	EOS tokenText `json:"eos_token"`

	ChatTemplate templateText `json:"chat_template"`
}

// templateText is null, a template, or a list of named templates; of a list, the one named
// default counts.
type templateText string

// UnmarshalJSON reads the three forms.
func (t *templateText) UnmarshalJSON(b []byte) error {
	if b[0] != '[' {
		return json.Unmarshal(b, (*string)(t))
	}
	var list []struct{ Name, Template string }
	if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	for _, named := range list {
		if named.Name == "default" {
			*t = templateText(named.Template)
		}
	}
	return nil
}

// tokenText is null, a token's text, or an object with the text as content.
type tokenText string

// UnmarshalJSON reads the three forms.
func (t *tokenText) UnmarshalJSON(b []byte) error {
	if b[0] != '{' {
		return json.Unmarshal(b, (*string)(t))
	}
	var object struct {
		Content *tokenText `json:"content"`
	}
	object.Content = t
	return json.Unmarshal(b, &object)
}
