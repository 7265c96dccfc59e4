package chat

import (
	"context"
	"strings"
	"testing"
)

// withCalls shows tools and the calls of functions as many models' templates do.
const withCalls = `{% if tools %}{{ tools | tojson }}
{% endif %}{% for m in messages %}<|im_start|>{{ m.role }}
{% if m.content %}{{ m.content }}{% endif %}` +
	`{% for call in m.tool_calls or [] %}<call>{{ call.function | tojson }}</call>{% endfor %}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}`

const call = `{"tool_calls":[{"type":"function","id":"c1","function":{"name":"f","arguments":{"x":1,"a":2.5}}}]` +
	`,"content":null}`

// shown writes parts with () around completions and {} around what is quoted.
func shown(parts []Part) string {
	var b strings.Builder
	for _, p := range parts {
		switch {
		case p.Completion:
			b.WriteString("(" + p.Text + ")")
		case p.Quoted:
			b.WriteString("{" + p.Text + "}")
		default:
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

func TestFieldsReachTheTemplate(t *testing.T) {
	template, err := New("t.jinja", withCalls, tokens)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := template.Render(context.Background(), Conversation{
		Messages: []Message{
			{Role: "user", Content: "u"},
			{Role: "assistant", Fields: call},
			{Role: "tool", Content: "7", Fields: `{"name":"f","tool_call_id":"c1"}`},
			{Role: "assistant", Content: "seven", Quoted: true},
		},
		Tools: `[{"z":1,"a":[true,null]}]`,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"z": 1, "a": [true, null]}]
<|im_start|>user
u<|im_end|>
<|im_start|>assistant
(<call>{"name": "f", "arguments": {"x": 1, "a": 2.5}}</call><|im_end|>)
<|im_start|>tool
7<|im_end|>
<|im_start|>assistant
{seven<|im_end|>}
`
	if got := shown(parts); got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
}

// A completion ends with the token that ends it, even if that ends like another one.
func TestCompletionsEndInWholeTokens(t *testing.T) {
	const source = `{% for m in messages %}<start>{{ m.role }}:` +
		`{% if m.tool_calls %}{{ m.tool_calls[0] }}<|eom_id|>{% else %}{{ m.content }}<|eot_id|>{% endif %}{% endfor %}`
	template, err := New("t.jinja", source, Tokens{Special: []string{"<start>", "<|eom_id|>", "<|eot_id|>"}})
	if err != nil {
		t.Fatal(err)
	}
	parts, err := template.Render(context.Background(), Conversation{Messages: []Message{
		{Role: "user", Content: "u"}, {Role: "assistant", Fields: `{"tool_calls":["f"],"content":null}`},
	}})
	if got, want := shown(parts), "<start>user:u<|eot_id|><start>assistant:(f<|eom_id|>)"; got != want || err != nil {
		t.Errorf("got %s, want %s: %v", got, want, err)
	}
}

// What a template does not show would be lost.
func TestFieldsThatAreNotShown(t *testing.T) {
	const plain = `{% for m in messages %}{{ m.role }}:{{ m.content }};{% endfor %}`
	template, err := New("t.jinja", plain, tokens)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ fields, tools, want string }{
		{`{"tool_calls":[{"x":1}]}`, "", "chat: t.jinja: the template does not show messages[1].tool_calls"},
		{`{"name":"n","thought":"x"}`, "", "messages[1].thought"},
		{`{"train_on_turn":false}`, "", "messages[1].train_on_turn"},
		{"", `[1]`, "the template does not show tools"},
		{`{"name":"n","tool_call_id":"c","id":3,"tool_calls":[],"refusal":null,"x":{},"y":""}`, "", ""},
	} {
		_, err := template.Render(context.Background(), Conversation{
			Messages: []Message{{Role: "user", Content: "u"}, {Role: "assistant", Content: "a", Fields: c.fields}},
			Tools:    c.tools,
		})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s %s: %v, want %q", c.fields, c.tools, err, c.want)
		}
	}
}

// Templates leave out the words beside a call (LLaMA 3.1's), a system's text if the last turn is
// the assistant's (Mistral's), or turns of a role that they do not know.
func TestContentsThatAreNotShown(t *testing.T) {
	const calls = `{"tool_calls":[{"x":1}]}`
	for _, c := range []struct {
		source   string
		messages []Message
		want     string
	}{
		{`{% for m in messages %}{{ m.tool_calls or m.content }};{% endfor %}`,
			[]Message{{Role: "user", Content: "u"}, {Role: "assistant", Content: "wait", Fields: calls}},
			"messages[1].content"},
		{`{% for m in messages %}{% if m.role in ["user", "assistant"] %}{{ m.content }};{% endif %}{% endfor %}`,
			[]Message{{Role: "user", Content: "1"}, {Role: "tool", Content: "1"}, {Role: "assistant", Content: "1"}},
			"messages[1].content, which would be lost: take it out"},
		{`{% for m in messages %}{% if m.role != "system" %}{{ m.content }};{% endif %}{% endfor %}`,
			[]Message{{Role: "system", Content: " \n"}, {Role: "user", Content: "u"},
				{Role: "assistant", Content: "a"}}, ""},
		{`{% for m in messages %}{{ m.content.split('</think>')[-1] }};{% endfor %}`,
			[]Message{{Role: "user", Content: "u"}, {Role: "assistant", Content: "<think>x</think>a"}},
			"the reasoning before </think> in messages[1].content, which would be lost"},
		{`{% for m in messages %}{{ m.content.split('</think>')[-1] if not loop.last else m.content }};{% endfor %}`,
			[]Message{{Role: "user", Content: "u"}, {Role: "assistant", Content: "<think>t</think>a"}}, ""},
		{`{% for m in messages %}{{ m.content.split('</think>')[-1] }};{% endfor %}`,
			[]Message{{Role: "user", Content: "u"}, {Role: "assistant", Content: "<think>\n\n</think>a"}}, ""},
		{`{% for m in messages %}{{ m.content }}{{ m.reasoning if loop.last }};{% endfor %}`,
			[]Message{{Role: "assistant", Content: "a", Fields: `{"reasoning":"x"}`},
				{Role: "assistant", Content: "a", Fields: `{"reasoning":"x"}`}}, "messages[0].reasoning"},
		{`{% for m in messages %}{% if m.content not in 'ab' %}{{ raise_exception('other') }}{% endif %}` +
			`{{ m.content }};{% endfor %}`, []Message{{Role: "user", Content: "a"}}, ""},
	} {
		template, err := New("t.jinja", c.source, tokens)
		if err != nil {
			t.Fatal(err)
		}
		_, err = template.Render(context.Background(), Conversation{Messages: c.messages})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.source, err, c.want)
		}
	}
}

// TestReasoning: what a template shows of it is part of the completion, with the tags around it.
func TestReasoning(t *testing.T) {
	const source = `{% for m in messages %}<start>{{ m.role }}:` +
		`{% if loop.last and m.role == 'assistant' %}<think>{{ m.thinking or ` +
		`m.content.split('</think>')[0].split('<think>')[-1] }}</think>{% endif %}` +
		`{{ m.content.split('</think>')[-1] }}{% endfor %}{% if add_generation_prompt %}<start>assistant:{% endif %}`
	template, err := New("t.jinja", source, Tokens{Special: []string{"<start>"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, answer := range []Message{{Content: "a", Fields: `{"thinking":"x"}`}, {Content: "<think>x</think>a"}} {
		answer.Role = "assistant"
		parts, err := template.Render(context.Background(),
			Conversation{Messages: []Message{{Role: "user", Content: "u"}, answer}})
		if got, want := shown(parts), "<start>user:u<start>assistant:(<think>x</think>a)"; got != want || err != nil {
			t.Errorf("got %s, want %s: %v", got, want, err)
		}
	}
}

// A whole number beyond 64 bits, which Python keeps, is no number with an exponent.
func TestNumbersBeyond64Bits(t *testing.T) {
	template, err := New("t.jinja",
		`{% for m in messages %}{{ m.content }}{% if m.calls %}{{ m.calls|tojson }}{% endif %}{% endfor %}`, tokens)
	if err != nil {
		t.Fatal(err)
	}
	for number, want := range map[string]string{
		"9223372036854775807": "", "1e+30": "", "-2.5": "",
		"9223372036854775808": "chat: messages[0]: 9223372036854775808: a whole number beyond 64 bits: " +
			"write it as a text",
	} {
		parts, err := template.Render(context.Background(), Conversation{
			Messages: []Message{{Role: "assistant", Content: "a", Fields: `{"calls":[` + number + `]}`}},
		})
		if want == "" && (err != nil || !strings.Contains(shown(parts), number[:2])) ||
			want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, %v", number, parts, err)
		}
	}
}
