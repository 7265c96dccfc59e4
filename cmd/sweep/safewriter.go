package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// safeWriter writes text without what would control a terminal, since names, paths and files that
// it quotes are other people's.
type safeWriter struct{ io.Writer }

func (w safeWriter) Write(p []byte) (int, error) {
	if _, err := io.WriteString(w.Writer, safe(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// safe writes out control characters, as in \x1b, but for tabs and ends of lines.
func safe(text string) string {
	isControl := func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }
	if strings.IndexFunc(text, isControl) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if isControl(r) {
			fmt.Fprintf(&b, "\\x%02x", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
