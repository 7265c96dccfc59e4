package chat

import (
	"context"
	"testing"
)

// No template makes Render panic, and the parts together always make up the whole text.
func FuzzTemplate(f *testing.F) {
	for _, source := range golden.Templates {
		f.Add(source, " a ")
	}
	f.Add("{% macro f(n) %}{{ f(n) }}{% endmacro %}{{ f(1) }}", "")
	f.Add("{{ messages[0].content * 3 }}{% generation %}", "\ue000")
	f.Fuzz(func(t *testing.T, source, content string) {
		template, err := New("t.jinja", source, tokens)
		if err != nil {
			return
		}
		messages := talk("user", "u", "assistant", content, "user", content, "assistant", "b")
		text, err := template.render(context.Background(), messages, false)
		if err != nil {
			return
		}
		parts, err := template.Render(context.Background(), messages)
		if err != nil {
			return
		}
		whole := ""
		for _, p := range parts {
			whole += p.Text
		}
		if whole != text {
			t.Errorf("parts are %q, text is %q", whole, text)
		}
	})
}
