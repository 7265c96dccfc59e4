package tokenizer

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"hash"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// golden holds results of Hugging Face's tokenizers; testdata/generate.py writes it.
type golden struct {
	Tokenizer json.RawMessage
	Cases     []struct {
		Text    *string
		IDs     []int32
		Decoded string
	}
	Corpus, Points digest
	GSM8K          string
	Training       []string // training texts, in the golden gpt2 only
}

// digest summarizes the ids and decoded texts of many strings: two bytes for each string, to
// locate a difference, and a hash of everything.
type digest struct {
	Each   []byte
	SHA256 string
}

func readGolden(t testing.TB, name string) *golden {
	t.Helper()
	var g golden
	if err := json.Unmarshal(unzip(t, name+".json.gz"), &g); err != nil {
		t.Fatal(err)
	}
	return &g
}

func unzip(t testing.TB, name string) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func (g *golden) load(t testing.TB) *pipeline {
	t.Helper()
	p, err := parseTokenizer(g.Tokenizer)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// goldenNames returns the names of all goldens.
func goldenNames(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.json.gz")
	if err != nil || len(paths) < 20 {
		t.Fatalf("%d goldens, %v", len(paths), err)
	}
	for i, path := range paths {
		paths[i] = strings.TrimSuffix(filepath.Base(path), ".json.gz")
	}
	return paths
}

// all compares every golden on every text. Without it, only a few goldens, which differ most, are
// compared on GSM8K and all code points.
var all = flag.Bool("all", false, "hold every golden to every text")

// unless returns names, or with -all the names of all goldens.
func unless(t *testing.T, names ...string) []string {
	if *all {
		return goldenNames(t)
	}
	return names
}

// eachGolden runs a test on each golden, as many at a time as there are cores.
func eachGolden(t *testing.T, names []string, test func(t *testing.T, g *golden, p *pipeline)) {
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := readGolden(t, name)
			test(t, g, g.load(t))
		})
	}
}

