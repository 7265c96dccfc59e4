package tokenizer

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// piece is a part of a text that is on its way to the model.
type piece struct {
	text   string
	first  bool // begins the whole text
	goesOn bool // continues other text without a space
}

// preTokenizer adds the parts of each of some pieces to a list.
type preTokenizer func(b *budget, pieces []piece, to *list)

// list gathers pieces, and passes them on when there are many.
type list struct {
	pieces []piece
	pass   func([]piece)
}

func (l *list) add(p piece) {
	if l.pieces = append(l.pieces, p); len(l.pieces) == manyPieces {
		l.flush()
	}
}

func (l *list) flush() {
	l.pass(l.pieces)
	l.pieces = l.pieces[:0]
}

// eachPiece returns a preTokenizer that rewrites pieces and does not split them.
func eachPiece(rewrite func(b *budget, p piece) string) preTokenizer {
	return func(b *budget, pieces []piece, to *list) {
		for _, p := range pieces {
			b.spend(1 + len(p.text))
			p.text = rewrite(b, p)
			to.add(p)
		}
	}
}

const knownPreTokenizers = "ByteLevel, Split, Digits, Metaspace, Whitespace, WhitespaceSplit, Punctuation, Sequence"

// setPreTokenizers sets the steps, and reports whether the last one turns text into bytes.
func (p *pipeline) setPreTokenizers(c *component) (byteLevel bool, err error) {
	for _, c := range c.flatten() {
		if byteLevel {
			return false, fmt.Errorf("pre_tokenizer %q after ByteLevel is not supported", c.Type)
		}
		byteLevel = c.Type == "ByteLevel"
		steps, err := c.preTokenizers()
		if err != nil {
			return false, err
		}
		for _, do := range steps {
			p.preTokenizers = append(p.preTokenizers, stage[preTokenizer]{"pre_tokenizer " + c.label(), do})
		}
	}
	return byteLevel, nil
}

func (c *component) preTokenizers() ([]preTokenizer, error) {
	switch c.Type {
	case "ByteLevel":
		return c.byteLevel(), nil
	case "Metaspace":
		return c.metaspace()
	case "Split":
		find, err := c.Pattern.finder()
		if err != nil {
			return nil, fmt.Errorf("pre_tokenizer Split: %w", err)
		}
		return c.split(find)
	case "Digits":
		behavior := "Contiguous"
		if c.IndividualDigits {
			behavior = "Isolated"
		}
		c := component{Type: c.Type, Behavior: behavior}
		return c.split(findRunes(isNumeric))
	case "Punctuation":
		c := *c
		if c.Behavior == "" {
			c.Behavior = "Isolated"
		}
		return c.split(findRunes(isPunctuation))
	case "WhitespaceSplit":
		return []preTokenizer{splitter(findRunes(unicode.IsSpace), removed)}, nil
	case "Whitespace":
		return []preTokenizer{splitter(findRuns(kindOf), others)}, nil
	}
	return nil, c.refuse("pre_tokenizer", knownPreTokenizers)
}

func (c *component) byteLevel() (steps []preTokenizer) {
	if c.AddPrefixSpace == nil || *c.AddPrefixSpace {
		steps = append(steps, eachPiece(func(b *budget, p piece) string {
			if p.goesOn || strings.HasPrefix(p.text, " ") {
				return p.text
			}
			return b.made(" " + p.text)
		}))
	}
	if c.UseRegex == nil || *c.UseRegex {
		steps = append(steps, splitter(findGPT2, isolated))
	}
	return steps
}

// metaspace replaces spaces by a visible character, and puts one before the text.
func (c *component) metaspace() ([]preTokenizer, error) {
	scheme, err := c.prependScheme()
	if err != nil {
		return nil, err
	}
	mark := c.Replacement
	steps := []preTokenizer{eachPiece(func(b *budget, p piece) string {
		text := b.made(strings.ReplaceAll(p.text, " ", mark))
		if (scheme == "always" && !p.goesOn || scheme == "first" && p.first) && !strings.HasPrefix(text, mark) {
			text = b.made(mark + text)
		}
		return text
	})}
	if c.Split == nil || *c.Split {
		steps = append(steps, splitter(findString(mark), mergedWithNext))
	}
	return steps, nil
}

// prependScheme returns the prepend scheme of a Metaspace. Older files have add_prefix_space
// instead, which is true if absent.
func (c *component) prependScheme() (string, error) {
	if utf8.RuneCountInString(c.Replacement) != 1 {
		return "", fmt.Errorf("replacement %q of Metaspace: must be one character", c.Replacement)
	}
	scheme := "always"
	if c.AddPrefixSpace != nil && !*c.AddPrefixSpace {
		scheme = "never"
	}
	if c.PrependScheme != "" {
		scheme = c.PrependScheme
	}
	if known := []string{"always", "first", "never"}; !slices.Contains(known, scheme) {
		return "", fmt.Errorf("prepend_scheme %q of Metaspace is not supported; known are: %s", scheme,
			strings.Join(known, ", "))
	}
	return scheme, nil
}

// findRuns returns a finder of runs of characters that have one kind other than 0.
func findRuns(kind func(rune) int) finder {
	return func(_ *budget, text string, match func(begin, end int)) {
		begin, last := 0, 0
		for at, r := range text {
			if k := kind(r); k != last {
				if last != 0 {
					match(begin, at)
				}
				begin, last = at, k
			}
		}
		if last != 0 {
			match(begin, len(text))
		}
	}
}

// kindOf distinguishes word characters, white space, and everything else.
func kindOf(r rune) int {
	switch {
	case isWord(r):
		return 1
	case unicode.IsSpace(r):
		return 0
	}
	return 2
}
