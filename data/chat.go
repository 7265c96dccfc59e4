package data

import (
	"context"
	"errors"
	"fmt"

	"ranksweep/tokenizer/chat"
)

// isConversation reports whether x is a conversation, which is laid out when it is encoded.
func (x Example) isConversation() bool { return len(x) > 0 && x[0].Kind >= System }

// conversation returns the turns and the tools of a conversation.
func (x Example) conversation() chat.Conversation {
	var c chat.Conversation
	for _, s := range x {
		switch last := len(c.Messages) - 1; s.Kind {
		case Tools:
			c.Tools = s.Text
		case Fields:
			c.Messages[last].Fields = s.Text
		default:
			c.Messages = append(c.Messages, chat.Message{Role: s.Kind.role(), Content: s.Text, Quoted: s.Kind == Quoted})
		}
	}
	return c
}

func (k Kind) role() string {
	return [...]string{"system", "user", "assistant", "tool", "assistant"}[k-System]
}

// plain lays a conversation out for a model without a template. Each turn is a line
// "role: content", and the text after "assistant:" is a completion.
func (x Example) plain() (Example, error) {
	var out Example
	prompt := ""
	c := x.conversation()
	if c.Tools != "" {
		return nil, errors.New("tools: the tokenizer has no chat template to lay them out")
	}
	for i, m := range c.Messages {
		if says := m.Says(); len(says) > 0 {
			return nil, fmt.Errorf("messages[%d].%s: the tokenizer has no chat template to lay it out", i, says[0])
		}
		if m.Role != "assistant" {
			prompt += m.Role + ": " + m.Content + "\n"
			continue
		}
		answer := Segment{Completion, " " + m.Content}
		if m.Quoted {
			answer.Kind = Quoted
		}
		out = append(out, Segment{Prompt, prompt + "assistant:"}, answer)
		prompt = "\n"
	}
	return out, nil
}

// layOut returns a conversation's tokens, laid out by the model's template. The assistant's
// text is encoded separately from the prompt, as it is when the model is used.
func (e *encoder) layOut(ctx context.Context, t *chat.Template, x Example) ([]symbol, error) {
	parts, err := t.Render(ctx, x.conversation())
	if err != nil {
		return nil, err
	}
	var tokens []symbol
	for i, p := range parts {
		encode := e.tokenizer.EncodePiece
		if i == 0 {
			encode = e.tokenizer.EncodeBare
		}
		ids, err := encode(ctx, p.Text)
		if err != nil {
			return nil, err
		}
		part, err := e.spreadBetween(ctx, ids, len(p.Text)-p.Special)
		if err != nil {
			return nil, err
		}
		for j := range part {
			part[j].score = p.Completion || e.settings.Loss == LossAll && !p.Quoted
		}
		tokens = append(tokens, part...)
	}
	if len(tokens) > 0 {
		tokens[0].score = false
	}
	return tokens, nil
}

// spreadBetween is spread for tokens that include special ones, which stand for no bytes.
func (e *encoder) spreadBetween(ctx context.Context, ids []int32, bytes int) ([]symbol, error) {
	var plain []int32
	special := make([]bool, len(ids))
	for i := range ids {
		text, err := e.tokenizer.Decode(ctx, ids[i:i+1])
		if err != nil {
			return nil, err
		}
		if special[i] = text == ""; !special[i] {
			plain = append(plain, ids[i])
		}
	}
	shares := spread(plain, bytes)
	tokens := make([]symbol, len(ids))
	for i, id := range ids {
		tokens[i].id = id
		if !special[i] {
			tokens[i], shares = shares[0], shares[1:]
		}
	}
	return tokens, nil
}
