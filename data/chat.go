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
			c.Messages = append(c.Messages, chat.Message{Role: s.Kind.role(), Content: s.Text,
				Quoted: s.Kind == Quoted})
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

// layOut adds a conversation's tokens, laid out by the model's template. The assistant's text is
// encoded separately from the prompt, as it is when the model is used.
func (e *encoder) layOut(ctx context.Context, t *chat.Template, x Example) error {
	parts, err := t.Render(ctx, x.conversation())
	if err != nil {
		return err
	}
	encode := e.tokenizer.EncodeBareTo
	for _, p := range parts {
		var mark entry
		if p.Completion || e.settings.Loss == LossAll && !p.Quoted {
			mark = scored
		}
		from := e.tape.len
		if _, err := e.text(ctx, encode, p.Text, mark); err != nil {
			return err
		}
		if err := e.spreadBetween(ctx, from, len(p.Text)-p.Special); err != nil {
			return err
		}
		encode = e.tokenizer.EncodePieceTo
	}
	return nil
}

// spreadBetween shares bytes out among the tokens from a place on, except special ones, which
// stand for no bytes.
func (e *encoder) spreadBetween(ctx context.Context, from, bytes int) error {
	plain := 0
	for i := from; i < e.tape.len; i++ {
		special, err := e.isSpecial(ctx, e.tape.at(i).id())
		if err != nil {
			return err
		}
		if !special {
			plain++
		}
	}
	var between shares
	between.spread(plain, bytes)
	for i := from; i < e.tape.len; i++ {
		if e.special[e.tape.at(i).id()] {
			e.shares.add(1, 0)
		} else {
			e.shares.add(1, between.next())
		}
	}
	return nil
}

// isSpecial reports whether a token decodes to nothing, and remembers it.
func (e *encoder) isSpecial(ctx context.Context, id int32) (bool, error) {
	if special, known := e.special[id]; known {
		return special, nil
	}
	text, err := e.tokenizer.Decode(ctx, []int32{id})
	if err == nil {
		e.special[id] = text == ""
	}
	return text == "", err
}
