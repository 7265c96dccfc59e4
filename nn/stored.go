package nn

// Frozen weights in the form of their file, expanded a few rows at a time.

import (
	"fmt"
	"sync"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn/kernel"
)

// Stored is a frozen matrix in the form of its file. A map of stored weights expands a few
// rows at a time to float32 and multiplies by them. That takes longer, and gives the same
// bytes as a map that is float32 from the start. Several goroutines may read one at once.
type Stored interface {
	// Rows writes the values of n rows, beginning with row first, to dst, (n, in).
	Rows(dst []float32, first, n int)
}

// storedForward computes y = x Wᵀ part by part: some rows of W give the same columns of y.
func (l *Linear) storedForward(y, x blas32.General) {
	s := getScratch()
	defer s.put()
	for first, n := range kernel.Depths(l.Out()) {
		blas32.Gemm(blas.NoTrans, blas.Trans, 1, x, s.rows(l, first, n), 0, view(y, 0, first, y.Rows, n))
	}
}

// storedBackward adds dx += dy W. It sums over W's rows in the same parts as a product with
// all of W does.
func (l *Linear) storedBackward(dx, dy blas32.General) {
	s := getScratch()
	defer s.put()
	for first, n := range kernel.Depths(l.Out()) {
		blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, view(dy, 0, first, dy.Rows, n), s.rows(l, first, n), 1, dx)
	}
}

// Values writes the weights to dst, (out, in).
func (l *Linear) Values(dst []float32) { l.Rows(dst, 0, l.Out()) }

// Rows writes n rows of the weights, beginning with row first, to dst, (n, in).
func (l *Linear) Rows(dst []float32, first, n int) {
	if l.Stored != nil {
		l.Stored.Rows(dst, first, n)
		return
	}
	copy(dst, l.Weight.Data[first*l.In():][:n*l.In()])
}

// embedding writes a token's embedding to dst, (C).
func (m *Model) embedding(dst []float32, token int) {
	if m.Stored != nil {
		m.Stored.Rows(dst, token, 1)
		return
	}
	copy(dst, row(m.Embedding, token))
}

// storedErr returns an error if some weights are stored, since these cannot be changed.
func (m *Model) storedErr() error {
	for _, l := range append(m.Linears(), m.Head) {
		if l.Stored != nil {
			return fmt.Errorf("nn: %s: stored weights stay as they are; read the model as float32", l.Name)
		}
	}
	return nil
}

// scratch holds rows of stored weights, expanded to float32.
type scratch struct {
	data  []float32
	from  Stored // the rows that are being expanded, from row first on
	first int
	in    int
}

// Do expands some rows.
func (s *scratch) Do(from, to int) { s.from.Rows(s.data[from*s.in:to*s.in], s.first+from, to-from) }

// scratches are the scratches that no product is using. Like nn/kernel's buffers, there are
// as many as there were products at the same time.
var scratches struct {
	sync.Mutex
	list []*scratch
}

func getScratch() *scratch {
	scratches.Lock()
	defer scratches.Unlock()
	last := len(scratches.list) - 1
	if last < 0 {
		return new(scratch)
	}
	s := scratches.list[last]
	scratches.list = scratches.list[:last]
	return s
}

func (s *scratch) put() {
	scratches.Lock()
	defer scratches.Unlock()
	scratches.list = append(scratches.list, s)
}

// rows returns n rows of a map's weights, (n, in).
func (s *scratch) rows(l *Linear, first, n int) blas32.General {
	if size := n * l.In(); cap(s.data) < size {
		s.data = make([]float32, size)
	}
	m := blas32.General{Rows: n, Cols: l.In(), Stride: l.In(), Data: s.data[:n*l.In()]}
	s.from, s.first, s.in = l.Stored, first, l.In()
	kernel.Share(s, n, rowsOf(s.in))
	s.from = nil
	return m
}

// ReserveScratch counts the scratch of a run that reads stored weights; products allocate it
// when they first need it. It counts nothing if all weights are float32.
func (m *Model) ReserveScratch(arena *Arena) {
	most := 0
	for _, l := range append(m.Linears(), m.Head) {
		if l.Stored == nil {
			continue
		}
		for _, n := range kernel.Depths(l.Out()) {
			most = max(most, n*l.In())
		}
	}
	const float = 4
	arena.Bytes += float * int64(most)
}
