package data

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
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
				{System, "s"}, {User, "u"}, {Assistant, "a"}, {Fields, `{"name":"x"}`}, {User, "v"}, {Tool, "r"},
				{Assistant, "b"}, {User, "w"},
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
			if !reflect.DeepEqual(examplesOf(got), c.want) {
				t.Errorf("got %q, want %q", examplesOf(got), c.want)
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
	if got := c.Example(0)[0].Text; got != long {
		t.Errorf("read %d bytes, want %d", len(got), len(long))
	}
}

// Columns as libraries write them, and what they mean there.
func TestLoadColumns(t *testing.T) {
	hello := Example{{User, "u"}, {Assistant, "a"}}
	for _, c := range []struct {
		line string
		want Example
	}{
		// Null is like absent, wherever it stands.
		{`{"messages":null,"prompt":null,"text":"t","label":null,"x":[],"y":{},"z":""}`, Example{{Text, "t"}}},
		{`{"prompt":null,"completion":null,"question":"a","answer":"b"}`, pair("a\n", "b")},
		{`{"text":"a","text":null,"prompt":"p","completion":"c"}`, pair("p", "c")},
		{`{"messages":[{"role":"user","content":"u","tool_calls":null},
			{"role":"assistant","content":"a","weight":null,"name":null}],"tools":null,"system":null}`, hello},
		// ShareGPT; UltraChat repeats the prompt.
		{`{"conversations":[{"from":"human","value":"u"},{"from":"gpt","value":"a"}],"id":"x"}`, hello},
		{`{"conversations":[{"role":"user","content":"u"},{"role":"assistant","content":"a"}]}`, hello},
		{`{"messages":[{"from":"human","value":"u"},{"from":"gpt","value":"a"}]}`, hello},
		{`{"prompt":"u","prompt_id":"7","messages":[{"role":"user","content":"u"},
			{"role":"assistant","content":"a"}]}`, hello},
		{`{"system":"s","conversations":[{"from":"human","value":"u"},{"from":"gpt","value":"a"}],"tools":"[1]"}`,
			Example{{Tools, "[1]"}, {System, "s"}, {User, "u"}, {Assistant, "a"}}},
		// Which turns are scored, as OpenAI, ms-swift and Axolotl say it.
		{`{"messages":[{"role":"assistant","content":"a","weight":0},{"role":"user","content":"u","weight":0},
			{"role":"assistant","content":"b","weight":1}]}`, Example{{Quoted, "a"}, {User, "u"}, {Assistant, "b"}}},
		{`{"messages":[{"role":"assistant","content":"a","loss":false},{"role":"assistant","content":"b","train":false},
			{"role":"assistant","content":"c","loss":true,"weight":1.0}]}`,
			Example{{Quoted, "a"}, {Quoted, "b"}, {Assistant, "c"}}},
		{`{"prompt":[{"role":"assistant","content":"a"},{"role":"user","content":"u"}],
			"completion":[{"role":"assistant","content":"b"}]}`, Example{{Quoted, "a"}, {User, "u"}, {Assistant, "b"}}},
		// Calls of functions, with and without content.
		{`{"messages":[{"role":"user","content":"u"},{"role":"assistant","content":null,"tool_calls":[ {"x": 1.0} ]},
			{"role":"tool","content":"r","tool_call_id":"c"},{"role":"assistant","content":"a"}],
			"tools":[ {"n":"f"} ]}`,
			Example{{Tools, `[{"n":"f"}]`}, {User, "u"}, {Assistant, ""},
				{Fields, `{"tool_calls":[{"x":1.0}],"content":null}`},
				{Tool, "r"}, {Fields, `{"tool_call_id":"c"}`}, {Assistant, "a"}}},
		{`{"messages":[{"role":"assistant","content":"hm","tool_calls":[1],"refusal":null}]}`,
			Example{{Assistant, "hm"}, {Fields, `{"tool_calls":[1]}`}}},
		{`{"messages":[{"role":"user","content":[{"type":"text","text":"u"},{"type":"text","text":"v"}]},
			{"role":"assistant","content":"a"}]}`, Example{{User, "uv"}, {Assistant, "a"}}},
		// OpenOrca, Dolly, Alpaca with a system's text, and others.
		{`{"id":"x","system_prompt":"s","question":"q","response":"r"}`, pair("s\nq\n", "r")},
		{`{"id":"x","system_prompt":"","question":"q","response":"r"}`, pair("q\n", "r")},
		{`{"instruction":"i","context":"c","response":"r","category":"qa"}`, pair("i\nc\n", "r")},
		{`{"instruction":"i","context":"","response":"r"}`, pair("i\n", "r")},
		{`{"instruction":"i","input":"x","output":"o","system":"s","history":[],"text":"s i x o"}`,
			pair("s\ni\nx\n", "o")},
		{`{"query":"q","response":"r"}`, pair("q\n", "r")},
		{`{"prompt":"q","response":"r"}`, pair("q\n", "r")},
		{`{"text":"t","url":"u","title":"x","timestamp":"d","language_score":0.9,"Conversation_ID":3}`,
			Example{{Text, "t"}}},
		{`{"te\u0078t":"a\"]}","id":[{"a":"]\\"}]}`, Example{{Text, `a"]}`}}},
	} {
		got, err := Load(write(t, "a.jsonl", c.line))
		if err != nil {
			t.Errorf("%s: %v", c.line, err)
		} else if !reflect.DeepEqual(examplesOf(got), []Example{c.want}) {
			t.Errorf("%s:\n got %q\nwant %q", c.line, examplesOf(got), c.want)
		}
	}
}

