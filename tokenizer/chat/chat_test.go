package chat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

var tokens = Tokens{BOS: "<s>", EOS: "</s>", Special: []string{"<s>", "</s>", "<|im_start|>", "<|im_end|>",
	"<|eot_id|>", "<end_of_turn>", "<|start_header_id|>", "<start_of_turn>"}}

// golden holds results of Hugging Face's apply_chat_template; testdata/generate.py writes it.
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

// talk returns a conversation of the given roles and texts.
func talk(texts ...string) Conversation {
	var c Conversation
	for pair := range slices.Chunk(texts, 2) {
		c.Messages = append(c.Messages, Message{Role: pair[0], Content: pair[1]})
	}
	return c
}

func compiled(t *testing.T, name string) *Template {
	t.Helper()
	template, err := New(name, golden.Templates[name], tokens)
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
		text, err := compiled(t, c.Template).render(context.Background(), Conversation{Messages: c.Messages}, c.Prompt)
		switch {
		case c.Text == nil:
			if err == nil || !strings.Contains(err.Error(), c.Error) {
				t.Errorf("%s of %v: error %v, want %s", c.Template, c.Messages, err, c.Error)
			}
		case err != nil:
			t.Errorf("%s of %v: %v", c.Template, c.Messages, err)
		case text != *c.Text:
			t.Errorf("%s of %v:\n%q, want\n%q", c.Template, c.Messages, text, *c.Text)
		}
	}
}

// The parts together are the text, and completions hold the assistant's words.
func TestPartsMakeUpTheText(t *testing.T) {
	for _, c := range golden.Cases {
		if c.Text == nil || c.Prompt {
			continue
		}
		parts, err := compiled(t, c.Template).Render(context.Background(), Conversation{Messages: c.Messages})
		if err != nil && lacksContent(*c.Text, c.Messages) && strings.Contains(err.Error(), "does not show") {
			continue
		}
		if err != nil {
			t.Errorf("%s of %v: %v", c.Template, c.Messages, err)
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
			t.Errorf("%s of %v: parts are %v, text is %q", c.Template, c.Messages, parts, *c.Text)
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
				t.Errorf("%s of %v: completion %d of %q lacks %q", c.Template, c.Messages, i, said, answer)
				break
			}
			i++
		}
	}
}

// lacksContent reports whether the content of a message is not in a text.
func lacksContent(text string, messages []Message) bool {
	return slices.ContainsFunc(messages, func(m Message) bool { return !strings.Contains(text, m.Content) })
}

func TestCompletions(t *testing.T) {
	conversation := talk("user", "a", "assistant", " yes ", "user", "b", "assistant", "no", "user", "c")
	for name, want := range map[string]string{
		"chatml": "[<|im_start|>system\nYou help.<|im_end|>\n<|im_start|>user\na<|im_end|>\n" +
			"<|im_start|>assistant\n]( yes <|im_end|>)[\n<|im_start|>user\nb<|im_end|>\n" +
			"<|im_start|>assistant\n](no<|im_end|>)[\n<|im_start|>user\nc<|im_end|>\n]",
		"instructions": "[<s>[INST]a[/INST]]( yes</s>)[[INST]b[/INST]]( no</s>)[[INST]c[/INST]]",
		"turns": "[<s><start_of_turn>user\na<end_of_turn>\n<start_of_turn>model\n](yes<end_of_turn>)" +
			"[\n<start_of_turn>user\nb<end_of_turn>\n<start_of_turn>model\n](no<end_of_turn>)" +
			"[\n<start_of_turn>user\nc<end_of_turn>\n]",
	} {
		parts, err := compiled(t, name).Render(context.Background(), conversation)
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
	parts, err := compiled(t, "instructions").Render(context.Background(), talk("user", "a", "assistant", "é"))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(parts[0].Special, parts[1].Special); len(parts) != 2 || got != "3 4" {
		t.Errorf("parts %v have %s bytes of special tokens, want 3 4", parts, got)
	}
}

// Errors are short, and name the template, the place and the mistake.
func TestErrorsNameThePlace(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{"hi\n{% if x | xmlattr %}{% endif %}", "chat: t.jinja:2:11: filter xmlattr is not supported: put a template"},
		{"{{ messages", "chat: t.jinja:1:12: a tag lacks its end, }}"},
		{"é{{ messages[0].x.y }}", "chat: t.jinja:1:18: a value of type dict has no x"},
		{"{{ raise_exception('no system, please') }}", "the template refuses this conversation: no system, please"},
		{"{{ pad_token }}", "pad_token: not known here: write the token itself"},
		{"{{ raise_exception('long ' * 1000) }}", "long long"},
		{"{% if messages[0].content == 'a' %}a{% else %}{{ 1 + 'a' }}{% endif %}{{ messages[1].content }}", ""},
		{"{{ messages[0].content }}{% if messages[1].content == 'b' %}b{% else %}{{ 1 + 'a' }}{% endif %}",
			"types int and str, with another text as messages[1].content"},
	} {
		template, err := New("t.jinja", c.source, tokens)
		if err == nil {
			_, err = template.Render(context.Background(), talk("user", "a", "assistant", "b"))
		}
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", c.source, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || len(err.Error()) > 400 {
			t.Errorf("%s: %v, want %q", c.source, err, c.want)
		}
	}
}

// A special token that a model lacks is undefined, as in Hugging Face's library.
func TestNoBOS(t *testing.T) {
	const source = "{% if bos_token is defined %}{{ bos_token }}{% endif %}{{ eos_token }}"
	template, err := New("t.jinja", source, Tokens{EOS: "</s>"})
	if err != nil {
		t.Fatal(err)
	}
	if text, err := template.render(context.Background(), Conversation{}, false); text != "</s>" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
}

// A date is the same whenever a template asks for it.
func TestDate(t *testing.T) {
	template, err := New("t.jinja", "{% if strftime_now is defined %}{{ strftime_now('%d %b %Y') }}{% endif %}", tokens)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := template.render(context.Background(), Conversation{}, false); text != "26 Jul 2024" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
}

// TestCases compares the engine with transformers on 83 templates, one for each construct, with
// two conversations each.
func TestCases(t *testing.T) {
	content, err := os.ReadFile("../../../shared/cases/chat-templates.json")
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("../../../shared/cases/chat-templates.json is not there")
	}
	var cases struct {
		Conversations [][]Message
		EOS           string `json:"eos_token"`
		Templates     []struct {
			Name, Template string
			Outputs        []string
		}
	}
	if err == nil {
		err = json.Unmarshal(content, &cases)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases.Templates {
		for i, want := range c.Outputs {
			template, err := New(c.Name, c.Template, Tokens{EOS: cases.EOS})
			text := ""
			if err == nil {
				text, err = template.render(context.Background(), Conversation{Messages: cases.Conversations[i]}, false)
			}
			if refused := strings.HasPrefix(want, "ERR "); refused != (err != nil) || !refused && text != want {
				t.Errorf("%s: %q, %v, want %q", c.Name, text, err, want)
			}
		}
	}
}
