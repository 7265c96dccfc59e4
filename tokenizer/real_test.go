package tokenizer_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"ranksweep/checkpoint/gguf"
	"ranksweep/tokenizer"
)

// Tokenizers of real models encode GSM8K as Hugging Face's tokenizers does; testdata/real.py makes
// the hashes.

func TestStories260KMatchesHuggingFace(t *testing.T) {
	const dir = "../../shared/models/stories260K"
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("needs the model stories260K: %v", err)
	}
	tok, err := tokenizer.LoadFS(os.DirFS(dir), dir, tokenizer.Model{})
	if err != nil {
		t.Fatal(err)
	}
	compareReal(t, "stories260K", tok)
}

func TestSmolLM2MatchesHuggingFace(t *testing.T) {
	path := os.Getenv("RANKSWEEP_SMOLLM2")
	if path == "" {
		t.Skip("needs RANKSWEEP_SMOLLM2, the path of SmolLM2-135M-Instruct.Q4_1.gguf; " +
			"../checkpoint/gguf/testdata/generate.py says where to get it")
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := gguf.Parse(content)
	if err != nil {
		t.Fatal(err)
	}
	vocabulary, err := file.Metadata.Vocabulary()
	if err != nil {
		t.Fatal(err)
	}
	tok, err := tokenizer.FromGGUF(*vocabulary)
	if err != nil {
		t.Fatal(err)
	}
	compareReal(t, "smollm2", tok)
}

func compareReal(t *testing.T, name string, tok tokenizer.Tokenizer) {
	t.Helper()
	var want map[string]string
	content, err := os.ReadFile("testdata/real.json")
	if err == nil {
		err = json.Unmarshal(content, &want)
	}
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.New()
	for _, text := range tokenizer.GSM8K(t) {
		var b []byte
		for _, id := range tokenizer.MustEncode(t, tok, text) {
			b = binary.LittleEndian.AppendUint32(b, uint32(id))
		}
		hash.Write(b)
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != want[name] {
		t.Errorf("the hash of all ids is %s, want %s", got, want[name])
	}
}
