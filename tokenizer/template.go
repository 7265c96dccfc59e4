package tokenizer

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// templateItem is an item of a template; one of its two fields is set.
type templateItem struct {
	SpecialToken, Sequence *struct {
		ID string `json:"id"`
	}
}

// namedToken is a token as a list of its text and its id.
type namedToken struct {
	text string
	id   int32
}

// UnmarshalJSON reads the list.
func (t *namedToken) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&t.text, &t.id})
}

func (p *pipeline) setTemplate(c *component) error {
	for _, c := range c.flatten() {
		var before, after []int32
		var err error
		switch c.Type {
		case "ByteLevel": // changes only offsets in the text
			continue
		case "TemplateProcessing":
			before, after, err = c.template()
		case "BertProcessing", "RobertaProcessing":
			before, after = []int32{c.CLS.id}, []int32{c.SEP.id}
		default:
			return c.refuse("post_processor", "TemplateProcessing, BertProcessing, RobertaProcessing, ByteLevel, "+
				"Sequence")
		}
		if err != nil {
			return fmt.Errorf("post_processor: %w", err)
		}
		for _, id := range slices.Concat(before, after) {
			if _, ok := p.tokens[id]; !ok {
				return fmt.Errorf("post_processor: there is no token %d", id)
			}
		}
		p.before = slices.Concat(before, p.before)
		p.after = append(p.after, after...)
		if err := checkAround(p.before, p.after); err != nil {
			return fmt.Errorf("post_processor: %w", err)
		}
	}
	return nil
}

// maxAround is far beyond the number of tokens that any model puts around a text.
const maxAround = 256

func checkAround(before, after []int32) error {
	if n := len(before) + len(after); n > maxAround {
		return fmt.Errorf("puts %d tokens around a text: must be at most %d", n, maxAround)
	}
	return nil
}

// template returns the tokens that a TemplateProcessing puts before and after a text.
func (c *component) template() (before, after []int32, err error) {
	seen := false
	for _, item := range c.Single {
		switch {
		case item.Sequence != nil && item.Sequence.ID == "A" && !seen:
			seen = true
		case item.SpecialToken != nil:
			token, ok := c.SpecialTokens[item.SpecialToken.ID]
			if !ok {
				return nil, nil, fmt.Errorf("special_tokens has no %q", item.SpecialToken.ID)
			}
			if seen {
				after = append(after, token.IDs...)
			} else {
				before = append(before, token.IDs...)
			}
			if err := checkAround(before, after); err != nil {
				return nil, nil, err
			}
		default:
			return nil, nil, errors.New("the template of a single text must be special tokens and A, once")
		}
	}
	if !seen {
		return nil, nil, errors.New("the template of a single text has no A")
	}
	return before, after, nil
}
