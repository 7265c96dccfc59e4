package tokenizer

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// trainingTexts is CORPUS of testdata/generate.py.
var trainingTexts = slices.Repeat([]string{
	"Janet's ducks lay 16 eggs per day. She eats three for breakfast every morning.",
	"func (b *Batch) Reset() {\n\tb.Tokens, b.Targets = b.Tokens[:0], b.Targets[:0]\n}\n",
	"The rank of the matrix and the rank of the other matrix; THE RANK OF THEM ALL.",
	"Größe, naïve café, Ελληνικά, Привет мир, 日本語の文章, 한국어, עברית, 😀😀 👍🏽",
}, 4)

// TestTrainBPEMatchesHuggingFace: the golden's merges were learned from the
// same texts by the trainer of Hugging Face's tokenizers, which breaks ties in
// the same way.
func TestTrainBPEMatchesHuggingFace(t *testing.T) {
	var golden struct {
		Tokenizer struct {
			Model struct {
				Vocab  map[string]int32
				Merges []mergeText
			}
		}
	}
	readJSONFile(t, filepath.Join("testdata", "gpt2.json"), &golden)
	want := golden.Tokenizer.Model
	tok, err := TrainBPE(trainingTexts, len(want.Vocab)+1)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Model struct {
			Vocab  map[string]int32
			Merges []mergeText
		}
	}
	if err := json.Unmarshal(tok.Files()[tokenizerFile], &got); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Model.Merges, want.Merges) {
		t.Errorf("merges\n%q, want\n%q", got.Model.Merges, want.Merges)
	}
	for text, id := range want.Vocab {
		if got.Model.Vocab[text] != id {
			t.Errorf("token %q is %d, want %d", text, got.Model.Vocab[text], id)
		}
	}
	if eos, ok := tok.EOS(); !ok || int(eos) != len(want.Vocab) || tok.Vocab() != len(want.Vocab)+1 {
		t.Errorf("EOS %d, %v of %d tokens: want the last of %d", eos, ok, tok.Vocab(), len(want.Vocab)+1)
	}
}

func TestTrainBPERefuses(t *testing.T) {
	for want, vocab := range map[string]int{"must be at least 257": 256, "no more pairs": 300} {
		if _, err := TrainBPE([]string{"one text"}, vocab); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("vocabulary of %d: error %v, want one with %q", vocab, err, want)
		}
	}
}