// Objects may stand in a list, on several lines, and be packed.
func TestLoadLayouts(t *testing.T) {
	const a, b = `{"text":"a"}`, `{"text":"b"}`
	want := []Example{{{Text, "a"}}, {{Text, "b"}}}
	for _, c := range []struct{ file, content string }{
		{"a.json", "[" + a + "," + b + "]"},
		{"a.json", "\ufeff\n [\n  {\n    \"text\":\n \"a\"\n  },\n" + b + "\n]\n\n"},
		{"a.jsonl", "[" + a + ",\n" + b + "]"},
		{"a.json", a + "\n" + b},
		{"a.jsonl", "{\n\"text\": \"a\"\n}\n{\n\"text\": \"b\"}\n"},
		{"a.ndjson", a + "\r\n" + b},
		{"a.jsonl.gz", zipped(a + "\n" + b)},
		{"A.JSONL.GZ", zipped("\ufeff" + a + "\n" + b)},
		{"a.jsonl", zipped(a + "\n" + b)}, // by its content
		{"a.json.gz", "[" + a + "," + b + "]"},
	} {
		got, err := Load(write(t, c.file, c.content))
		if err != nil {
			t.Errorf("%s %q: %v", c.file, c.content, err)
		} else if !reflect.DeepEqual(examplesOf(got), want) {
			t.Errorf("%s %q: got %q, want %q", c.file, c.content, examplesOf(got), want)
		}
	}
	got, err := Load(write(t, "a.txt.gz", zipped("one\ntwo")))
	if err != nil || !reflect.DeepEqual(examplesOf(got), []Example{{{Text, "one\ntwo"}}}) {
		t.Errorf("got %v, %v", got, err)
	}
}

// A file is read in pieces as large as there is room for, whatever size its disk or gzip gives it in:
// between objects, json.Decoder looks at white space again after each piece.
func TestReadsAreWhole(t *testing.T) {
	const size = 1 << 20
	for _, name := range []string{"a.jsonl", "a.jsonl.gz"} {
		content := strings.Repeat(" ", size)
		if strings.HasSuffix(name, ".gz") {
			content = zipped(content)
		}
		text, err := openText(write(t, name, content))
		if err != nil {
			t.Fatal(err)
		}
		defer text.Close()
		text.Discard(text.Buffered())
		room := make([]byte, size/2)
		if n, err := text.Read(room); n != len(room) || err != nil {
			t.Errorf("%s: read %d of %d bytes (%v)", name, n, len(room), err)
		}
		if rest, err := io.ReadAll(text); len(rest) == 0 || len(rest) >= size/2 || err != nil {
			t.Errorf("%s: then %d bytes (%v)", name, len(rest), err)
		}
	}
}

