package tokenizer

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dlclark/regexp2"
)

// component is one part of a tokenizer.json, of any kind; which fields mean
// something depends on Type.
type component struct {
	Type string `json:"type"`

	// Sequence: the parts, under a name that depends on the place.
	Normalizers   []component `json:"normalizers"`
	PreTokenizers []component `json:"pretokenizers"`
	Processors    []component `json:"processors"`
	Decoders      []component `json:"decoders"`

	Prepend  string `json:"prepend"`
	Pattern  struct{ String, Regex *string }
	Content  string `json:"content"`
	Behavior string `json:"behavior"`
	Invert   bool   `json:"invert"`
	Start    int    `json:"start"`
	Stop     int    `json:"stop"`

	AddPrefixSpace bool  `json:"add_prefix_space"`
	UseRegex       *bool `json:"use_regex"` // true where absent

	Single        []templateItem `json:"single"`
	SpecialTokens map[string]struct {
		IDs []int32 `json:"ids"`
	} `json:"special_tokens"`
}

// templateItem is one of the two.
type templateItem struct {
	SpecialToken, Sequence *struct {
		ID string `json:"id"`
	}
}

// flatten returns the parts of c, which may be nil, without nesting.
func (c *component) flatten() []component {
	switch {
	case c == nil:
		return nil
	case c.Type != "Sequence":
		return []component{*c}
	}
	var all []component
	for _, parts := range [][]component{c.Normalizers, c.PreTokenizers, c.Processors, c.Decoders} {
		for _, part := range parts {
			all = append(all, part.flatten()...)
		}
	}
	return all
}

func (c *component) refuse(place, known string) error {
	return fmt.Errorf("%s %q is not supported; known are: %s", place, c.Type, known)
}

// normalizer rewrites text; start tells whether the text follows nothing.
type normalizer func(text string, start bool) string

func (p *pipeline) setNormalizers(c *component) error {
	for _, c := range c.flatten() {
		switch {
		case c.Type == "Prepend":
			p.normalizers = append(p.normalizers, func(text string, start bool) string {
				if !start || text == "" {
					return text
				}
				return c.Prepend + text
			})
		case c.Type == "Replace" && c.Pattern.String != nil:
			replacer := strings.NewReplacer(*c.Pattern.String, c.Content)
			p.normalizers = append(p.normalizers, func(text string, _ bool) string {
				return replacer.Replace(text)
			})
		default:
			return c.refuse("normalizer", "Prepend, Replace of a string, and Sequence of these")
		}
	}
	return nil
}

// setPreTokenizers returns whether the last step turns text into bytes.
func (p *pipeline) setPreTokenizers(c *component) (byteLevel bool, err error) {
	for _, c := range c.flatten() {
		var pattern string
		switch {
		case byteLevel:
			return false, fmt.Errorf("pre_tokenizer %q after ByteLevel is not supported", c.Type)
		case c.Type == "Split" && c.Pattern.Regex != nil && c.Behavior == "Isolated" && !c.Invert:
			pattern = *c.Pattern.Regex
		case c.Type == "ByteLevel" && !c.AddPrefixSpace:
			byteLevel = true
			if c.UseRegex != nil && !*c.UseRegex {
				continue
			}
			pattern = gpt2Pattern
		default:
			return false, c.refuse("pre_tokenizer", "Split by a regex with behavior Isolated, "+
				"ByteLevel without add_prefix_space, and Sequence of these")
		}
		re, err := regexp2.Compile(pattern, regexp2.None)
		if err != nil {
			return false, fmt.Errorf("pre_tokenizer %s: pattern %q: %w", c.Type, pattern, err)
		}
		p.patterns = append(p.patterns, re)
	}
	return byteLevel, nil
}

func (p *pipeline) setTemplate(c *component) error {
	for _, c := range c.flatten() {
		switch c.Type {
		case "ByteLevel": // is about offsets in the text only
		case "TemplateProcessing":
			if err := p.addTemplate(c); err != nil {
				return err
			}
		default:
			return c.refuse("post_processor", "TemplateProcessing, ByteLevel, and Sequence of these")
		}
	}
	return nil
}

func (p *pipeline) addTemplate(c component) error {
	seen := false
	for _, item := range c.Single {
		switch {
		case item.Sequence != nil && item.Sequence.ID == "A" && !seen:
			seen = true
		case item.SpecialToken != nil:
			token, ok := c.SpecialTokens[item.SpecialToken.ID]
			if !ok {
				return fmt.Errorf("post_processor: special_tokens has no %q", item.SpecialToken.ID)
			}
			for _, id := range token.IDs {
				if _, ok := p.tokens[id]; !ok {
					return fmt.Errorf("post_processor: %q: there is no token %d", item.SpecialToken.ID, id)
				}
			}
			if seen {
				p.after = append(p.after, token.IDs...)
			} else {
				p.before = append(p.before, token.IDs...)
			}
		default:
			return errors.New("post_processor: the template of a single text must be special tokens and A, once")
		}
	}
	if !seen {
		return errors.New("post_processor: the template of a single text has no A")
	}
	return nil
}
