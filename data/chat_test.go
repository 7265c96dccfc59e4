package data

import (
	"fmt"
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
	tok, err := tokenizer.LoadFS(files, "chat", tokenizer.Ends{})
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
	const failing = `{% if messages[0].content == "q" %}{{ raise_exception("no q") }}{% endif %}` + turns
	for _, c := range []struct {
		name      string
		tokenizer Tokenizer
		settings  Settings
		want      string // tokens>targets bytes
	}{
		{"template", withTemplate(t, turns), completion, "u:hi;a:yo$;u:q;a:\xc3\xa9>______yo$_______\xc3\xa9$ 4"},
		{"all is scored", withTemplate(t, turns), all, "u:hi;a:yo$;u:q;a:é$;u:x>:hi;a:yo$;u:q;a:é$;u:x; 22"},
		{"an exception for others", withTemplate(t, failing), completion,
			"u:hi;a:yo$;u:q;a:\xc3\xa9>______yo$_______\xc3\xa9$ 4"},
		{"no template", plainBytes, completion,
			"user:  hi \nassistant:  yo $\nuser: q\nassistant: \xc3\xa9>____________________  yo " +
				"$___________________ \xc3\xa9$ 8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := mustEncode(t, corpus(conversation), c.tokenizer, c.settings)
			if got := []string{fmt.Sprintf("%s>%s %d", show(d.Train[0].Tokens), show(d.Train[0].Targets),
				d.Train[0].Bytes)}; !slices.Equal(got, []string{c.want}) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if plain := c.tokenizer == plainBytes; (d.Stats.Plain == 1) != plain {
				t.Errorf("%d plain conversations", d.Stats.Plain)
			}
		})
	}
}

func TestConversationErrors(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{"{% if %}", "data: test: example 2: chat: chat/chat_template.jinja:1:7: "},
		{`{{ raise_exception("roles must alternate") }}`, "example 2: chat: chat/chat_template.jinja:1:4: "},
		{`{{ raise_exception("roles must alternate") }}`, "roles must alternate"},
	} {
		_, err := Encode(corpus(pair("a", "b"), Example{{User, "u"}, {Assistant, "a"}}), withTemplate(t, c.source),
			Settings{Loss: LossAll, Context: 9})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.source, err, c.want)
		}
	}
}
