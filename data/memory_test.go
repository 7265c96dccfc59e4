package data

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"ranksweep/checkpoint"
	"ranksweep/nn/heaptest"
)

// layout is a form of a file that has words.
type layout struct {
	name, file string
	content    func(words string) string
}

// layouts are files of about the same size, with the same words.
var layouts = []layout{
	{"text", "a.txt", func(words string) string { return words }},
	{"one line", "a.jsonl", func(words string) string {
		return `{"text":"` + strings.ReplaceAll(words, "\n", " ") + `"}`
	}},
	{"one letter", "a.txt", func(words string) string { return strings.Repeat("a", len(words)) }},
	{"short lines", "a.jsonl", func(words string) string {
		return inPieces(words, 20, func(b *strings.Builder, i int, text string) {
			fmt.Fprintf(b, "{\"text\":\"%s\"}\n", text)
		})
	}},
	{"chats", "a.jsonl", func(words string) string {
		return inPieces(words, 600, func(b *strings.Builder, i int, text string) {
			fmt.Fprintf(b,
				`{"id":%d,"messages":[{"role":"user","content":"%s"},{"role":"assistant","content":"%s"}]}`+"\n",
				i, text[:len(text)/3], text[len(text)/3:])
		})
	}},
}

// inPieces writes a text in pieces of a few bytes, each as write does.
func inPieces(words string, size int, write func(b *strings.Builder, i int, text string)) string {
	var b strings.Builder
	words = strings.ReplaceAll(words, "\n", " ")
	for i := 0; len(words) > size; i++ {
		write(&b, i, words[:size])
		words = words[size:]
	}
	return b.String()
}

// english is so many bytes of words, all of them ASCII and without quotes.
func english(size int) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, "The %d dogs of village %d were counted on a rainy morning, and then once more.\n", i%977,
			i*i%8191)
	}
	return b.String()[:size]
}

// tokenizers are a BPE that splits text into words, one of bytes, which has most tokens, and if
// its model is there, one that takes a text as one piece.
func tokenizers(t testing.TB) map[string]Tokenizer {
	list := map[string]Tokenizer{"bytes": plainBytes}
	for name, folder := range map[string]string{"words": "../models/base", "whole": "../../shared/models/stories260K"} {
		if _, err := os.Stat(folder); err != nil {
			t.Log("without ", folder)
			continue
		}
		model, err := checkpoint.Load(folder)
		if err != nil {
			t.Fatal(err)
		}
		list[name] = model.Tokenizer
	}
	return list
}

// prepared reads and encodes a file.
func prepared(t testing.TB, path string, tok Tokenizer) (*Corpus, *Dataset) {
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Encode(t.Context(), c, tok, Settings{Loss: LossCompletion, Context: 256, Validation: 1})
	if err != nil {
		t.Fatal(err)
	}
	return c, d
}

// BenchmarkMemory reports the most memory that data take while they are read and encoded, in
// bytes for each byte of the file.
func BenchmarkMemory(b *testing.B) {
	words := english(8 << 20)
	for _, l := range layouts {
		for name, tok := range tokenizers(b) {
			b.Run(l.name+"/"+name, func(b *testing.B) {
				content := l.content(words)
				path, size := write(b, l.file, content), len(content)
				peak := heaptest.Peak(func() any {
					c, d := prepared(b, path, tok)
					return []any{c, d}
				})
				b.SetBytes(int64(size))
				for b.Loop() {
					prepared(b, path, tok)
				}
				b.ReportMetric(float64(peak)/float64(size), "peak-B/byte")
			})
		}
	}
}

// What stays in memory of a file is its text, and four bytes a token.
func TestMemoryKept(t *testing.T) {
	words := english(1 << 20)
	eachFile(t, layouts, words, func(what string, size int, work func() any) {
		if perByte := float64(heaptest.Grown(work)) / float64(size); perByte > 6 {
			t.Errorf("%s: %.1f bytes stay in memory for each of the file, want at most 6", what, perByte)
		}
	})
}

// While a long line is read and encoded, no more is in use at once than eight bytes for each of the file,
// beside what a tokenizer takes for a line of any length.
func TestMemoryPeakOfALongLine(t *testing.T) {
	const size, tokenizer = 2 << 20, 2 << 20
	words := english(size)
	eachFile(t, layouts[:3], words, func(what string, size int, work func() any) {
		if perByte := float64(heaptest.Peak(work)-tokenizer) / float64(size); perByte > 8 {
			t.Errorf("%s: %.1f bytes are in use at once for each of the file, want at most 8", what, perByte)
		}
	})
}

// eachFile has a file of each layout read and encoded with each tokenizer, which have worked before and keep
// the memory that they worked with.
func eachFile(t *testing.T, of []layout, words string, measure func(what string, size int, work func() any)) {
	for _, l := range of {
		for name, tok := range tokenizers(t) {
			content := l.content(words)
			path := write(t, l.file, content)
			prepared(t, path, tok)
			measure(l.name+", "+name, len(content), func() any {
				c, d := prepared(t, path, tok)
				return []any{c, d}
			})
		}
	}
}
