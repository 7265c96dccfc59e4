package jinja

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Error says what is wrong with a template or with its input.
type Error struct {
	Line, Column int // counted from 1; columns are in characters
	Text         string
}

// Error returns the place and the text.
func (e *Error) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Text) }

// longText is the length in characters at which a quoted text is cut off in an error.
const longText = 200

// errorAt returns an error at a byte of the source.
func errorAt(source string, at int, format string, args ...any) *Error {
	before := source[:min(at, len(source))]
	text := fmt.Sprintf(format, args...)
	text = text[:min(len(text), utf8.UTFMax*(longText+1))]
	if runes := []rune(text); len(runes) > longText {
		text = string(runes[:longText]) + " …"
	}
	line := strings.LastIndexByte(before, '\n') + 1
	return &Error{strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[line:]) + 1, text}
}

// caught turns a panic with an *Error, or with the error of a context, into an error; any other
// panic continues.
func caught(err *error) {
	switch r := recover().(type) {
	case nil:
	case *Error:
		*err = r
	case stopped:
		*err = r.error
	default:
		panic(r)
	}
}

// advice ends the message about a construct that is not implemented.
const advice = "not supported: put a template without it into chat_template.jinja beside the model"