// corpus has at least 10,000 strings; the file stores each after its length as a uint32.
var corpus = sync.OnceValue(func() (list []string) {
	f, err := os.Open("testdata/corpus.gz")
	if err != nil {
		panic(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		panic(err)
	}
	content, err := io.ReadAll(z)
	if err != nil {
		panic(err)
	}
	for len(content) > 0 {
		n := 4 + binary.LittleEndian.Uint32(content)
		list = append(list, string(content[4:n]))
		content = content[n:]
	}
	return list
})

func TestTokenizersMatchHuggingFace(t *testing.T) {
	eachGolden(t, goldenNames(t), func(t *testing.T, g *golden, p *pipeline) {
		for _, c := range g.Cases {
			if c.Text != nil {
				if ids := mustEncode(t, p, *c.Text); !slices.Equal(ids, c.IDs) {
					t.Errorf("Encode(%q) = %v, want %v", *c.Text, ids, c.IDs)
				}
			}
			if text := mustDecode(t, p, c.IDs); text != c.Decoded {
				t.Errorf("Decode(%v) = %q, want %q", c.IDs, text, c.Decoded)
			}
		}
	})
}

func TestCorpusMatchesHuggingFace(t *testing.T) {
	if n := len(corpus()); n < 10000 {
		t.Fatalf("%d strings", n)
	}
	eachGolden(t, goldenNames(t), func(t *testing.T, g *golden, p *pipeline) {
		if err := g.Corpus.compare(t, p, corpus()); err != nil {
			t.Error(err)
		}
	})
}

// compare returns an error unless p's results for texts have this digest.
func (d digest) compare(t testing.TB, p *pipeline, texts []string) error {
	if d.Each != nil && len(d.Each) != 2*len(texts) {
		return fmt.Errorf("digests of %d texts for %d", len(d.Each)/2, len(texts))
	}
	whole := sha256.New()
	var wrong []string
	for i, text := range texts {
		encoding := p.appendEncoding(t, nil, text)
		whole.Write(encoding)
		if sum := sha256.Sum256(encoding); d.Each != nil && !bytes.Equal(sum[:2], d.Each[2*i:2*i+2]) {
			wrong = append(wrong, text)
		}
	}
	if len(wrong) > 0 {
		text := slices.MinFunc(wrong, func(a, b string) int { return len(a) - len(b) })
		ids := mustEncode(t, p, text)
		return fmt.Errorf("%d of %d texts differ, such as %q: %v, %q", len(wrong), len(texts), text, ids,
			mustDecode(t, p, ids))
	}
	if sum := sumOf(whole); sum != d.SHA256 {
		return fmt.Errorf("the hash of all ids and texts is %s, want %s", sum, d.SHA256)
	}
	return nil
}

func sumOf(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// appendEncoding appends the ids of text and their decoded text.
func (p *pipeline) appendEncoding(t testing.TB, b []byte, text string) []byte {
	ids := mustEncode(t, p, text)
	for _, id := range ids {
		b = binary.LittleEndian.AppendUint32(b, uint32(id))
	}
	return append(b, mustDecode(t, p, ids)...)
}

// A digest must notice one wrong id in one string.
func TestDigestSeesADifference(t *testing.T) {
	g := readGolden(t, "gpt2")
	p := g.load(t)
	texts := slices.Clone(corpus())
	texts[500] += "!"
	if err := g.Corpus.compare(t, p, texts); err == nil || !strings.Contains(err.Error(), "1 of ") {
		t.Errorf("a changed text: %v", err)
	}
	whole := digest{SHA256: g.Corpus.SHA256}
	if err := whole.compare(t, p, texts); err == nil {
		t.Error("the hash of everything does not see a changed text")
	}
	if err := g.Corpus.compare(t, p, texts[1:]); err == nil {
		t.Error("a text may be missing")
	}
}

// Every code point of the planes that are in use, alone and between letters, digits and marks.
func TestEveryCodePoint(t *testing.T) {
	var points []rune
	for r := rune(0); r < 0x110000; r++ {
		if (r < 0x32000 || (r-0x32000)%257 == 0) && (r < 0xd800 || r > 0xdfff) {
			points = append(points, r)
		}
	}
	var texts []string
	for _, r := range points {
		texts = append(texts, string(r))
	}
	for chunk := range slices.Chunk(points, 16) {
		var b strings.Builder
		for _, r := range chunk {
			fmt.Fprintf(&b, "a%cB %c1%c\u0301 %c\u0323\n", r, r, r, r)
		}
		texts = append(texts, b.String())
	}
	eachGolden(t, unless(t, "o200k", "deepseek", "whitespace", "punctuation"),
		func(t *testing.T, g *golden, p *pipeline) {
			if g.Points.SHA256 == "" {
				t.Skip("shares its classes with another")
			}
			if err := g.Points.compare(t, p, texts); err != nil {
				t.Error(err)
			}
		})
}

func TestGSM8KMatchesHuggingFace(t *testing.T) {
	texts := gsm8k(t)
	eachGolden(t, unless(t, "gpt2", "llama3", "smollm2", "llama2", "unigram"),
		func(t *testing.T, g *golden, p *pipeline) {
			if err := (digest{SHA256: g.GSM8K}).compare(t, p, texts); err != nil {
				t.Error(err)
			}
		})
}

const gsm8kFolder = "../../shared/data/gsm8k"

// gsm8k returns the problems of GSM8K with their answers, which are not part of the repository.
func gsm8k(t testing.TB) (texts []string) {
	t.Helper()
	for _, name := range []string{"train", "test"} {
		f, err := os.Open(filepath.Join(gsm8kFolder, name+".jsonl"))
		if err != nil {
			t.Skipf("needs GSM8K: %v", err)
		}
		defer f.Close()
		for d := json.NewDecoder(f); d.More(); {
			var problem struct{ Question, Answer string }
			if err := d.Decode(&problem); err != nil {
				t.Fatal(err)
			}
			texts = append(texts, problem.Question+"\n"+problem.Answer)
		}
	}
	return texts
}

// BenchmarkEncode encodes GSM8K, each problem on its own. If RANKSWEEP_PYTHON names a Python that
// has tokenizers, that encodes it too, on one thread, and the ratio of the speeds is reported.
func BenchmarkEncode(b *testing.B) {
	texts := gsm8k(b)
	bytes := 0
	for _, text := range texts {
		bytes += len(text)
	}
	for _, name := range []string{"gpt2", "llama3", "qwen2", "smollm2", "llama2", "mistral", "unigram"} {
		b.Run(name, func(b *testing.B) {
			p := readGolden(b, name).load(b)
			b.SetBytes(int64(bytes))
			for b.Loop() {
				for _, text := range texts {
					if _, err := p.Encode(context.Background(), text); err != nil {
						b.Fatal(err)
					}
				}
			}
			if theirs, ok := huggingFaceSeconds(b, name); ok {
				b.ReportMetric(theirs*float64(b.N)/b.Elapsed().Seconds(), "×HF")
			}
		})
	}
}

func huggingFaceSeconds(b *testing.B, name string) (seconds float64, ok bool) {
	python := os.Getenv("RANKSWEEP_PYTHON")
	if python == "" {
		return 0, false
	}
	out, err := exec.Command(python, "testdata/speed.py", "testdata/"+name+".json.gz", gsm8kFolder).Output()
	if err == nil {
		seconds, err = strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	}
	if err != nil {
		b.Fatal(err)
	}
	return seconds, true
}
