package external

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"
)

// parse reads a line as a message.
func parse(line []byte) (message, error) {
	var m message
	wrong := func(why string) (message, error) {
		return m, broken{fmt.Sprintf("said %.80q", line), ", which is no message: " + why}
	}
	if !bytes.HasPrefix(bytes.TrimSpace(line), []byte("{")) {
		return wrong("standard output is for messages alone, a JSON object a line; see docs/trainers.md")
	}
	if at := invalid(line); at >= 0 {
		return wrong(fmt.Sprintf("byte %d is not UTF-8", at+1))
	}
	if err := json.Unmarshal(line, &m); err != nil {
		return wrong(mistake(err))
	}
	if m.Type == "" {
		return wrong("it has no type")
	}
	return m, nil
}

// invalid returns where a text is not UTF-8; -1 if it is.
func invalid(text []byte) int {
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return -1
}

// mistake says what is wrong with JSON, without words of Go.
func mistake(err error) string {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Sprintf("it is not JSON on one line: %v, after byte %d", syntax, max(0, syntax.Offset-1))
	}
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Sprintf("%s must be %s", kind.Field, form(fieldOf(kind.Field)))
	}
	return err.Error()
}

// fieldOf returns the type of a field of messages, as "abilities.optimizers".
func fieldOf(path string) reflect.Type {
	t := reflect.TypeFor[message]()
	for name := range strings.SplitSeq(path, ".") {
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			return t
		}
		for i := range t.NumField() {
			if tag, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); tag == name {
				t = t.Field(i).Type
				break
			}
		}
	}
	return t
}

// form says in words what a field of this type must be.
func form(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "a list, each entry " + form(t.Elem())
	case reflect.Map:
		return "an object, each value " + form(t.Elem())
	case reflect.Pointer:
		return "an object"
	}
	return "a whole number"
}
