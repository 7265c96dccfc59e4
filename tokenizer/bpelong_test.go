package tokenizer

import (
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// A long piece in parts gives the ids that it gives at once.
func TestLongPieces(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	letters := func(alphabet string, n int) string {
		runes := []rune(alphabet)
		text := make([]rune, n)
		for i := range text {
			text[i] = runes[random.IntN(len(runes))]
		}
		return string(text)
	}
	const size = 3*partBytes + 100
	texts := []string{
		strings.Repeat("a", size), strings.Repeat("ab", size/2), strings.Repeat("the ", size/4),
		strings.Repeat("▁▁the▁▁dogs", size/12), letters("ab", size), letters("etaoin shrdlu", size),
		letters("aé▁日本\n😀", size), letters("the▁dog", partBytes+1), strings.Repeat("😀", size/4),
	}
	for _, folder := range []string{"../models/base", "../../shared/models/stories260K"} {
		if _, err := os.Stat(folder); err != nil {
			t.Log("without ", folder)
			continue
		}
		loaded, err := LoadFS(os.DirFS(folder), folder, Model{})
		if err != nil {
			t.Fatal(err)
		}
		b, s := loaded.(*pipeline).model.(*bpe), new(scratch)
		for _, text := range texts {
			var got []int32
			s.start(t.Context(), text, func(ids []int32) { got = append(got, ids...) })
			b.begin(text, s)
			b.merge(s)
			want := s.appendMerged(nil, len(s.symbols))
			got = append(got, b.encodeLong(nil, text, s)...)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %.20q… gives %d ids in parts that differ from the %d at once", folder, text,
					len(got), len(want))
			}
			if cap(s.kept) > 4*partBytes {
				t.Errorf("%s: %.20q… is not cut into parts", folder, text)
			}
		}
	}
}
