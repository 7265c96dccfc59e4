package checkpoint

import (
	"crypto/sha256"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"ranksweep/nn"
	"ranksweep/tokenizer"
)

// BenchmarkLoad makes a safetensors file of 500 MB in float32 and loads it, which reads every
// weight for the hash. For comparison it also only reads the file, and reads and hashes it.
func BenchmarkLoad(b *testing.B) {
	dir := b.TempDir()
	size := saveLarge(b, dir)
	for name, w := range map[string]io.Writer{"read": io.Discard, "hash": sha256.New()} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				f, err := os.Open(filepath.Join(dir, weightsFile))
				if err != nil {
					b.Fatal(err)
				}
				if _, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{f},
					make([]byte, 1<<16)); err != nil {
					b.Fatal(err)
				}
				f.Close()
			}
		})
	}
	b.Run("load", func(b *testing.B) {
		b.SetBytes(size)
		debug.FreeOSMemory()
		before := resident(b)
		var loaded []*Checkpoint
		for b.Loop() {
			c, err := Load(dir)
			if err != nil {
				b.Fatal(err)
			}
			loaded = append(loaded, c)
		}
		b.ReportMetric((resident(b)-before)/float64(size)/float64(len(loaded)), "resident/file")
		runtime.KeepAlive(loaded)
	})
}

// saveLarge saves a model and returns the size of its weights.
func saveLarge(b *testing.B, dir string) int64 {
	m, err := nn.New(nn.Config{
		Vocab: 32000, Dim: 768, Layers: 14, Heads: 12, KVHeads: 12, HeadDim: 64, Hidden: 2048,
		Context: 1024, NormEps: 1e-5, RopeTheta: 10000, TiedHead: true,
	})
	if err != nil {
		b.Fatal(err)
	}
	m.Init(rand.New(rand.NewPCG(1, 1)))
	if err := Save(dir, &Checkpoint{Model: m, Tokenizer: tokenizer.NewByteTokenizer()}, F32); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, weightsFile))
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}

// resident returns the bytes of the process that are in memory.
func resident(b *testing.B) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip(err)
	}
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	kB, err := strconv.ParseFloat(strings.Fields(after)[0], 64)
	if err != nil {
		b.Fatal(err)
	}
	return 1024 * kB
}
