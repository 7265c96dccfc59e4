package tokenizer

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// decoder is one step from tokens back to text.
type decoder func(b *budget, tokens []string) []string

const knownDecoders = "ByteLevel, ByteFallback, Fuse, Replace, Strip, Metaspace, Sequence"

func (p *pipeline) setDecoders(c *component) error {
	for _, c := range c.flatten() {
		d, err := c.decoder()
		if err != nil {
			return err
		}
		p.decoders = append(p.decoders, stage[decoder]{"decoder " + c.label(), d})
	}
	if p.decoders == nil {
		return errors.New("has no decoder, which joins tokens to text; known are: " + knownDecoders)
	}
	return nil
}

func (c *component) decoder() (decoder, error) {
	switch c.Type {
	case "ByteLevel":
		return decodeByteLevel, nil
	case "ByteFallback":
		return decodeByteFallback, nil
	case "Fuse":
		return fuse, nil
	case "Replace":
		replace, err := c.Pattern.replacer(c.Content)
		if err != nil {
			return nil, fmt.Errorf("decoder Replace: %w", err)
		}
		return each(replace), nil
	case "Strip":
		if c.Content == "" || c.Start < 0 || c.Stop < 0 {
			return nil, fmt.Errorf("decoder Strip: content %q, start %d, stop %d: must be a text and numbers from "+
				"0", c.Content, c.Start, c.Stop)
		}
		return each(func(_ *budget, token string) string { return c.strip(token) }), nil
	case "Metaspace":
		return c.metaspaceDecoder()
	}
	return nil, c.refuse("decoder", knownDecoders)
}

// each returns a decoder that rewrites every token in the same way.
func each(f rewriter) decoder {
	return func(b *budget, tokens []string) []string {
		size := 0
		for i, token := range tokens {
			b.spend(1 + len(token))
			tokens[i] = f(b, token)
			size += len(tokens[i])
			b.room(size)
		}
		return tokens
	}
}

func fuse(b *budget, tokens []string) []string {
	return []string{b.made(strings.Join(tokens, ""))}
}

// strip removes copies of content from token: up to start at its left and up to stop at its
// right.
func (c *component) strip(token string) string {
	for n := c.Start; n > 0 && strings.HasPrefix(token, c.Content); n-- {
		token = token[len(c.Content):]
	}
	for n := c.Stop; n > 0 && strings.HasSuffix(token, c.Content); n-- {
		token = token[:len(token)-len(c.Content)]
	}
	return token
}

// metaspaceDecoder turns marks into spaces. It drops the marks of the first token, since all of
// them may have been put before the text.
func (c *component) metaspaceDecoder() (decoder, error) {
	scheme, err := c.prependScheme()
	if err != nil {
		return nil, fmt.Errorf("decoder %w", err)
	}
	return func(b *budget, tokens []string) []string {
		for i, token := range tokens {
			b.spend(1 + len(token))
			space := " "
			if i == 0 && scheme != "never" {
				space = ""
			}
			tokens[i] = strings.ReplaceAll(token, c.Replacement, space)
		}
		return tokens
	}, nil
}

// byteToken returns the spelling of a byte in vocabularies with byte fallback.
func byteToken(b byte) string { return fmt.Sprintf("<0x%02X>", b) }

func tokenByte(token string) (byte, bool) {
	if len(token) != len("<0x00>") || !strings.HasPrefix(token, "<0x") || token[5] != '>' {
		return 0, false
	}
	b, err := strconv.ParseUint(token[3:5], 16, 8)
	return byte(b), err == nil
}

// decodeByteFallback joins each run of byte tokens to one text. In a run that is not UTF-8,
// every byte becomes U+FFFD.
func decodeByteFallback(b *budget, tokens []string) []string {
	out := make([]string, 0, len(tokens))
	var run []byte
	flush := func() {
		if len(run) == 0 {
			return
		}
		if text := string(run); utf8.ValidString(text) {
			out = append(out, text)
		} else {
			out = append(out, strings.Repeat("\uFFFD", len(run)))
		}
		run = run[:0]
	}
	for _, token := range tokens {
		b.spend(1 + len(token))
		if c, ok := tokenByte(token); ok {
			run = append(run, c)
			continue
		}
		flush()
		out = append(out, token)
	}
	flush()
	return out
}
