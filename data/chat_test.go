package data

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"ranksweep/tokenizer"
)

// withTemplate returns the byte tokenizer with a chat template.
func withTemplate(t *testing.T, source string) Tokenizer {
	t.Helper()
	files := fstest.MapFS{"chat_template.jinja": {Data: []byte(source)}}
	for name, content := range tokenizer.NewByteTokenizer().Files() {
		files[name] = &fstest.MapFile{Data: content}
	}
	tok, err := tokenizer.LoadFS(files, "chat", tokenizer.Model{})
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

const turns = `{% for m in messages %}{{ m.role[0] }}:{{ m.content | trim }}` +
	`{% if m.role == "assistant" %}{{ eos_token }}{% endif %};{% endfor %}{% if add_generation_prompt %}a:{% endif %}`

func TestConversation(t *testing.T) {
	conversation := Example{{User, " hi "}, {Assistant, " yo "}, {User, "q"}, {Assistant, "é"}, {User, "x"}}
	completion, all := Settings{Loss: LossCompletion, Context: 100}, Settings{Loss: LossAll, Context: 100}
	quoted := Example{{User, "q"}, {Quoted, "x"}, {User, "r"}, {Assistant, "y"}}
	const failing = `{% if messages[0].content == "q" %}{{ raise_exception("no q") }}{% endif %}` + turns
	for _, c := range []struct {
		name      string
		tokenizer Tokenizer
		settings  Settings
		example   Example
		want      string // tokens>targets bytes
	}{
		{"template", withTemplate(t, turns), completion, conversation,
			"u:hi;a:yo$;u:q;a:\xc3\xa9>______yo$_______\xc3\xa9$ 4"},
		{"all is scored", withTemplate(t, turns), all, conversation,
			"u:hi;a:yo$;u:q;a:é$;u:x>:hi;a:yo$;u:q;a:é$;u:x; 22"},
		{"an exception for others", withTemplate(t, failing), completion, conversation,
			"u:hi;a:yo$;u:q;a:\xc3\xa9>______yo$_______\xc3\xa9$ 4"},
		{"no template", plainBytes, completion, conversation,
			"user:  hi \nassistant:  yo $\nuser: q\nassistant: \xc3\xa9>____________________  yo " +
				"$___________________ \xc3\xa9$ 8"},
		{"a quoted turn", withTemplate(t, turns), completion, quoted, "u:q;a:x$;u:r;a:y>______________y$ 1"},
		{"a quoted turn, all is scored", withTemplate(t, turns), all, quoted,
			"u:q;a:x$;u:r;a:y$>:q;a:__;u:r;a:y$; 14"},
		{"a quoted turn without a template", plainBytes, all, quoted,
			"user: q\nassistant: x$\nuser: r\nassistant: y>ser: q\nassistant:___\nuser: r\nassistant: y$ 38"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := mustEncode(t, corpus(c.example), c.tokenizer, c.settings)
			if got := showAll(d.Train); !slices.Equal(got, []string{c.want}) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if plain := c.tokenizer == plainBytes; (d.Stats.Plain == 1) != plain {
				t.Errorf("%d plain conversations", d.Stats.Plain)
			}
		})
	}
}

// A call of a function is laid out and scored, or refused.
func TestCalls(t *testing.T) {
	calls := Example{{Tools, `["f"]`}, {User, "q"}, {Assistant, ""}, {Fields, `{"tool_calls":["f(x)"],"content":null}`}}
	const shown = `{{ tools[0] }}{% for m in messages %}{{ m.role[0] }}:` +
		`{{ m.content or m.tool_calls[0] }};{% endfor %}{% if add_generation_prompt %}a:{% endif %}`
	s := Settings{Loss: LossCompletion, Context: 100}
	d := mustEncode(t, corpus(calls), withTemplate(t, shown), s)
	if got, want := showAll(d.Train)[0], "fu:q;a:f(x>______f(x) 4"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, c := range []struct {
		tokenizer Tokenizer
		example   Example
		want      string
	}{
		{withTemplate(t, turns), calls, "chat/chat_template.jinja: the template does not show tools"},
		{withTemplate(t, turns), calls[1:], "chat_template.jinja: the template does not show messages[1].tool_calls"},
		{plainBytes, calls, "example 1: tools: the tokenizer has no chat template to lay them out"},
		{plainBytes, calls[1:], "example 1: messages[1].tool_calls: the tokenizer has no chat template to lay it out"},
	} {
		_, err := Encode(t.Context(), corpus(c.example), c.tokenizer, s)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}

func TestConversationErrors(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{"{% if %}", "data: test: example 2: chat: chat/chat_template.jinja:1:7: "},
		{`{{ raise_exception("roles must alternate") }}`, "example 2: chat: chat/chat_template.jinja:1:4: "},
		{`{{ raise_exception("roles must alternate") }}`, "roles must alternate"},
	} {
		examples := corpus(pair("a", "b"), Example{{User, "u"}, {Assistant, "a"}})
		_, err := Encode(t.Context(), examples, withTemplate(t, c.source),
			Settings{Loss: LossAll, Context: 9})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.source, err, c.want)
		}
	}
}
