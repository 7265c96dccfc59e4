package data

import (
	"encoding/json"
	"errors"
	"fmt"

	"ranksweep/tokenizer/chat"
)

// roles maps each role of a conversation to the kind of its turns.
var roles = map[string]Kind{"system": System, "user": User, "assistant": Assistant, "tool": Tool}

// chat reads a conversation, one segment for each turn.
func (r *record) chat() Example {
	var x Example
	learns := false
	for i, turn := range r.turns() {
		kind, ok := roles[turn.Role]
		if !ok {
			r.fail(fmt.Errorf("messages[%d].role %q: must be system, user, assistant or tool", i, turn.Role))
		}
		learns = learns || kind == Assistant
		x = append(x, Segment{kind, turn.Content})
	}
	if !learns {
		r.fail(errors.New("messages: there is no turn of the assistant, so there is nothing to learn: add one"))
	}
	return x
}

func (r *record) turns() []chat.Message {
	var list []json.RawMessage
	r.read("messages", r.fields["messages"], '[', &list)
	turns := make([]chat.Message, len(list))
	for i, raw := range list {
		name := fmt.Sprintf("messages[%d]", i)
		var fields map[string]json.RawMessage
		r.read(name, raw, '{', &fields)
		r.read(name+".role", fields["role"], '"', &turns[i].Role)
		r.read(name+".content", fields["content"], '"', &turns[i].Content)
	}
	return turns
}

// isConversation reports whether x is a conversation, which is laid out when it is encoded.
func (x Example) isConversation() bool { return len(x) > 0 && x[0].Kind >= System }

// messages returns the turns of a conversation.
func (x Example) messages() []chat.Message {
	list := make([]chat.Message, len(x))
	for i, s := range x {
		list[i] = chat.Message{Role: s.Kind.role(), Content: s.Text}
	}
	return list
}

func (k Kind) role() string {
	for name, kind := range roles {
		if kind == k {
			return name
		}
	}
	panic(fmt.Sprintf("data: kind %d is not a role", k))
}

// plain lays a conversation out for a model without a template. Each turn is a line
// "role: content", and the text after "assistant:" is a completion.
func (x Example) plain() Example {
	var out Example
	prompt := ""
	for _, m := range x.messages() {
		if m.Role == "assistant" {
			out = append(out, pair(prompt+"assistant:", " "+m.Content)...)
			prompt = "\n"
		} else {
			prompt += m.Role + ": " + m.Content + "\n"
		}
	}
	return out
}

// layOut returns a conversation's tokens, laid out by the model's template. The assistant's
// text is encoded separately from the prompt, as it is when the model is used.
func (e *encoder) layOut(t *chat.Template, x Example) ([]symbol, error) {
	parts, err := t.Render(x.messages())
	if err != nil {
		return nil, err
	}
	var tokens []symbol
	for i, p := range parts {
		encode := e.tokenizer.EncodePiece
		if i == 0 {
			encode = e.tokenizer.EncodeBare
		}
		part := e.spreadBetween(encode(p.Text), len(p.Text)-p.Special)
		for j := range part {
			part[j].score = p.Completion || e.settings.Loss == LossAll
		}
		tokens = append(tokens, part...)
	}
	if len(tokens) > 0 {
		tokens[0].score = false
	}
	return tokens, nil
}

// spreadBetween is spread for tokens that include special ones, which stand for no bytes.
func (e *encoder) spreadBetween(ids []int32, bytes int) []symbol {
	var plain []int32
	special := make([]bool, len(ids))
	for i := range ids {
		if special[i] = e.tokenizer.Decode(ids[i:i+1]) == ""; !special[i] {
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
	return tokens
}
