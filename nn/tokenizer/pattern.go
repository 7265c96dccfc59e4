package tokenizer

import (
	"unicode/utf8"

	"github.com/dlclark/regexp2"
)

// splitAll cuts text by each pattern in turn.
func splitAll(patterns []*regexp2.Regexp, text string) []string {
	pieces := []string{text}
	for _, re := range patterns {
		var finer []string
		for _, piece := range pieces {
			finer = appendSplit(finer, re, piece)
		}
		pieces = finer
	}
	return pieces
}

// appendSplit cuts text into the matches of re and what lies between them.
// Letters and numbers are those of Go's Unicode tables; characters assigned
// since then are symbols here and may be letters to Hugging Face's tokenizers.
func appendSplit(pieces []string, re *regexp2.Regexp, text string) []string {
	runes := []rune(text)
	at := 0 // in runes; text begins there
	cut := func(end int) {
		size := 0
		for _, r := range runes[at:end] {
			size += utf8.RuneLen(r)
		}
		if size > 0 {
			pieces = append(pieces, text[:size])
		}
		text, at = text[size:], end
	}
	m, err := re.FindRunesMatch(runes)
	for m != nil {
		cut(m.Index)
		cut(m.Index + m.Length)
		m, err = re.FindNextMatch(m)
	}
	if err != nil {
		panic(err) // only a match that takes too long fails, and no limit is set
	}
	cut(len(runes))
	return pieces
}
