package data

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// recipes make a corpus of the Go tree, in the order in which Recipes names
// them.
var recipes = []struct {
	name string
	make func(tree fs.FS) ([]Example, error)
}{
	{"go-functions", goFunctions},
	{"go-prose", func(tree fs.FS) ([]Example, error) { return goProse(tree, false) }},
	{"go-prose-held", func(tree fs.FS) ([]Example, error) { return goProse(tree, true) }},
}

// Recipes returns the names of sources that need no file:
//
//   - go-functions: a function's doc comment and signature, to be completed
//     by its body;
//   - go-prose: comments outside functions and documents, to train a base on;
//   - go-prose-held: every 50th of these, which go-prose lacks.
//
// They are made from the Go tree of the toolchain that the go command names,
// so their content, and their hash, is that of its version.
func Recipes() []string {
	names := make([]string, len(recipes))
	for i, r := range recipes {
		names[i] = r.name
	}
	return names
}

// Load reads a source: the name of a recipe, a .jsonl file, or a .txt file.
//
// A .txt file is one plain text. Each line of a .jsonl file that is not blank
// is an object with the fields of one of these forms, the first in this order
// of which it has all; lines may differ, and other fields are ignored:
//
//   - messages, a list of objects with a role (system, user, assistant or
//     tool) and a content: the assistant's turns are completions, laid out by
//     the tokenizer's chat template, if it has one;
//   - prompt, completion: the two as they are;
//   - question, answer: the question, a newline; the answer;
//   - instruction, output, and perhaps input: instruction and input, if it is
//     not empty, each with a newline; the output;
//   - text: a plain text.
//
// Files are UTF-8, with or without a byte order mark; half a surrogate pair that
// JSON escapes, as in "\ud800", becomes U+FFFD. An error names the file and the
// line.
func Load(source string) (*Corpus, error) {
	examples, err := load(source)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	return newCorpus(source, examples), nil
}

func load(source string) ([]Example, error) {
	for _, r := range recipes {
		if r.name == source {
			tree, err := goTree()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", source, err)
			}
			return r.make(tree)
		}
	}
	var parse func(name string, content []byte) ([]Example, error)
	switch strings.ToLower(filepath.Ext(source)) {
	case ".jsonl":
		parse = parseJSONL
	case ".txt":
		parse = parseText
	default:
		return nil, fmt.Errorf("unknown source %q: want a .jsonl file, a .txt file, or one of %s",
			source, strings.Join(Recipes(), ", "))
	}
	content, err := os.ReadFile(source)
	if err != nil {
		return nil, err
	}
	examples, err := parse(source, bytes.TrimPrefix(content, []byte("\ufeff")))
	if err == nil && len(examples) == 0 {
		err = fmt.Errorf("%s: the file is empty", source)
	}
	return examples, err
}

func parseText(name string, content []byte) ([]Example, error) {
	number := 0
	for line := range bytes.Lines(content) {
		number++
		if err := checkUTF8(line); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, number, err)
		}
	}
	if len(content) == 0 {
		return nil, nil
	}
	return []Example{{{Text, string(content)}}}, nil
}

// checkUTF8 names the first byte of line that is no part of UTF-8, counted
// from 1.
func checkUTF8(line []byte) error {
	for at := 0; at < len(line); {
		r, size := utf8.DecodeRune(line[at:])
		if r == utf8.RuneError && size == 1 {
			return fmt.Errorf("byte %d, %#02x, is not UTF-8: convert the file", at+1, line[at])
		}
		at += size
	}
	return nil
}
