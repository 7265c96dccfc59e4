package lora

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"sync"

	"gonum.org/v1/gonum/mat"

	"ranksweep/nn"
)

// part writes the weights of a map as a sum over k, W = Σ_k sizes_k left_k right_k, of columns of left and rows of
// right. An adapter of rank r begins with its first r terms.
type part struct {
	left, right mat.Matrix
	sizes       []float64
}

// parting says how a method takes weights apart.
type parting func(w *mat.Dense) (part, error)

// partings are the methods that begin with a part of W.
var partings = map[string]parting{PiSSAMethod: singular, OLoRAMethod: triangular}

// BeginsWithPart reports whether a method begins with a part of W.
func BeginsWithPart(method string) bool { return partings[method] != nil }

// PartOf returns the whole of which an adapter of such a method begins with the first r columns of b and rows of a,
// at γ = 1: W = ba.
func PartOf(method string, l *nn.Linear) (b, a *mat.Dense, err error) {
	p, err := takenApart(method, l)
	if err != nil {
		return nil, nil, err
	}
	b, a = mat.DenseCopyOf(p.left), mat.DenseCopyOf(p.right)
	for k, s := range p.sizes {
		root := math.Sqrt(s)
		for i := range b.RawMatrix().Rows {
			b.Set(i, k, root*b.At(i, k))
		}
		row := a.RawRowView(k)
		for j := range row {
			row[j] *= root
		}
	}
	return b, a, nil
}

// rememberedFloats is how many numbers of parts a process keeps, 128 MiB. Both parts of the embedded model take
// 15 million. What does not fit is worked out each time.
const rememberedFloats = 1 << 24

// memory keeps parts by the hash of the method and the weights, since all runs of a process share the frozen
// weights, and to take them apart takes longer than some steps of training.
var memory = struct {
	sync.Mutex
	parts  map[[sha256.Size]byte]func() (part, error)
	floats int
}{parts: make(map[[sha256.Size]byte]func() (part, error))}

// takenApart returns the part of a map's weights that a method begins with.
func takenApart(method string, l *nn.Linear) (part, error) {
	of := func() (part, error) {
		p, err := partings[method](weights(l))
		if err != nil {
			return part{}, fmt.Errorf("lora: %s: %w", l.Name, err)
		}
		return p, nil
	}
	out, in := l.Out(), l.In()
	size, key := min(out, in)*(out+in), partKey(method, l)
	memory.Lock()
	known := memory.parts[key]
	if known == nil && memory.floats+size <= rememberedFloats {
		known = sync.OnceValues(of)
		memory.parts[key], memory.floats = known, memory.floats+size
	}
	memory.Unlock()
	if known == nil {
		return of()
	}
	return known()
}

// partKey is the hash of a method, a map's name, for errors, and its weights.
func partKey(method string, l *nn.Linear) (key [sha256.Size]byte) {
	h := sha256.New()
	values := make([]float32, l.Out()*l.In())
	l.Values(values)
	fmt.Fprintf(h, "%s %s %d\n", method, l.Name, l.Out())
	if err := binary.Write(h, binary.LittleEndian, values); err != nil {
		panic(fmt.Sprintf("lora: a hash refuses bytes: %v", err))
	}
	h.Sum(key[:0])
	return key
}
