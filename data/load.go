package data

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
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

// Load reads a source: the name of a recipe, or a file of text or JSON, which may be packed by
// gzip (.gz). Files are UTF-8, with or without a byte order mark, and have at most 2 GiB of
// text.
//
// A .txt file is one plain text. A .jsonl, .ndjson or .json file has objects, one after the
// other or in a list, each in one of the forms below: the first form whose fields it has. Lines
// may have different forms. A field that is null is like an absent one. Fields beyond those of
// the form must describe the example, as id and source do; others are an error.
//
//   - messages or conversations: a list of turns, each with a role (system, user or human,
//     assistant or gpt, tool) and a content, or from and value as in ShareGPT. The assistant's
//     turns are completions, except those of weight 0 (loss or train false). The tokenizer's
//     chat template lays the turns out, if it has one, with the tool_calls and other fields
//     of turns; what the template does not show is an error. Optional are a system's text, as
//     system or system_prompt, and tools, a list.
//   - prompt and completion: the two as they are, or two lists of turns as above, of which
//     only the second is scored.
//   - instruction and output, optionally input (Alpaca); instruction and response, optionally
//     context (Dolly); question and answer (GSM8K); question and response (OpenOrca); query
//     and response; prompt and response: the prompt is a line each for system or
//     system_prompt, the first field, and input or context, if they are not empty; the
//     completion is the second field.
//   - text: a plain text.
//
// Half a surrogate pair that JSON escapes, as in "\ud800", becomes U+FFFD. An error names the
// file and the line on which the object begins.
func Load(source string) (*Corpus, error) {
	c, err := newCorpus(source, func(add func(Example)) error { return load(source, add) })
	if err == nil && c.Len() == 0 {
		err = fmt.Errorf("%s: the file is empty", source)
	}
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	return c, nil
}

func load(source string, add func(Example)) error {
	for _, r := range recipes {
		if r.name == source {
			tree, err := goTree()
			if err != nil {
				return fmt.Errorf("%s: %w", source, err)
			}
			examples, err := r.make(tree)
			for _, x := range examples {
				add(x)
			}
			return err
		}
	}
	parse, ok := parsers[ending(source)]
	if !ok {
		return refuseName(source)
	}
	t, err := openText(source)
	if errors.Is(err, fs.ErrNotExist) {
		return absent(source, err)
	}
	if err != nil {
		return err
	}
	defer t.Close()
	if err := parse(t, add); err != nil {
		return place(source, err)
	}
	return nil
}

// parsers read files by their ending.
var parsers = map[string]func(t *text, add func(Example)) error{
	".txt": parseText, ".jsonl": parseJSON, ".ndjson": parseJSON, ".json": parseJSON,
}

func parseText(t *text, add func(Example)) error {
	var b strings.Builder
	b.Grow(int(t.size))
	if _, err := io.Copy(&b, t); err != nil {
		return err
	}
	content := b.String()
	if !utf8.ValidString(content) {
		at := 0
		for line := range strings.Lines(content) {
			if err := checkUTF8([]byte(line)); err != nil {
				return misplaced{int64(at), err}
			}
			at += len(line)
		}
	}
	if content != "" {
		add(Example{{Text, content}})
	}
	return nil
}

// checkUTF8 returns an error about the first byte of a line that is not UTF-8. Bytes are
// counted from 1.
func checkUTF8(line []byte) error {
	if utf8.Valid(line) {
		return nil
	}
	for at := 0; at < len(line); {
		r, size := utf8.DecodeRune(line[at:])
		if r == utf8.RuneError && size == 1 {
			return fmt.Errorf("byte %d, %#02x, is not UTF-8: convert the file to UTF-8, as by "+
				"iconv -f WINDOWS-1252 -t UTF-8", at+1, line[at])
		}
		at += size
	}
	return nil
}
