package tokenizer

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// decoder is one step from tokens back to text.
type decoder func(tokens []string) []string

func (p *pipeline) setDecoders(c *component) error {
	for _, c := range c.flatten() {
		var d decoder
		switch {
		case c.Type == "ByteLevel":
			d = decodeByteLevel
		case c.Type == "ByteFallback":
			d = decodeByteFallback
		case c.Type == "Fuse":
			d = func(tokens []string) []string { return []string{strings.Join(tokens, "")} }
		case c.Type == "Replace" && c.Pattern.String != nil:
			replacer := strings.NewReplacer(*c.Pattern.String, c.Content)
			d = each(replacer.Replace)
		case c.Type == "Strip" && c.Stop == 0:
			d = each(func(token string) string { return stripStart(token, c.Content, c.Start) })
		default:
			return c.refuse("decoder", "ByteLevel, ByteFallback, Fuse, Replace of a string, Strip at the start, and Sequence of these")
		}
		p.decoders = append(p.decoders, d)
	}
	if p.decoders == nil {
		return errors.New("has no decoder, which joins tokens to text")
	}
	return nil
}

func each(f func(token string) string) decoder {
	return func(tokens []string) []string {
		for i, token := range tokens {
			tokens[i] = f(token)
		}
		return tokens
	}
}

// stripStart cuts up to n copies of content from the left of token.
func stripStart(token, content string, n int) string {
	for ; n > 0 && content != "" && strings.HasPrefix(token, content); n-- {
		token = token[len(content):]
	}
	return token
}

// byteToken is how vocabularies with byte fallback spell a byte.
func byteToken(b byte) string { return fmt.Sprintf("<0x%02X>", b) }

func tokenByte(token string) (byte, bool) {
	if len(token) != len("<0x00>") || !strings.HasPrefix(token, "<0x") || token[5] != '>' {
		return 0, false
	}
	b, err := strconv.ParseUint(token[3:5], 16, 8)
	return byte(b), err == nil
}

// decodeByteFallback joins each run of byte tokens to one text; in a run that
// is no UTF-8, every byte becomes a U+FFFD.
func decodeByteFallback(tokens []string) []string {
	var out []string
	var run []byte
	flush := func() {
		if text := string(run); utf8.ValidString(text) {
			out = append(out, text)
		} else {
			out = append(out, strings.Repeat("\uFFFD", len(run)))
		}
		run = run[:0]
	}
	for _, token := range tokens {
		if b, ok := tokenByte(token); ok {
			run = append(run, b)
			continue
		}
		flush()
		out = append(out, token)
	}
	flush()
	return out
}
