package chat

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ranksweep/tokenizer/chat/jinja"
)

// Conversation is what a template lays out.
type Conversation struct {
	Messages []Message
	Tools    string // functions that the assistant may call, a JSON list; empty for none
}

// Message is a turn of a conversation.
type Message struct {
	Role    string // system, user, assistant, tool
	Content string
	Fields  string // further fields, such as tool_calls, a JSON object; empty for none
	Quoted  bool   // an assistant's turn that nobody learns from

	hidden string // the name of a further field that templates do not see
}

// check returns an error about numbers that a template would not see as they are.
func (c Conversation) check() error {
	if err := checkNumbers(c.Tools); err != nil {
		return fmt.Errorf("tools: %w", err)
	}
	for i, m := range c.Messages {
		if err := checkNumbers(m.Fields); err != nil {
			return fmt.Errorf("messages[%d]: %w", i, err)
		}
	}
	return nil
}

// further returns the further fields.
func (m Message) further() jinja.Pairs {
	pairs, _ := decode(m.Fields).(jinja.Pairs)
	return pairs
}

// dict returns the message as a template sees it. Further fields may have a content of their own.
func (m Message) dict() jinja.Pairs {
	pairs := jinja.Pairs{{Key: "role", Value: m.Role}}
	further := slices.DeleteFunc(m.further(), func(p jinja.Pair) bool { return p.Key == m.hidden })
	if !slices.ContainsFunc(further, func(p jinja.Pair) bool { return p.Key == "content" }) {
		pairs = append(pairs, jinja.Pair{Key: "content", Value: m.Content})
	}
	return append(pairs, further...)
}

// Says returns the names of those further fields of m that say something.
func (m Message) Says() []string {
	var names []string
	for _, p := range m.further() {
		if p.Key != "content" && Says(p.Key) && !isEmpty(p.Value) {
			names = append(names, p.Key)
		}
	}
	return names
}

// Says reports whether a field of that name says something of a message, and not only which
// one it is or whose.
func Says(name string) bool { return name != "name" && name != "id" && !strings.HasSuffix(name, "_id") }

func isEmpty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case jinja.Pairs:
		return len(v) == 0
	}
	return false
}

// showsAll returns an error unless the text that c makes depends on its tools, on each turn's
// content, on the reasoning in it, and on each further field.
func (t *Template) showsAll(ctx context.Context, text string, c Conversation) error {
	if c.Tools != "" {
		if other, err := t.render(ctx, Conversation{Messages: c.Messages}, false); err == nil && other == text {
			return t.notShown("tools")
		}
	}
	if i := t.hiddenContent(ctx, text, c); i >= 0 {
		return t.notShown(fmt.Sprintf("messages[%d].content", i))
	}
	for i, m := range c.Messages {
		for _, name := range m.Says() {
			other := m
			if other.hidden = name; !t.dependsOn(ctx, text, c, i, other) {
				return t.notShown(fmt.Sprintf("messages[%d].%s", i, name))
			}
		}
		if answer, ok := afterReasoning(m.Content); ok {
			m.Content = "<think>" + unused(c.Messages) + "</think>" + answer
			if !t.dependsOn(ctx, text, c, i, m) {
				return t.notShown(fmt.Sprintf("the reasoning before </think> in messages[%d].content", i))
			}
		}
	}
	return nil
}

// afterReasoning returns what follows the reasoning in a content, if there is any. Templates may
// cut reasoning out, above all of turns before the last.
func afterReasoning(content string) (answer string, ok bool) {
	reasoning, answer, ok := strings.Cut(content, "</think>")
	return answer, ok && strings.TrimSpace(strings.ReplaceAll(reasoning, "<think>", "")) != ""
}

// dependsOn reports whether the text that c makes is another one with m in place of its turn i.
func (t *Template) dependsOn(ctx context.Context, text string, c Conversation, i int, m Message) bool {
	other := Conversation{Messages: slices.Clone(c.Messages), Tools: c.Tools}
	other.Messages[i] = m
	changed, err := t.render(ctx, other, false)
	return err != nil || changed != text
}

func (t *Template) notShown(what string) error {
	return fmt.Errorf("chat: %s: the template does not show %s, which would be lost: take it out of the "+
		"data, or put a "+
		"template that shows it into chat_template.jinja beside the model", t.name, what)
}

// hiddenContent returns the first turn on whose content, though it is not blank, the text does
// not depend; −1 if there is none. All contents are marked at once, and only those whose marks
// are not in the text that comes out are looked at one by one.
func (t *Template) hiddenContent(ctx context.Context, text string, c Conversation) int {
	mark := unused(c.Messages)
	marked := func(i int) string { return mark + strconv.Itoa(i) + mark }
	all := Conversation{Messages: slices.Clone(c.Messages), Tools: c.Tools}
	for i := range all.Messages {
		all.Messages[i].Content = marked(i)
	}
	shown, _ := t.render(ctx, all, false) // empty if the template refuses marks
	for i, m := range c.Messages {
		if strings.TrimSpace(m.Content) == "" || strings.Contains(shown, marked(i)) {
			continue
		}
		if m.Content = mark; !t.dependsOn(ctx, text, c, i, m) {
			return i
		}
	}
	return -1
}