// zipped returns a text as gzip packs it.
func zipped(text string) string {
	var b strings.Builder
	w := gzip.NewWriter(&b)
	w.Write([]byte(text))
	w.Close()
	return b.String()
}

func TestLoadRefuses(t *testing.T) {
	const forms = "must be messages, conversations, prompt+completion, instruction+output, instruction+response, " +
		"question+response, question+answer, query+response, prompt+response, text"
	const utf8 = "is not UTF-8: convert the file to UTF-8"
	const noTurn = "there is no turn of the assistant to learn from: add one"
	const cut = "broken JSON: the file ends before this does: is it cut off?"
	for _, c := range []struct{ file, content, want string }{
		{"a.jsonl", "", "FILE: the file is empty"},
		{"a.jsonl", "\n \n", "FILE: the file is empty"},
		{"a.json", "[ ]", "FILE: the file is empty"},
		{"a.txt", "", "FILE: the file is empty"},
		{"a.txt", "\ufeff", "FILE: the file is empty"},
		{"a.txt", "one\ntw\xffo", "FILE:2: byte 3, 0xff, " + utf8},
		{"a.jsonl", "{\"text\":\"x\"}\n{\"text\":\"\xc3\"}", "FILE:2: byte 10, 0xc3, " + utf8},
		{"a.jsonl", "{\"text\":\"x\"}\n\n{\"text\":", "FILE:3: " + cut},
		{"a.json", "[{\"text\":\"x\"},\n", "FILE:2: " + cut},
		{"a.json", "[{\"text\":\"x\"}\n", "FILE:2: " + cut},
		{"a.json", "[{\"text\":\"x\"}\n{}]", "FILE:2: broken JSON: expected comma after array element"},
		{"a.json", "[{\"text\":\"x\"}]\n]", "FILE:2: broken JSON: invalid character ']'"},
		{"a.json", "[{\"text\":\"x\"}]\n\n[]", "FILE:3: it goes on after the end of the list"},
		{"a.json", "[\n{\"text\":\"x\"},\n\n{\"txt\":\"x\"}]", "FILE:4: fields [txt] make no example: " + forms},
		{"a.jsonl", "{\"text\":\"x\"}\n{\"text\":\"y\"\n{\"text\":\"z\"}",
			"FILE:2: broken JSON: invalid character '{'"},
		{"a.jsonl", "{\"text\":\"x\"}{}", "FILE:1: fields [] make no example: " + forms},
		{"a.jsonl", "text", "FILE:1: broken JSON: invalid character 'e' in literal true (expecting 'r')"},
		{"a.jsonl", `["text"]`, "FILE:1: must be an object, not a string"},
		{"a.jsonl", `null`, "FILE:1: must be an object, not null"},
		{"a.jsonl", `3`, "FILE:1: must be an object, not a number"},
		{"a.jsonl", `{"prompt":"a","Completion":"b"}`, "FILE:1: fields [prompt Completion] make no example: " + forms},
		{"a.jsonl", `{"text":3}`, "FILE:1: text: must be a string, not a number"},
		{"a.jsonl", `{"text":null}`, "FILE:1: fields [] make no example: " + forms},
		{"a.jsonl", `{"prompt":{},"completion":true}`, "FILE:1: prompt: must be a string, not an object"},
		{"a.jsonl", `{"prompt":"","completion":true}`, "FILE:1: completion: must be a string, not a boolean"},
		{"a.jsonl", `{"prompt":[],"completion":true}`, "FILE:1: completion: must be a list, not a boolean"},
		{"a.jsonl", `{"prompt":"p","completion":"c","tools":[1]}`,
			"FILE:1: tools: prompt and completion must be lists of messages to go with it"},
		{"a.jsonl", `{"instruction":"a","input":{},"output":"b"}`, "FILE:1: input: must be a string, not an object"},
		{"a.jsonl", `{"messages":"hi"}`, "FILE:1: messages: must be a list, not a string"},
		{"a.jsonl", `{"messages":[]}`, "FILE:1: messages: " + noTurn},
		{"a.jsonl", `{"messages":[{"role":"user","content":"hi"}]}`, "FILE:1: messages: " + noTurn},
		{"a.jsonl", `{"messages":[{"role":"assistant","content":"hi","weight":0}]}`, "FILE:1: messages: " + noTurn},
		{"a.jsonl", `{"messages":["hi"]}`, "FILE:1: messages[0]: must be an object, not a string"},
		{"a.jsonl", `{"messages":[null]}`, "FILE:1: messages[0]: must be an object, not null"},
		{"a.jsonl", `{"messages":[{"role":"user"}]}`, "FILE:1: messages[0].content is missing"},
		{"a.jsonl", `{"messages":[{"role":"assistant","content":null,"name":"x","tool_calls":null}]}`,
			"FILE:1: messages[0].content is missing"},
		{"a.jsonl", `{"messages":[{"role":null,"content":"x"}]}`,
			"FILE:1: messages[0].role: must be a string, not null"},
		{"a.jsonl", `{"conversations":[{"from":"function_call","value":"hi"}]}`,
			`FILE:1: conversations[0].from "function_call": must be system, user (or human), assistant (or gpt) ` +
				`or tool; calls of functions are tool_calls of an assistant's turn`},
		{"a.jsonl", `{"messages":[{"role":"assistant","content":[{"type":"image_url"}]}]}`,
			"FILE:1: messages[0].content: must be a string, or parts of type text alone"},
		{"a.jsonl", `{"messages":[{"role":"assistant","content":"a","weight":0.5}]}`,
			"FILE:1: messages[0].weight 0.5: must be 0 or 1"},
		{"a.jsonl", `{"messages":[{"role":"user","content":"a","weight":1}]}`,
			"FILE:1: messages[0].weight 1: only the assistant's turns can be scored"},
		{"a.jsonl", `{"system":"s","messages":[{"role":"system","content":"t"},{"role":"assistant","content":"a"}]}`,
			"FILE:1: there is more than one text of the system, in messages and beside it: keep one"},
		{"a.jsonl", `{"tools":"f(x)","messages":[{"role":"assistant","content":"a"}]}`,
			"FILE:1: tools: the string must be a JSON list"},
		// What would be lost is named.
		{"a.jsonl", `{"prompt":"p","completion":"c","label":false,"id":1}`,
			"FILE:1: fields [label] are not understood beside prompt+completion, and would be lost; understood are " +
				"text, tools and fields that only describe, such as id and source: rename them, or take them out by " +
				"jq -c 'del(.label)'"},
		{"a.jsonl", `{"text":"t","summary":"s"}`, "FILE:1: fields [summary] are not understood beside text,"},
		{"a.jsonl", `{"question":"q","answer":"a","response":"r"}`, "FILE:1: fields [answer] are not understood"},
		{"a.jsonl", `{"instruction":"i","output":"o","history":[["a","b"]],"images":["x"]}`,
			"take them out by jq -c 'del(.history, .images)'"},
		{"a.jsonl", `{"prompt":"p","chosen":"a","rejected":"b"}`,
			"FILE:1: fields [prompt chosen rejected] make no example: " + forms},
		{"a.json", `{"version":"1","data":[{"text":"x"}]}`,
			"FILE:1: the examples are within the field data: jq -c '.data[]' takes them out"},
		{"a.jsonl", `{"dialog":[{"role":"user","content":"x"}]}`, "FILE:1: fields [dialog] make no example: " + forms},
		{"a.jsonl", `[{"role":"user","content":"x"}]`, "FILE:1: this is a turn and no example: an example has a list"},
		// Other formats, by name and by content.
		{"a.csv", "x", "FILE: it is a table in CSV, which is not read here; this may convert it: python3 -c " +
			"\"import pandas as p; p.read_csv('FILE', keep_default_na=False).to_json(" +
			"'FILE.jsonl', orient='records', lines=True)\""},
		{"a.parquet", "x", "FILE: it is a Parquet file"},
		{"a.txt", "%PDF-1.7\n%\xe2", "FILE: it is a PDF document, which is not read here; this may " +
			"convert it: pdftotext"},
		{"a.txt", "\x89PNG\r\n\x1a\n\x00", "FILE: byte 7 is 0x1a: it is no text file"},
		{"a.jsonl", "7z\xbc\xaf'\x1c", "FILE: byte 6 is 0x1c: it is no text file"},
		{"a.jsonl", "SQLite format 3\x00", "FILE: byte 16 is 0x00: it is no text file"},
		{"a.jsonl", "<!DOCTYPE html><html>", "FILE: is a web page and not the file itself"},
		{"a.jsonl", "PAR1", "FILE: it is a Parquet file"},
		{"a.arrow", "x", "d.Dataset.from_file('FILE').to_json('FILE.jsonl')"},
		{"a.zip", "x", "unzip 'FILE'"},
		{"a.jsonl.zst", "x", "zstd -d 'FILE'"},
		{"a.jsonl", "\x28\xb5\x2f\xfd", "FILE: it is packed by Zstandard"},
		{"a.jsonl.gz", zipped("PK\x03\x04"), "FILE: it is a zip archive"},
		{"a.txt", "\xff\xfeo\x00", "FILE: it is text in UTF-16, which is not read here; this may convert it: iconv " +
			"-f UTF-16 "},
		{"a.jsonl", "{\x00\"\x00", "iconv -f UTF-16LE -t UTF-8 'FILE' > 'STEM.utf8.jsonl'"},
		{"a.jsonl", "\x00{\x00\"", "iconv -f UTF-16BE"},
		{"a.txt", "\xff\xfe\x00\x00", "iconv -f UTF-32"},
		{"a.txt", "version https://git-lfs.github.com/spec/v1\n", "git lfs pull"},
		{"a.jsonl", zipped(`{"text":"x"}`)[:20], "FILE:1: "},
		{"a.jsonl", gzipMagic + "x", "FILE: "},
	} {
		path := write(t, c.file, c.content)
		want := strings.ReplaceAll(c.want, "STEM", strings.TrimSuffix(path, filepath.Ext(path)))
		if err := loadError(path); err == nil ||
			!strings.Contains(err.Error(), strings.ReplaceAll(want, "FILE", path)) {
			t.Errorf("%q:\n got %v\nwant %s", c.content, err, c.want)
		}
	}
	dir := t.TempDir() + "/a.jsonl"
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	checkError(t, "a folder", loadError(dir), "data: open "+dir+": it is a folder: name a file in it")
	const known = "must be a .jsonl, .json or .txt file, packed by gzip or not, or one of go-functions, go-prose, " +
		"go-prose-held"
	checkError(t, "unknown recipe", loadError("go-function"),
		`data: unknown source "go-function": did you mean "go-functions"? `+known)
	checkError(t, "unknown suffix", loadError("a.md"), `data: unknown source "a.md": `+known)
}

