package userfile

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestMistaken(t *testing.T) {
	for content, want := range map[string]string{
		"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 9\n": "pointer of Git LFS",
		"<!DOCTYPE html><html>": "web page", "\ufeff\n <HTML lang=en>": "web page",
		`{"a": "<html>"}`: "", "": "", "\x08\x00\x00\x00\x00\x00\x00\x00{}": "",
	} {
		err := Mistaken([]byte(content))
		if (err != nil) != (want != "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v, want %q", content, err, want)
		}
	}
}

// What Python writes is read, a setting of it that is no number only by those who do not need it.
func TestJSONOfPython(t *testing.T) {
	text := JSON([]byte("\ufeff" +
		`{"a": 1, "b": -Infinity, "c": [NaN, Infinity], "d": "Infinity \" NaN \\", "e": "NaN"}`))
	var some struct {
		A int
		D string
		E string
	}
	if err := json.Unmarshal(text, &some); err != nil || some.A != 1 || some.D != `Infinity " NaN \` ||
		some.E != "NaN" {
		t.Errorf("%s: %+v (%v)", text, some, err)
	}
	var needed struct{ B float64 }
	if err := json.Unmarshal(text, &needed); err == nil {
		t.Errorf("%s: b is %g", text, needed.B)
	}
}
