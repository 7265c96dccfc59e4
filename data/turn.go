package data

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"ranksweep/tokenizer/chat"
)

// roles maps each role of a conversation to the kind of its turns. Human and gpt are those of
// ShareGPT.
var roles = map[string]Kind{
	"system": System, "user": User, "human": User, "assistant": Assistant, "gpt": Assistant, "tool": Tool,
}

// conversation reads a list of turns, with a system's text and tools beside it.
func (r *record) conversation(name string) Example {
	system, turns := r.system(), r.turns(name)
	if len(system) > 1 || len(system) == 1 && len(turns) > 0 && turns[0].Kind == System {
		r.fail(fmt.Errorf("there is more than one text of the system, in %s and beside it: keep one", name))
	}
	return r.learnable(name, slices.Concat(r.tools(), system, turns))
}

// twoLists reads a list of turns that are not scored, and a list of turns that are.
func (r *record) twoLists(prompt, completion string) Example {
	read := r.turns(prompt)
	for i, s := range read {
		if s.Kind == Assistant {
			read[i].Kind = Quoted
		}
	}
	return r.learnable(completion, slices.Concat(r.tools(), read, r.turns(completion)))
}

// learnable returns x if there is a turn to learn from.
func (r *record) learnable(name string, x Example) Example {
	if !slices.ContainsFunc(x, func(s Segment) bool { return s.Kind == Assistant }) {
		r.fail(fmt.Errorf("%s: there is no turn of the assistant to learn from: add one", name))
	}
	return x
}

// system returns the turn that a field beside the turns makes.
func (r *record) system() Example {
	var x Example
	for _, name := range []string{"system", "system_prompt"} {
		if r.has(name) && !isEmpty(r.values[name]) {
			x = append(x, Segment{System, r.text(name)})
		}
	}
	return x
}

// tools returns the list of tools, which LLaMA-Factory has as a string.
func (r *record) tools() Example {
	raw := r.member("tools")
	if raw != nil && raw[0] == '"' {
		raw = []byte(r.text("tools"))
		if !json.Valid(raw) {
			r.fail(errors.New("tools: the string must be a JSON list"))
			return nil
		}
		raw = bytes.TrimSpace(raw)
	}
	if raw == nil || isEmpty(raw) || !r.must("tools", raw, '[') {
		return nil
	}
	return Example{{Tools, compact(raw)}}
}

func (r *record) turns(name string) Example {
	raw := r.member(name)
	if !r.must(name, raw, '[') {
		return nil
	}
	var x Example
	i := 0
	for part := range parts(raw) {
		x = append(x, r.turn(fmt.Sprintf("%s[%d]", name, i), part)...)
		i++
	}
	return x
}

// turn reads one turn: its segment, and one of further fields if it has any.
func (r *record) turn(name string, raw []byte) Example {
	if !r.must(name, raw, '{') {
		return nil
	}
	var o object
	if err := o.set(raw); err != nil {
		r.fail(err)
		return nil
	}
	role, content := "role", "content"
	if !o.has(role) && o.has("from") {
		role, content = "from", "value"
	}
	kind := r.kind(name+"."+role, o.values[role])
	if !r.weight(name, &o, kind) {
		kind = Quoted
	}
	further := slices.DeleteFunc(slices.Clone(o.names), func(name string) bool {
		return name == role || name == content || slices.Contains(weights, name)
	})
	if !o.has(content) && !slices.ContainsFunc(further, chat.Says) {
		r.fail(fmt.Errorf("%s.%s is missing", name, content))
	}
	x := Example{{kind, r.content(name+"."+content, o.values[content])}}
	if len(further) > 0 {
		x = append(x, Segment{Fields, o.text(further, o.has(content))})
	}
	return x
}

func (r *record) kind(name string, raw []byte) Kind {
	role := r.string(name, raw)
	kind, ok := roles[role]
	if !ok {
		r.fail(fmt.Errorf("%s %q: must be system, user (or human), assistant (or gpt) or tool; calls of functions are "+
			"tool_calls of an assistant's turn", name, role))
	}
	return kind
}

// weight reports whether an assistant's turn is scored. OpenAI's files say it by weight, 0 or
// 1; ms-swift's by loss, and Axolotl's by train.
func (r *record) weight(name string, o *object, kind Kind) bool {
	scored := true
	for _, key := range weights {
		switch raw := o.values[key]; {
		case !o.has(key):
			continue
		case slices.Contains([]string{"0", "0.0", "false"}, string(raw)):
			scored = false
		case !slices.Contains([]string{"1", "1.0", "true"}, string(raw)):
			r.fail(fmt.Errorf("%s.%s %s: must be 0 or 1", name, key, raw))
		case kind != Assistant:
			r.fail(fmt.Errorf("%s.%s %s: only the assistant's turns can be scored", name, key, raw))
		}
	}
	return scored || kind != Assistant
}

var weights = []string{"weight", "loss", "train"}

// content reads a turn's text: a string, or parts of type text, which are joined.
func (r *record) content(name string, raw []byte) string {
	if raw == nil || raw[0] == 'n' {
		return ""
	}
	if raw[0] != '[' {
		return r.string(name, raw)
	}
	var text []byte
	for part := range parts(raw) {
		var o object
		if !r.must(name, part, '{') || o.set(part) != nil || string(o.values["type"]) != `"text"` || !o.has("text") {
			r.fail(fmt.Errorf("%s: must be a string, or parts of type text alone", name))
			return ""
		}
		text = append(text, r.string(name, o.values["text"])...)
	}
	return string(text)
}

// text returns some members as the text of an object. Libraries give a template None in place
// of a content that is absent.
func (o *object) text(names []string, hasContent bool) string {
	var b bytes.Buffer
	for _, name := range names {
		key, err := json.Marshal(name)
		if err != nil {
			panic(err) // a text has a form in JSON
		}
		fmt.Fprintf(&b, ",%s:%s", key, compact(o.values[name]))
	}
	if !hasContent {
		b.WriteString(`,"content":null`)
	}
	return "{" + b.String()[1:] + "}"
}

// compact returns valid JSON without its white space.
func compact(raw []byte) string {
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		panic(err) // raw is valid
	}
	return b.String()
}
