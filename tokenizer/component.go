package tokenizer

import "fmt"

// component is one part of a tokenizer.json, of any kind; Type decides which fields have a
// meaning. Pointers distinguish absent from false.
type component struct {
	Type string `json:"type"`

	// Sequence: the parts. The name of the field depends on the kind of component.
	Normalizers   []component `json:"normalizers"`
	PreTokenizers []component `json:"pretokenizers"`
	Processors    []component `json:"processors"`
	Decoders      []component `json:"decoders"`

	Pattern    pattern `json:"pattern"`
	Content    string  `json:"content"`
	Behavior   string  `json:"behavior"`
	Invert     bool    `json:"invert"`
	Prepend    string  `json:"prepend"`
	StripLeft  bool    `json:"strip_left"`
	StripRight bool    `json:"strip_right"`
	Charsmap   string  `json:"precompiled_charsmap"` // in base64
	Start      int     `json:"start"`
	Stop       int     `json:"stop"`

	IndividualDigits bool   `json:"individual_digits"`
	Replacement      string `json:"replacement"`
	PrependScheme    string `json:"prepend_scheme"`
	AddPrefixSpace   *bool  `json:"add_prefix_space"`
	Split            *bool  `json:"split"`
	UseRegex         *bool  `json:"use_regex"`

	Single        []templateItem `json:"single"`
	SpecialTokens map[string]struct {
		IDs []int32 `json:"ids"`
	} `json:"special_tokens"`
	CLS namedToken `json:"cls"`
	SEP namedToken `json:"sep"`
}

// flatten returns the parts of c, which may be nil, without nesting.
func (c *component) flatten() []*component { return c.appendTo(nil) }

func (c *component) appendTo(all []*component) []*component {
	switch {
	case c == nil:
		return all
	case c.Type != "Sequence":
		return append(all, c)
	}
	for _, parts := range [][]component{c.Normalizers, c.PreTokenizers, c.Processors, c.Decoders} {
		for i := range parts {
			all = parts[i].appendTo(all)
		}
	}
	return all
}

// label returns the type of c, with the pattern that it looks for.
func (c *component) label() string {
	for _, text := range []*string{c.Pattern.Regex, c.Pattern.String} {
		if text != nil {
			return fmt.Sprintf("%s %.80q", c.Type, *text)
		}
	}
	return c.Type
}

func (c *component) refuse(place, known string) error {
	return fmt.Errorf("%s %q is not supported; known are: %s", place, c.Type, known)
}
