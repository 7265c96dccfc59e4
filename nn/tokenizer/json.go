package tokenizer

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
)

// tokenizerJSON is tokenizer.json. Truncation and padding in it are about
// batches of their own maker and are not followed.
type tokenizerJSON struct {
	AddedTokens   []addedToken `json:"added_tokens"`
	Normalizer    *component   `json:"normalizer"`
	PreTokenizer  *component   `json:"pre_tokenizer"`
	PostProcessor *component   `json:"post_processor"`
	Decoder       *component   `json:"decoder"`
	Model         bpeJSON      `json:"model"`
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

type bpeJSON struct {
	Dropout      *float64         `json:"dropout"`
	Prefix       string           `json:"continuing_subword_prefix"`
	Suffix       string           `json:"end_of_word_suffix"`
	Unknown      *string          `json:"unk_token"`
	FuseUnknown  bool             `json:"fuse_unk"`
	ByteFallback bool             `json:"byte_fallback"`
	IgnoreMerges bool             `json:"ignore_merges"`
	Vocab        map[string]int32 `json:"vocab"`
	Merges       []mergeText      `json:"merges"`
}

// UnmarshalJSON looks at the type first, since other types of model have
// other forms of vocabulary. Files older than the field type are BPE.
func (m *bpeJSON) UnmarshalJSON(b []byte) error {
	var kind struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(b, &kind); err != nil {
		return err
	}
	if cmp.Or(kind.Type, "BPE") != "BPE" {
		return fmt.Errorf("model %q is not supported; known is: BPE", kind.Type)
	}
	type plain bpeJSON
	return json.Unmarshal(b, (*plain)(m))
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

// tokenizerConfigJSON is what is read of tokenizer_config.json.
type tokenizerConfigJSON struct {
	BOS tokenText `json:"bos_token"`
	EOS tokenText `json:"eos_token"`
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
