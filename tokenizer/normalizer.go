package tokenizer

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// normalizer rewrites a part of a text. starts is true if the part begins the whole text or
// follows an added token, and false if it continues other text.
type normalizer func(b *budget, text string, starts bool) string

// rewriter rewrites a text or a token.
type rewriter func(b *budget, text string) string

// always returns a normalizer that rewrites every part in the same way.
func always(f rewriter) normalizer {
	return func(b *budget, text string, _ bool) string { return f(b, text) }
}

// plain is always for a function whose result has at most about ten times as many bytes.
func plain(f func(string) string) normalizer {
	return func(b *budget, text string, _ bool) string { return b.made(f(text)) }
}

const knownNormalizers = "NFC, NFD, NFKC, NFKD, Lowercase, Strip, StripAccents, Prepend, Replace, Precompiled, Sequence"

func (p *pipeline) setNormalizers(c *component) error {
	for _, c := range c.flatten() {
		n, err := c.normalizer()
		if err != nil {
			return err
		}
		p.normalizers = append(p.normalizers, stage[normalizer]{"normalizer " + c.label(), n})
	}
	return nil
}

func (c *component) normalizer() (normalizer, error) {
	switch c.Type {
	case "NFC":
		return plain(normalForm(norm.NFC)), nil
	case "NFD":
		return plain(normalForm(norm.NFD)), nil
	case "NFKC":
		return plain(normalForm(norm.NFKC)), nil
	case "NFKD":
		return plain(normalForm(norm.NFKD)), nil
	case "Lowercase":
		return plain(lower), nil
	case "StripAccents":
		return plain(stripAccents), nil
	case "Strip":
		return plain(c.stripSpace), nil
	case "Prepend":
		return c.prepend, nil
	case "Replace":
		replace, err := c.Pattern.replacer(c.Content)
		if err != nil {
			return nil, fmt.Errorf("normalizer Replace: %w", err)
		}
		return always(replace), nil
	case "Precompiled":
		blob, err := base64.StdEncoding.DecodeString(c.Charsmap)
		if err != nil {
			return nil, fmt.Errorf("normalizer Precompiled: precompiled_charsmap: %w", err)
		}
		m, err := newCharsmap(blob)
		if err != nil {
			return nil, fmt.Errorf("normalizer Precompiled: precompiled_charsmap: %w", err)
		}
		return always(m.normalize), nil
	}
	return nil, c.refuse("normalizer", knownNormalizers)
}

func (c *component) prepend(b *budget, text string, starts bool) string {
	if !starts || text == "" {
		return text
	}
	b.room(len(c.Prepend) + len(text))
	return b.made(c.Prepend + text)
}

func (c *component) stripSpace(text string) string {
	if c.StripLeft {
		text = strings.TrimLeftFunc(text, unicode.IsSpace)
	}
	if c.StripRight {
		text = strings.TrimRightFunc(text, unicode.IsSpace)
	}
	return text
}
