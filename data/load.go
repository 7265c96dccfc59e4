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

// recipes make corpora of the Go tree, in the order of Recipes.
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
//   - go-functions: prompts of a function's doc comment and signature, completed by its body;
//   - go-prose: comments outside functions, and documents, to train a base model on;
//   - go-prose-held: every 50th file of these, which go-prose leaves out.
//
// They are made from the source tree that this program carries, if it was built to carry one,
// or else from that of the installed Go toolchain. Their content and their hash depend on the
// version of Go whose tree it is.
func Recipes() []string {
	names := make([]string, len(recipes))
	for i, r := range recipes {
		names[i] = r.name
	}
	return names
}

// Load reads a source: the name of a recipe, a .jsonl file, or a .txt file.
//
// A .txt file is one plain text. Each line of a .jsonl file that is not blank is an object
// in one of the forms below: the first form whose fields it has. Other fields are ignored,
// and lines may have different forms.
//
//   - messages: a list of objects with a role (system, user, assistant or tool) and a
//     content. The assistant's turns are completions. The tokenizer's chat template lays the
//     turns out, if it has one.
//   - prompt and completion: the two as they are.
//   - question and answer: the prompt is the question and a newline, the completion is the
//     answer.
//   - instruction and output, optionally input: the prompt is the instruction and the input
//     if it is not empty, each followed by a newline; the completion is the output.
//   - text: a plain text.
//
// Files are UTF-8, with or without a byte order mark. Half a surrogate pair that JSON
// escapes, as in "\ud800", becomes U+FFFD. An error names the file and the line.
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
		return nil, fmt.Errorf("unknown source %q: must be a .jsonl file, a .txt file, or one of %s",
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

// checkUTF8 returns an error about the first byte of a line that is not UTF-8. Bytes are
// counted from 1.
func checkUTF8(line []byte) error {
	for at := 0; at < len(line); {
		r, size := utf8.DecodeRune(line[at:])
		if r == utf8.RuneError && size == 1 {
			return fmt.Errorf("byte %d, %#02x, is not UTF-8: convert the file to UTF-8", at+1, line[at])
		}
		at += size
	}
	return nil
}
