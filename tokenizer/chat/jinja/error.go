package jinja

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Error is what is wrong with a template, or with what it was given.
type Error struct {
	Line, Column int // from 1; columns are in characters
	Text         string
}

// Error gives the place and the text.
func (e *Error) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Text) }

// longText is where a text that an error quotes is cut, in characters.
const longText = 200

// errorAt is an error at a byte of the source.
func errorAt(source string, at int, format string, args ...any) *Error {
	before := source[:min(at, len(source))]
	text := fmt.Sprintf(format, args...)
	if runes := []rune(text); len(runes) > longText {
		text = string(runes[:longText]) + " …"
	}
	line := strings.LastIndexByte(before, '\n') + 1
	return &Error{strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[line:]) + 1, text}
}

// caught makes an error of one that was thrown; any other panic goes on.
func caught(err *error) {
	switch r := recover().(type) {
	case nil:
	case *Error:
		*err = r
	default:
		panic(r)
	}
}

// advice ends the message about what could be, but is not, understood.
const advice = "not supported: put a template without it into chat_template.jinja beside the model"
