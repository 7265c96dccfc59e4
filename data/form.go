package data

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// form is a set of fields that make an example.
type form struct {
	needs    []string
	optional []string
	repeats  []string // fields in which files say again what the others say
	example  func(*record) Example
}

// forms are tried in order. What libraries read by the same names in the same way is read here:
// TRL, LLaMA-Factory, Axolotl and ms-swift. Forms that say more come first.
var forms = []form{
	{
		[]string{"messages"}, []string{"system", "system_prompt", "tools"}, []string{"prompt", "text"},
		func(r *record) Example { return r.conversation("messages") },
	},
	{
		[]string{"conversations"}, []string{"system", "system_prompt", "tools"}, []string{"text"},
		func(r *record) Example { return r.conversation("conversations") },
	},
	{[]string{"prompt", "completion"}, []string{"tools"}, []string{"text"}, (*record).promptAndCompletion},
	instruction("instruction", "output", "input"),
	instruction("instruction", "response", "context"),
	instruction("question", "response"),
	instruction("question", "answer"),
	instruction("query", "response"),
	instruction("prompt", "response"),
	{[]string{"text"}, nil, nil, func(r *record) Example { return Example{{Text, r.text("text")}} }},
}

// instruction is a form whose prompt is a line for each of a few fields: a system's, the asked
// one, and more.
func instruction(asked, answer string, more ...string) form {
	return form{
		needs: []string{asked, answer}, optional: append([]string{"system", "system_prompt"}, more...),
		repeats: []string{"text"},
		example: func(r *record) Example {
			prompt := r.line("system") + r.line("system_prompt") + r.text(asked) + "\n"
			for _, name := range more {
				prompt += r.line(name)
			}
			return pair(prompt, r.text(answer))
		},
	}
}

// promptAndCompletion reads two texts as they are, or two lists of messages.
func (r *record) promptAndCompletion() Example {
	if r.values["prompt"][0] == '[' {
		return r.twoLists("prompt", "completion")
	}
	if r.has("tools") {
		r.fail(fmt.Errorf("tools: prompt and completion must be lists of messages to go with it"))
	}
	return pair(r.text("prompt"), r.text("completion"))
}

// form returns the form of a record, all of whose fields are understood.
func (r *record) form() (*form, error) {
	for i := range forms {
		if f := &forms[i]; r.has(f.needs...) {
			return f, f.check(&r.object)
		}
	}
	if r.has("role", "content") || r.has("from", "value") {
		return nil, errors.New("this is a turn and no example: an example has a list of turns, as messages; if each " +
			"line of the file is such a list, jq -c '{messages: .}' makes examples of them")
	}
	if name, ok := r.holdsExamples(); ok {
		return nil, fmt.Errorf("the examples are within the field %s: jq -c '.%s[]' takes them out", name, name)
	}
	return nil, fmt.Errorf("fields %v make no example: must be %s; one may be renamed by jq -c '.text = .NAME | "+
		"del(.NAME)'", r.names, formNames())
}

// holdsExamples returns the name of the only field that is a list of objects which are no turns.
func (r *record) holdsExamples() (name string, ok bool) {
	lists := slices.DeleteFunc(slices.Clone(r.names),
		func(name string) bool { return !isListOfExamples(r.values[name]) })
	if len(lists) != 1 {
		return "", false
	}
	return lists[0], true
}

func isListOfExamples(raw []byte) bool {
	if raw[0] != '[' {
		return false
	}
	for first := range parts(raw) {
		var o object
		return first[0] == '{' && o.set(first) == nil && !o.has("role") && !o.has("from")
	}
	return false
}

// check returns an error if there are fields that the form would lose.
func (f *form) check(o *object) error {
	lost := slices.Clone(o.names)
	lost = slices.DeleteFunc(lost, func(name string) bool {
		return f.knows(name) || describes(name) || isEmpty(o.values[name])
	})
	if len(lost) == 0 {
		return nil
	}
	return fmt.Errorf("fields %v are not understood beside %s, and would be lost; understood are %s and fields that "+
		"only describe, such as id and source: rename them, or take them out by jq -c 'del(.%s)'",
		lost, strings.Join(f.needs, "+"), strings.Join(append([]string{"text"}, f.optional...), ", "),
		strings.Join(lost, ", ."))
}

func (f *form) knows(name string) bool {
	return slices.Contains(f.needs, name) || slices.Contains(f.optional, name) || slices.Contains(f.repeats, name)
}

func formNames() string {
	var names []string
	for _, f := range forms {
		names = append(names, strings.Join(f.needs, "+"))
	}
	return strings.Join(names, ", ")
}
