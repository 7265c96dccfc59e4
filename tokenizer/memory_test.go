package tokenizer

import (
	"os"
	"runtime"
	"strings"
	"testing"
)

// lineMemory is the most that a tokenizer may allocate for a text of any length: half of it are the
// pieces that it remembers.
const lineMemory = 2 << 20

// A tokenizer that splits words into bytes works through a long line in memory that does not grow with
// it: one word, spaces, words, characters of several bytes, digits.
func TestMemoryOfALongLine(t *testing.T) {
	base, err := LoadFS(os.DirFS("../models/base"), "base", Model{})
	if err != nil {
		t.Fatal(err)
	}
	tokenizers := map[string]Tokenizer{"base": base}
	for _, name := range []string{"gpt2", "llama3"} {
		tokenizers[name] = readGolden(t, name).load(t)
	}
	for name, tok := range tokenizers {
		for _, unit := range []string{"a", " ", "The dogs were counted. ", "日本語", "7"} {
			line := strings.Repeat(unit, lineMemory/len(unit))
			if got := allocated(t, tok, line); got > lineMemory {
				t.Errorf("%s: %d bytes of %q take %d bytes, want at most %d", name, len(line), unit, got, lineMemory)
			}
		}
	}
}

// allocated returns how many bytes are allocated while a text is encoded, whether or not they are
// in use at once.
func allocated(t *testing.T, tok Tokenizer, text string) uint64 {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := tok.EncodeTo(t.Context(), text, func([]int32) {}); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
