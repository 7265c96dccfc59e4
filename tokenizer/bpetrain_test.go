package tokenizer

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// TestTrainBPEMatchesHuggingFace: the trainer of Hugging Face's tokenizers learned the golden's
// merges from the texts in the golden. It breaks ties in the same way.
func TestTrainBPEMatchesHuggingFace(t *testing.T) {
	g := readGolden(t, "gpt2")
	var want struct {
		Model struct {
			Vocab  map[string]int32
			Merges []mergeText
		}
	}
	if err := json.Unmarshal(g.Tokenizer, &want); err != nil {
		t.Fatal(err)
	}
	tok, err := TrainBPE(g.Training, len(want.Model.Vocab)+1)
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
	if !slices.Equal(got.Model.Merges, want.Model.Merges) {
		t.Errorf("merges\n%q, want\n%q", got.Model.Merges, want.Model.Merges)
	}
	for text, id := range want.Model.Vocab {
		if got.Model.Vocab[text] != id {
			t.Errorf("token %q is %d, want %d", text, got.Model.Vocab[text], id)
		}
	}
	if eos, ok := tok.EOS(); !ok || int(eos) != len(want.Model.Vocab) || tok.Vocab() != len(want.Model.Vocab)+1 {
		t.Errorf("EOS %d, %v of %d tokens: want the last of %d", eos, ok, tok.Vocab(), len(want.Model.Vocab)+1)
	}
}

func TestTrainBPERefuses(t *testing.T) {
	for want, vocab := range map[string]int{"must be at least 257": 256, "no more pairs": 300} {
		if _, err := TrainBPE([]string{"one text"}, vocab); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("vocabulary of %d: error %v, want one with %q", vocab, err, want)
		}
	}
}
