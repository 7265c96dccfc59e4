package data

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// write makes a file in a new folder and returns its path.
func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoadForms(t *testing.T) {
	text := func(s string) []Example { return []Example{{{Text, s}}} }
	for _, c := range []struct {
		name, file, content string
		want                []Example
	}{
		{"text file", "a.txt", "one\ntwo\n", text("one\ntwo\n")},
		{"upper case suffix", "A.TXT", "x", text("x")},
		{"byte order mark", "a.txt", "\ufeffx", text("x")},
		{"text", "a.jsonl", `{"text": "x\ny", "source": 3}`, text("x\ny")},
		{"prompt", "a.jsonl", `{"prompt": "a", "completion": " b"}`, []Example{pair("a", " b")}},
		{"question", "a.jsonl", `{"answer":"b","question":"a"}`, []Example{pair("a\n", "b")}},
		{"instruction", "a.jsonl", `{"instruction":"a","output":"b"}`, []Example{pair("a\n", "b")}},
		{"empty input", "a.jsonl", `{"instruction":"a","input":"","output":"b"}`, []Example{pair("a\n", "b")}},
		{"null input", "a.jsonl", `{"instruction":"a","input": null,"output":"b"}`, []Example{pair("a\n", "b")}},
		{"input", "a.jsonl", `{"instruction":"a","input":"i","output":"b"}`, []Example{pair("a\ni\n", "b")}},
		{"more said comes first", "a.jsonl", `{"text":"t","prompt":"a","completion":"b"}`, []Example{pair("a", "b")}},
		{"lines differ, some blank", "a.jsonl",
			"\ufeff{\"text\":\"x\"}\r\n\n  \n{\"prompt\":\"a\",\"completion\":\"b\"}",
			[]Example{{{Text, "x"}}, pair("a", "b")}},
		{"half a surrogate pair", "a.jsonl", `{"text":"\ud800a\udc00\ud83d\ude00\ud83d"}`,
			text("\uFFFDa\uFFFD😀\uFFFD")},
		{"spaces", "a.jsonl", " { \"text\" :  \"x\"  } ", text("x")},
		{"conversation", "a.jsonl", `{"messages": [
			{"role":"system","content":"s"}, {"role":"user","content":"u"},
			{"role":"assistant","content":"a","name":"x"}, {"role":"user","content":"v"},
			{"role":"tool","content":"r"}, {"role":"assistant","content":"b"}, {"role":"user","content":"w"}]}`,
			[]Example{{
				{System, "s"}, {User, "u"}, {Assistant, "a"}, {User, "v"}, {Tool, "r"}, {Assistant, "b"}, {User, "w"},
			}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			content := c.content
			if strings.Contains(content, "messages") {
				content = strings.ReplaceAll(content, "\n", " ")
			}
			got, err := Load(write(t, c.file, content))
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got.Examples, c.want) {
				t.Errorf("got %q, want %q", got.Examples, c.want)
			}
		})
	}
}

