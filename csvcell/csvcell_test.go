package csvcell

import "testing"

func TestGuard(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "lora": "lora", "-2.5": "-2.5", "+1e-3": "+1e-3", "-.5": "-.5",
		"=cmd|calc!A1": "'=cmd|calc!A1", "@SUM(1)": "'@SUM(1)", "-2+3": "'-2+3", "+A1": "'+A1", "\t=1": "'\t=1",
		"'tis": "''tis", "-": "'-", "-Inf": "'-Inf",
	} {
		if got := Guard(text); got != want || Unguard(got) != text {
			t.Errorf("%q: guarded %q, want %q; unguarded %q", text, got, want, Unguard(got))
		}
	}
}