// A small file may unpack to an endless one.
func TestBounded(t *testing.T) {
	for most, want := range map[int64]error{3: nil, 2: errTooLong} {
		if _, err := io.ReadAll(&bounded{strings.NewReader("abc"), most}); err != want {
			t.Errorf("3 bytes of %d: %v", most, err)
		}
	}
}

func examplesOf(c *Corpus) []Example {
	var list []Example
	if c != nil {
		for i := range c.Len() {
			list = append(list, c.Example(i))
		}
	}
	return list
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
	if c.Len() != 7473 {
		t.Errorf("%d examples, want 7473", c.Len())
	}
	for i, x := range examplesOf(c) {
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
		var examples []Example
		in := &text{Reader: bufio.NewReader(bytes.NewReader(content))}
		err := parseJSON(in, func(x Example) { examples = append(examples, x) })
		if err != nil {
			if _, ok := errors.AsType[misplaced](err); !ok {
				t.Errorf("the error names no place: %v", err)
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

// TestWriteJSONL: what a recipe makes is the same corpus when it is read from a file.
func TestWriteJSONL(t *testing.T) {
	want, err := newCorpus("recipe", func(add func(Example)) error {
		add(Example{{Text, "a \"text\"\n<&>\u2028 \U0001f600\x00"}})
		add(pair("// F does.\nfunc F() {\n", "\treturn\n}\n"))
		add(pair("", " ends in spaces  \r\n"))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := want.WriteJSONL(&file); err != nil {
		t.Fatal(err)
	}
	got, err := Load(write(t, "recipe.jsonl", file.String()))
	if err != nil || got.Hash != want.Hash {
		t.Errorf("hash %v, want %s: %v", got, want.Hash, err)
	}
}