func TestLoadLongLine(t *testing.T) {
	long := strings.Repeat("x", 3<<20)
	c, err := Load(write(t, "long.jsonl", `{"text":"`+long+`"}`+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Examples[0][0].Text; got != long {
		t.Errorf("read %d bytes, want %d", len(got), len(long))
	}
}

func TestLoadRefuses(t *testing.T) {
	const forms = "must be messages, prompt+completion, question+answer, instruction+output, text"
	for _, c := range []struct{ file, content, want string }{
		{"a.jsonl", "", "FILE: the file is empty"},
		{"a.jsonl", "\n \n", "FILE: the file is empty"},
		{"a.txt", "", "FILE: the file is empty"},
		{"a.txt", "\ufeff", "FILE: the file is empty"},
		{"a.txt", "one\ntw\xffo", "FILE:2: byte 3, 0xff, is not UTF-8: convert the file to UTF-8"},
		{"a.txt", "\xff\xfeo\x00", "FILE:1: byte 1, 0xff, is not UTF-8: convert the file to UTF-8"},
		{"a.jsonl", "{\"text\":\"x\"}\n{\"text\":\"\xc3\"}",
			"FILE:2: byte 10, 0xc3, is not UTF-8: convert the file to UTF-8"},
		{"a.jsonl", "{\"text\":\"x\"}\n\n{\"text\":", "FILE:3: broken JSON: unexpected end of JSON input"},
		{"a.jsonl", "{\"text\":\"x\"}{}", "FILE:1: broken JSON: invalid character '{' after top-level value"},
		{"a.jsonl", "text", "FILE:1: broken JSON: invalid character 'e' in literal true (expecting 'r')"},
		{"a.jsonl", `["text"]`, "FILE:1: must be an object, not a list"},
		{"a.jsonl", `null`, "FILE:1: must be an object, not null"},
		{"a.jsonl", `3`, "FILE:1: must be an object, not a number"},
		{"a.jsonl", `{}`, "FILE:1: fields [] make no example: " + forms},
		{"a.jsonl", `{"prompt":"a","Completion":"b"}`, "FILE:1: fields [Completion prompt] make no example: " + forms},
		{"a.jsonl", `{"text":3}`, "FILE:1: text: must be a string, not a number"},
		{"a.jsonl", `{"text":null}`, "FILE:1: text: must be a string, not null"},
		{"a.jsonl", `{"prompt":[],"completion":true}`, "FILE:1: prompt: must be a string, not a list"},
		{"a.jsonl", `{"prompt":"","completion":true}`, "FILE:1: completion: must be a string, not a boolean"},
		{"a.jsonl", `{"instruction":"a","input":{},"output":"b"}`, "FILE:1: input: must be a string, not an object"},
		{"a.jsonl", `{"messages":"hi"}`, "FILE:1: messages: must be a list, not a string"},
		{"a.jsonl", `{"messages":[]}`,
			"FILE:1: messages: there is no turn of the assistant, so there is nothing to learn: add one"},
		{"a.jsonl", `{"messages":[{"role":"user","content":"hi"}]}`,
			"FILE:1: messages: there is no turn of the assistant, so there is nothing to learn: add one"},
		{"a.jsonl", `{"messages":["hi"]}`, "FILE:1: messages[0]: must be an object, not a string"},
		{"a.jsonl", `{"messages":[{"role":"user"}]}`, "FILE:1: messages[0].content is missing"},
		{"a.jsonl", `{"messages":[{"role":"gpt","content":"hi"}]}`,
			`FILE:1: messages[0].role "gpt": must be system, user, assistant or tool`},
		{"a.jsonl", `{"messages":[{"role":"assistant","content":[]}]}`,
			"FILE:1: messages[0].content: must be a string, not a list"},
	} {
		path := write(t, c.file, c.content)
		checkError(t, c.content, loadError(path), "data: "+strings.ReplaceAll(c.want, "FILE", path))
	}
	checkError(t, "absent", loadError("absent.jsonl"), "data: open absent.jsonl: no such file or directory")
	const known = "must be a .jsonl file, a .txt file, or one of go-functions, go-prose, go-prose-held"
	checkError(t, "unknown recipe", loadError("go-function"), `data: unknown source "go-function": `+known)
	checkError(t, "unknown suffix", loadError("a.json"), `data: unknown source "a.json": `+known)
}

func loadError(source string) error {
	_, err := Load(source)
	return err
}

func checkError(t *testing.T, what string, err error, want string) {
	t.Helper()
	if err == nil {
		t.Errorf("%q: no error, want %q", what, want)
	} else if err.Error() != want {
		t.Errorf("%q:\n got %s\nwant %s", what, err, want)
	}
}

func TestHashIsOfContent(t *testing.T) {
	hash := func(name, content string) string {
		c, err := Load(write(t, name, content))
		if err != nil {
			t.Fatal(err)
		}
		return c.Hash
	}
	base := hash("a.jsonl", `{"prompt":"ab","completion":"c"}`)
	if got := hash("b.jsonl", "\n{\"completion\": \"c\", \"prompt\": \"ab\", \"id\": 7}\n"); got != base {
		t.Errorf("the same example in another file: hash %s, want %s", got, base)
	}
	if hash("a.txt", "x") != hash("a.jsonl", `{"text":"x"}`) {
		t.Error("a plain text has another hash as .txt than as .jsonl")
	}
	seen := map[string]string{base: "the first"}
	for _, content := range []string{
		`{"prompt":"a","completion":"bc"}`,
		`{"question":"ab","answer":"c"}`,
		`{"text":"abc"}`,
		`{"prompt":"ab","completion":"c"}` + "\n" + `{"prompt":"ab","completion":"c"}`,
		`{"text":"x"}` + "\n" + `{"text":"y"}`,
		`{"text":"y"}` + "\n" + `{"text":"x"}`,
	} {
		h := hash("a.jsonl", content)
		if other, ok := seen[h]; ok {
			t.Errorf("%s has the hash of %s", content, other)
		}
		seen[h] = content
	}
}

func TestGSM8K(t *testing.T) {
	path := "../../shared/data/gsm8k/train.jsonl"
	if _, err := os.Stat(path); err != nil {
		t.Skip("GSM8K is not there: ", err)
	}
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	// 7473 is the size of the training set (Cobbe et al., 2021, section 2).
	if len(c.Examples) != 7473 {
		t.Errorf("%d examples, want 7473", len(c.Examples))
	}
	for i, x := range c.Examples {
		if len(x) != 2 || !strings.HasSuffix(x[0].Text, "\n") || !strings.Contains(x[1].Text, "\n#### ") {
			t.Fatalf("example %d is no question and answer: %q", i, x)
		}
	}
}

func FuzzJSONL(f *testing.F) {
	f.Add([]byte(`{"text":"x"}` + "\n\n" + `{"prompt":"a","completion":"b"}`))
	f.Add([]byte(`{"messages":[{"role":"user","content":"u"},{"role":"assistant","content":"a"}]}`))
	f.Add([]byte(`{"messages":[null, 3]}`))
	f.Add([]byte("{\"text\":\"\xff\"}"))
	f.Fuzz(func(t *testing.T, content []byte) {
		examples, err := parseJSONL("f", content)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f:") {
				t.Errorf("the error names no line: %v", err)
			}
			return
		}
		for i, x := range examples {
			if len(x) == 0 {
				t.Errorf("example %d has no segment", i)
			}
			if checkUTF8([]byte(x[0].Text)) != nil {
				t.Errorf("example %d is not UTF-8: %q", i, x[0].Text)
			}
		}
	})
}
