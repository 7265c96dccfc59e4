package chat

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ranksweep/tokenizer/chat/jinja"
)

// Message is a turn of a conversation.
type Message struct {
	Role    string // system, user, assistant, tool
	Content string
}

// Part is a part of a conversation that was laid out.
type Part struct {
	Text       string
	Completion bool // what the assistant says, with the token that ends it
	Special    int  // how many bytes of Text are special tokens
}

// Tokens are the special tokens that a template may name, by their text.
type Tokens struct {
	BOS, EOS string   // empty for none
	Special  []string // all, BOS and EOS among them
}

// Template lays conversations out. It may be used by several goroutines at
// once.
type Template struct {
	name   string
	source *jinja.Template
	tokens Tokens
}

// New reads the source of a template; errors call it name.
func New(name, source string, tokens Tokens) (*Template, error) {
	read, err := jinja.New(source)
	if err != nil {
		return nil, fmt.Errorf("chat: %s:%w", name, err)
	}
	return &Template{name, read, tokens}, nil
}

// Render lays a conversation out. The texts of the parts, one after the other,
// are what the template makes of it.
//
// A completion begins where the template has the assistant begin, or where the
// text first depends on what it says, and ends with it and the special token
// that follows, if one does.
func (t *Template) Render(messages []Message) ([]Part, error) {
	text, err := t.render(messages, false)
	if err != nil {
		return nil, err
	}
	var parts []Part
	at := 0
	for i, m := range messages {
		if m.Role != "assistant" {
			continue
		}
		begin, end, err := t.completion(text, messages, i)
		if err != nil {
			return nil, fmt.Errorf("%w, with another text as messages[%d].content", err, i)
		}
		begin = max(begin, at)
		if end <= begin {
			continue
		}
		parts = t.appendPart(parts, text[at:begin], false)
		parts = t.appendPart(parts, text[begin:end], true)
		at = end
	}
	return t.appendPart(parts, text[at:], false), nil
}

func (t *Template) appendPart(parts []Part, text string, completion bool) []Part {
	if text == "" {
		return parts
	}
	special := 0
	for at := 0; at < len(text); {
		n := len(t.special(text[at:]))
		special += n
		at += max(n, 1)
	}
	return append(parts, Part{text, completion, special})
}

// completion returns where in text the completion of turn i begins and ends.
func (t *Template) completion(text string, messages []Message, i int) (begin, end int, err error) {
	begin, end, err = t.dependent(text, messages, i)
	if err != nil || begin < 0 {
		return 0, 0, err
	}
	end += len(t.special(text[end:]))
	// The space or the tag that a template puts before what the assistant says
	// is the assistant's own where the prompt to answer lacks it.
	prompt, err := t.render(messages[:i], true)
	if err == nil && len(prompt) <= begin && strings.HasPrefix(text, prompt) && t.special(text[len(prompt):]) == "" {
		begin = len(prompt)
	}
	return begin, end, nil
}

// dependent returns the part of text that is there because of the content of
// turn i: what differs when it is another. A begin of −1 means that none is.
func (t *Template) dependent(text string, messages []Message, i int) (begin, end int, err error) {
	other := slices.Clone(messages)
	other[i].Content = unused(messages)
	changed, err := t.render(other, false)
	if err != nil {
		return 0, 0, err
	}
	if changed == text {
		return -1, 0, nil
	}
	for begin < len(text) && begin < len(changed) && text[begin] == changed[begin] {
		begin++
	}
	same := 0
	for same < len(text)-begin && same < len(changed)-begin && text[len(text)-1-same] == changed[len(changed)-1-same] {
		same++
	}
	end = len(text) - same
	for begin > 0 && begin < len(text) && !utf8.RuneStart(text[begin]) {
		begin--
	}
	for end < len(text) && !utf8.RuneStart(text[end]) {
		end++
	}
	return begin, end, nil
}

// unused is a character for private use that no content has.
func unused(messages []Message) string {
	for r := '\ue000'; ; r++ {
		if !slices.ContainsFunc(messages, func(m Message) bool { return strings.ContainsRune(m.Content, r) }) {
			return string(r)
		}
	}
}

// special returns the longest special token that text begins with.
func (t *Template) special(text string) string {
	longest := ""
	for _, token := range t.tokens.Special {
		if len(token) > len(longest) && strings.HasPrefix(text, token) {
			longest = token
		}
	}
	return longest
}

// date is the day that templates see, at midnight: a conversation is the same
// text whenever it is laid out. It is the day that templates of LLaMA 3 have for
// where there is no clock.
var date = time.Date(2024, time.July, 26, 0, 0, 0, 0, time.UTC)

// otherTokens are special tokens that a template may name, and that Tokens lacks.
var otherTokens = []string{"unk_token", "pad_token", "sep_token", "cls_token", "mask_token"}

func (t *Template) render(messages []Message, prompt bool) (string, error) {
	list := make([]any, len(messages))
	for i, m := range messages {
		list[i] = jinja.Pairs{{Key: "role", Value: m.Role}, {Key: "content", Value: m.Content}}
	}
	variables := map[string]any{
		"messages":              list,
		"tools":                 nil,
		"documents":             nil,
		"add_generation_prompt": prompt,
	}
	for _, name := range otherTokens {
		variables[name] = jinja.Unknown("not known here: write the token itself in its place")
	}
	for name, token := range map[string]string{"bos_token": t.tokens.BOS, "eos_token": t.tokens.EOS} {
		if token != "" { // without one, Hugging Face leaves the variable undefined
			variables[name] = token
		}
	}
	text, err := t.source.Render(variables, date)
	if err != nil {
		return "", fmt.Errorf("chat: %s:%w", t.name, err)
	}
	return text, nil
}
