package chat

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

var tokens = Tokens{BOS: "<s>", EOS: "</s>", Special: []string{"<s>", "</s>", "<|im_start|>", "<|im_end|>",
	"<|eot_id|>", "<end_of_turn>", "<|start_header_id|>", "<start_of_turn>"}}

// golden is what Hugging Face's apply_chat_template does; testdata/generate.py
// makes it.
var golden = func() (g struct {
	Templates map[string]string
	Cases     []struct {
		Template string
		Messages []Message
		Prompt   bool
		Text     *string
		Error    string
	}
}) {
	content, err := os.ReadFile("testdata/golden.json")
	if err == nil {
		err = json.Unmarshal(content, &g)
	}
	if err != nil {
		panic(err)
	}
	return g
}()

func compiled(t *testing.T, name string) *Template {
	t.Helper()
	template, err := New(golden.Templates[name], tokens)
	if err != nil {
		t.Fatal(err)
	}
	return template
}

func TestTemplatesMatchHuggingFace(t *testing.T) {
	if len(golden.Cases) < 100 {
		t.Fatalf("%d cases", len(golden.Cases))
	}
	for _, c := range golden.Cases {
		text, err := compiled(t, c.Template).render(c.Messages, c.Prompt)
		switch {
		case c.Text == nil:
			if err == nil || !strings.Contains(err.Error(), c.Error) {
				t.Errorf("%s of %q: error %v, want %s", c.Template, c.Messages, err, c.Error)
			}
		case err != nil:
			t.Errorf("%s of %q: %v", c.Template, c.Messages, err)
		case text != *c.Text:
			t.Errorf("%s of %q:\n%q, want\n%q", c.Template, c.Messages, text, *c.Text)
		}
	}
}

// The parts make up the text, and completions hold what assistants say.
func TestPartsMakeUpTheText(t *testing.T) {
	for _, c := range golden.Cases {
		if c.Text == nil || c.Prompt {
			continue
		}
		parts, err := compiled(t, c.Template).Render(c.Messages)
		if err != nil {
			t.Errorf("%s of %q: %v", c.Template, c.Messages, err)
			continue
		}
		var whole string
		var said []string
		for _, p := range parts {
			whole += p.Text
			if p.Completion {
				said = append(said, p.Text)
			}
		}
		if whole != *c.Text {
			t.Errorf("%s of %q: parts are %v, text is %q", c.Template, c.Messages, parts, *c.Text)
		}
		i := 0
		for _, m := range c.Messages {
			if m.Role != "assistant" {
				continue
			}
			_, answer, _ := strings.Cut(m.Content, "</think>")
			if answer == "" {
				answer = m.Content
			}
			if i == len(said) || !strings.Contains(said[i], strings.TrimSpace(answer)) {
				t.Errorf("%s of %q: completion %d of %q lacks %q", c.Template, c.Messages, i, said, answer)
				break
			}
			i++
		}
	}
}

func TestCompletions(t *testing.T) {
	conversation := []Message{{"user", "a"}, {"assistant", " yes "}, {"user", "b"}, {"assistant", "no"}, {"user", "c"}}
	for name, want := range map[string]string{
		"chatml":       "[<|im_start|>system\nYou help.<|im_end|>\n<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\n]( yes <|im_end|>)[\n<|im_start|>user\nb<|im_end|>\n<|im_start|>assistant\n](no<|im_end|>)[\n<|im_start|>user\nc<|im_end|>\n]",
		"instructions": "[<s>[INST]a[/INST]]( yes</s>)[[INST]b[/INST]]( no</s>)[[INST]c[/INST]]",
		"turns":        "[<s><start_of_turn>user\na<end_of_turn>\n<start_of_turn>model\n](yes<end_of_turn>)[\n<start_of_turn>user\nb<end_of_turn>\n<start_of_turn>model\n](no<end_of_turn>)[\n<start_of_turn>user\nc<end_of_turn>\n]",
	} {
		parts, err := compiled(t, name).Render(conversation)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, p := range parts {
			if p.Completion {
				got += "(" + p.Text + ")"
			} else {
				got += "[" + p.Text + "]"
			}
		}
		if got != want {
			t.Errorf("%s: got\n%q, want\n%q", name, got, want)
		}
	}
}

func TestSpecialBytes(t *testing.T) {
	parts, err := compiled(t, "instructions").Render([]Message{{"user", "a"}, {"assistant", "é"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(parts[0].Special, parts[1].Special); len(parts) != 2 || got != "3 4" {
		t.Errorf("parts %v have %s bytes of special tokens, want 3 4", parts, got)
	}
}

// What a template does wrong is an error.
func TestHostileTemplates(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{"{% if %}", "chat: template: "},
		{"{{ messages", "chat: template: "},
		{"{% for m in messages %}", "chat: template: "},
		{"{% include '/etc/passwd' %}", "may load nothing"},
		{"{% import 'x' as y %}", "may load nothing"},
		{"{% extends 'x' %}", "may load nothing"},
		{"{% include 'chat_template' %}", "may load nothing"},
		{"{% block a %}{% endblock %}", "may load nothing"},
		{"{% macro f(n) %}{% call f(1) %}x{% endcall %}{% endmacro %}{{ f(1) }}",
			"more than 100 macros within one another"},
		{"{% macro f(n) %}{{ f(n) }}{% endmacro %}{{ f(1) }}", "more than 100 macros within one another"},
		{"{{ range(2000000000) | length }}", "more than 100000 numbers"},
		{"{{ range(1, 9, 0) | length }}", "the step is not 0"},
		{"{{ range('x') | length }}", "integers"},
		{strings.Repeat("x", maxSource+1), "131073 bytes: must be at most 131072"},
		{"{{ " + strings.Repeat("(", 10_000), "chat: template: "},
		{"{{ nothing.at.all() }}", "chat: template: "},
		{"{{ raise_exception('no') }}", "no"},
		{"{{ messages[7].content[9] + 1 }}", "chat: template: "},
	} {
		template, err := New(c.source, tokens)
		if err == nil {
			_, err = template.Render([]Message{{"user", "a"}, {"assistant", "b"}})
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.source, err, c.want)
		}
		if err != nil && len(err.Error()) > 1000 {
			t.Errorf("%s: an error of %d bytes", c.source, len(err.Error()))
		}
	}
}
