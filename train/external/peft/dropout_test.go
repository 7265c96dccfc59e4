package peft

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/lora/peft/pefttest"
)

// TestDropout: both trainers drop the same entries, of batches with padding and of several
// batches before an update, of maps as PyTorch has them and of transposed ones.
func TestDropout(t *testing.T) {
	b, source := newBoth(t), pefttest.Letters(t, 40)
	for _, model := range []string{"llama", "gpt2"} {
		for _, method := range []string{lora.DefaultMethod, lora.DoRAMethod} {
			for _, rate := range []float64{0.1, 0.5} {
				t.Run(fmt.Sprintf("%s %s %g", model, method, rate), func(t *testing.T) {
					c := config(filepath.Join(goldens, model), source)
					c.Adapter.Method, c.Adapter.Dropout, c.Seed = method, rate, 5
					c = experiments.Point{Config: c}.Canonical().Config
					t.Logf("largest differences: %s", b.compare(t, c))
				})
			}
		}
	}
}

// drawing prints, for each of some counts, a checksum of so many numbers and how many are at
// least 0.3.
const drawing = `
import json, sys, torch, zlib
sys.path.insert(0, sys.argv[1])
from ranksweep_peft.stream import Stream, fnv
stream = lambda: Stream(2**64 - 1, fnv("dropout\0layer ß".encode()), torch.device("cpu"))
numbers, kept = stream(), stream()
print(json.dumps([
    [zlib.crc32(numbers.drawn(n).numpy().tobytes()), int(kept.at_least(0.3, n).sum())]
    for n in json.loads(sys.argv[2])
]))
`

// TestStreamIsGos: the numbers that Python draws are those of math/rand/v2, however many are
// drawn at once.
func TestStreamIsGos(t *testing.T) {
	python, dir := pefttest.Python(t), t.TempDir()
	check(t, os.CopyFS(dir, Program("").Source))
	counts := []int{1, 4094, 1, 4096, 3, 4097, 1 << 18, 700_001}
	text, err := json.Marshal(counts)
	check(t, err)
	out, err := exec.CommandContext(t.Context(), python, "-c", drawing, dir, string(text)).Output()
	check(t, err)
	var got [][2]int
	check(t, json.Unmarshal(out, &got))
	h := fnv.New64a()
	h.Write([]byte("dropout\x00layer ß"))
	rng, floats := newRand(h.Sum64()), newRand(h.Sum64())
	for i, n := range counts {
		if want := [2]int{checksum(rng, n), atLeast(floats, 0.3, n)}; got[i] != want {
			t.Errorf("%d numbers: checksum and how many are at least 0.3 are %v, want %v", n, got[i], want)
		}
	}
}

func newRand(low uint64) *rand.Rand { return rand.New(rand.NewPCG(1<<64-1, low)) }

func checksum(rng *rand.Rand, n int) int {
	sum := crc32.NewIEEE()
	for range n {
		sum.Write(binary.LittleEndian.AppendUint64(nil, rng.Uint64()))
	}
	return int(sum.Sum32())
}

func atLeast(rng *rand.Rand, bound float64, n int) (count int) {
	for range n {
		if rng.Float64() >= bound {
			count++
		}
	}
	return count
}
