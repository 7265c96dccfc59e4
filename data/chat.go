package data

import (
	"encoding/json"
	"errors"
	"fmt"
)

// chat lays a conversation out in a plain form: each turn is "role: content"
// on a line of its own, and what follows "assistant:" is a completion.
// A model's own chat template would take the place of this one.
func (r *record) chat() Example {
	var x Example
	prompt := ""
	for i, turn := range r.turns() {
		switch turn.role {
		case "assistant":
			x = append(x, pair(prompt+"assistant:", " "+turn.content)...)
			prompt = "\n"
		case "system", "user", "tool":
			prompt += turn.role + ": " + turn.content + "\n"
		default:
			r.fail(fmt.Errorf("messages[%d].role: %q is none of system, user, assistant, tool", i, turn.role))
		}
	}
	if x == nil {
		r.fail(errors.New("messages: no turn is the assistant's, so there is nothing to learn"))
	}
	return x
}

type turn struct{ role, content string }

func (r *record) turns() []turn {
	var list []json.RawMessage
	r.read("messages", r.fields["messages"], '[', &list)
	turns := make([]turn, len(list))
	for i, raw := range list {
		name := fmt.Sprintf("messages[%d]", i)
		var fields map[string]json.RawMessage
		r.read(name, raw, '{', &fields)
		r.read(name+".role", fields["role"], '"', &turns[i].role)
		r.read(name+".content", fields["content"], '"', &turns[i].content)
	}
	return turns
}
