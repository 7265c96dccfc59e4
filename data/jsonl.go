package data

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// forms are the sets of fields that a line of .jsonl may have. Forms that say more come
// first, since a line may hold the same example as a text too.
var forms = []struct {
	fields  []string // the fields that a line must have
	example func(*record) Example
}{
	{[]string{"messages"}, (*record).chat},
	{[]string{"prompt", "completion"}, func(r *record) Example {
		return pair(r.text("prompt"), r.text("completion"))
	}},
	{[]string{"question", "answer"}, func(r *record) Example {
		return pair(r.text("question")+"\n", r.text("answer"))
	}},
	{[]string{"instruction", "output"}, func(r *record) Example {
		prompt := r.text("instruction") + "\n"
		if input := r.optional("input"); input != "" {
			prompt += input + "\n"
		}
		return pair(prompt, r.text("output"))
	}},
	{[]string{"text"}, func(r *record) Example {
		return Example{{Text, r.text("text")}}
	}},
}

// parseJSONL reads the lines of a file. Errors call the file name.
func parseJSONL(name string, content []byte) ([]Example, error) {
	var examples []Example
	number := 0
	for line := range bytes.Lines(content) {
		number++
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		x, err := parseLine(line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, number, err)
		}
		examples = append(examples, x)
	}
	return examples, nil
}

func parseLine(line []byte) (Example, error) {
	if err := checkUTF8(line); err != nil {
		return nil, err
	}
	var r record
	err := json.Unmarshal(line, &r.fields)
	if broken, ok := errors.AsType[*json.SyntaxError](err); ok {
		return nil, fmt.Errorf("broken JSON: %w", broken)
	}
	if line[0] != '{' {
		return nil, fmt.Errorf("must be an object, not %s", typeName(line))
	}
	for _, f := range forms {
		if r.has(f.fields) {
			x := f.example(&r)
			return x, r.err
		}
	}
	return nil, fmt.Errorf("fields %v make no example: must be %s", slices.Sorted(maps.Keys(r.fields)), formNames())
}

func formNames() string {
	var names []string
	for _, f := range forms {
		names = append(names, strings.Join(f.fields, "+"))
	}
	return strings.Join(names, ", ")
}
