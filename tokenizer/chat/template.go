package chat

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ranksweep/tokenizer/chat/jinja"
)

// Part is a part of the text of a conversation.
type Part struct {
	Text       string
	Completion bool // the assistant's words, with the token that ends them
	Quoted     bool // the same, of a message that is quoted
	Special    int  // number of bytes of Text that are special tokens
}

// Tokens are the texts of the special tokens that a template may name.
type Tokens struct {
	BOS, EOS string   // empty for none
	Special  []string // all special tokens, including BOS and EOS
}

// Template lays conversations out. Several goroutines may use it at once.
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

// Render lays a conversation out. The texts of the parts, one after the other, are the
// template's text for the conversation.
//
// A completion begins where the template lets the assistant begin, or where the text first
// depends on the assistant's words. It ends with these words, and the special token that
// follows, if there is one. Contents and fields that the template does not show are an error,
// unless they are names or ids. If ctx ends, Render returns early with an error that wraps ctx's.
func (t *Template) Render(ctx context.Context, c Conversation) ([]Part, error) {
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("chat: %w", err)
	}
	text, err := t.render(ctx, c, false)
	if err == nil {
		err = t.showsAll(ctx, text, c)
	}
	if err != nil {
		return nil, err
	}
	var parts []Part
	at := 0
	for i, m := range c.Messages {
		if m.Role != "assistant" {
			continue
		}
		begin, end, err := t.completion(ctx, text, c, i)
		if err != nil {
			return nil, fmt.Errorf("%w, with another text as messages[%d].content", err, i)
		}
		begin = max(begin, at)
		if end <= begin {
			continue
		}
		parts = t.appendPart(parts, Part{Text: text[at:begin]})
		parts = t.appendPart(parts, Part{Text: text[begin:end], Completion: !m.Quoted, Quoted: m.Quoted})
		at = end
	}
	return t.appendPart(parts, Part{Text: text[at:]}), nil
}

func (t *Template) appendPart(parts []Part, p Part) []Part {
	text := p.Text
	if text == "" {
		return parts
	}
	for at := 0; at < len(text); {
		n := len(t.special(text[at:]))
		p.Special += n
		at += max(n, 1)
	}
	return append(parts, p)
}

// completion returns the beginning and end of the completion of turn i in text.
func (t *Template) completion(ctx context.Context, text string, c Conversation, i int) (
	begin, end int, err error) {
	begin, end, err = t.dependent(ctx, text, c, i)
	if err != nil || begin < 0 {
		return 0, 0, err
	}
	end += len(t.special(text[end:]))
	// A space or tag before the assistant's words belongs to the completion, if the prompt
	// that asks for an answer ends without it.
	prompt, err := t.render(ctx, Conversation{Messages: c.Messages[:i], Tools: c.Tools}, true)
	if stopped := ctx.Err(); stopped != nil {
		return 0, 0, stopped
	}
	if err == nil && len(prompt) <= begin && strings.HasPrefix(text, prompt) && t.special(text[len(prompt):]) == "" {
		begin = len(prompt)
	}
	return begin, end, nil
}

// dependent returns the part of text that depends on the words of turn i: the part that changes
// if it has another content and no calls. A begin of −1 means that nothing depends on them.
func (t *Template) dependent(ctx context.Context, text string, c Conversation, i int) (
	begin, end int, err error) {
	other := Conversation{Messages: slices.Clone(c.Messages), Tools: c.Tools}
	other.Messages[i].Content, other.Messages[i].Fields = unused(c.Messages), ""
	changed, err := t.render(ctx, other, false)
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
	return begin, t.beforeSpecial(text, begin, end), nil
}

// beforeSpecial returns end, or the beginning of a special token that end would cut in two: two
// such tokens may end alike.
func (t *Template) beforeSpecial(text string, begin, end int) int {
	for at := begin; at < end; at++ {
		if n := len(t.special(text[at:])); at+n > end {
			return at
		}
	}
	return end
}

// unused returns a private-use character that occurs in no message.
func unused(messages []Message) string {
	for r := '\ue000'; ; r++ {
		if !slices.ContainsFunc(messages, func(m Message) bool { return strings.ContainsRune(m.Content, r) }) {
			return string(r)
		}
	}
}

// special returns the longest special token with which text begins.
func (t *Template) special(text string) string {
	longest := ""
	for _, token := range t.tokens.Special {
		if len(token) > len(longest) && strings.HasPrefix(text, token) {
			longest = token
		}
	}
	return longest
}

// date is the day that templates see, at midnight. It is fixed, so that a conversation always
// gives the same text. LLaMA 3's templates use this day if there is no clock.
var date = time.Date(2024, time.July, 26, 0, 0, 0, 0, time.UTC)

// otherTokens are special tokens that a template may name but that Tokens does not have.
var otherTokens = []string{"unk_token", "pad_token", "sep_token", "cls_token", "mask_token"}

func (t *Template) render(ctx context.Context, c Conversation, prompt bool) (string, error) {
	list := make([]any, len(c.Messages))
	for i, m := range c.Messages {
		list[i] = m.dict()
	}
	variables := map[string]any{
		"messages":              list,
		"tools":                 decode(c.Tools),
		"documents":             nil,
		"add_generation_prompt": prompt,
	}
	for _, name := range otherTokens {
		variables[name] = jinja.Unknown("not known here: write the token itself in its place")
	}
	for name, token := range map[string]string{"bos_token": t.tokens.BOS, "eos_token": t.tokens.EOS} {
		if token != "" { // Hugging Face's library leaves the variable of a missing token undefined
			variables[name] = token
		}
	}
	text, err := t.source.Render(ctx, variables, date)
	if err != nil {
		return "", fmt.Errorf("chat: %s:%w", t.name, err)
	}
	return text, nil
}
