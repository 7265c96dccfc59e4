package results

import (
	"encoding/json"
	"testing"
)

// A text that a spreadsheet would take for a formula is written with an apostrophe before it,
// and read without it.
func TestTextCell(t *testing.T) {
	for text, cell := range map[string]string{
		"=SUM(A1)": "'=SUM(A1)", "+x": "'+x", "-cmd": "'-cmd", "@now": "'@now", "-Inf": "'-Inf", "-": "'-",
		"\tx":     "'\tx",
		"-1.5e-3": "-1.5e-3", "+2": "+2", "-.5": "-.5", "a=b": "a=b", "": "", "'quoted": "''quoted",
		`"x"`: `"\"x\""`, "a\r\nb": `"a\r\nb"`, "a\nb": "a\nb", "\xff": "\uFFFD",
	} {
		if got := TextCell(text); got != cell {
			t.Errorf("%q is written as %q, want %q", text, got, cell)
		}
		if got, err := parseText(cell); err != nil || got != text && text != "\xff" {
			t.Errorf("%q is read as %q, %v", cell, got, err)
		}
	}
	if got, err := parseText(`"x`); err == nil {
		t.Errorf("an open quote is read as %q", got)
	}
}

// Values of a config keep their types: a text that looks like another value is written in
// quotes.
func TestConfigCell(t *testing.T) {
	for value, cell := range map[string]string{
		`5`: "5", `"5"`: `"5"`, `5e-05`: "5e-05", `true`: "true", `"true"`: `"true"`, `null`: "null",
		`"null"`:  `"null"`,
		`"plain"`: "plain", `""`: `""`, `["a","b"]`: `["a","b"]`, `"[1"`: `"[1"`, `"\"q"`: `"\"q"`,
		`"=x"`: "'=x", `"'x"`: "''x",
		`"-x"`: "'-x", `"+5"`: "+5", `"α/r"`: "α/r", `"\u003c"`: `"\u003c"`, `"<"`: "<", `"a\r"`: `"a\r"`,
	} {
		if got := configCell(json.RawMessage(value)); got != cell {
			t.Errorf("%s is written as %s, want %s", value, got, cell)
		}
		if got, err := configValue(cell); err != nil || string(got) != value {
			t.Errorf("%s is read as %s, want %s: %v", cell, got, value, err)
		}
	}
	for _, cell := range []string{`"x`, "[1", "{"} {
		if got, err := configValue(cell); err == nil {
			t.Errorf("%s is read as %s", cell, got)
		}
	}
	if got, err := configOf([]configField{{"a", "1"}, {"a.b", "2"}}); err == nil {
		t.Errorf("a field that is a group too is read as %s", got)
	}
}

// Fields come in the order that every run has them in.
func TestMergeOrders(t *testing.T) {
	got := mergeOrders([][]string{{"a", "c"}, {"a", "b", "c"}, {"z", "a", "d"}})
	if s := formatList(got); s != `["z","a","d","b","c"]` {
		t.Errorf("merged to %s", s)
	}
}
