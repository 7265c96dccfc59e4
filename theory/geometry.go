package theory

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/mat"

	"ranksweep/nn"
)

// MapGeometry holds the properties of one linear map, of its gradients and of its inputs on
// which the expressions of theory depend. G and G′ are the gradients of its weight, (out, in),
// on the first and on the second batch, for the loss averaged over scored tokens. x and v are
// its inputs and the gradients of its outputs on the probe batch. ĝ_i are the rows of G divided
// by their length. If A starts at zero, they are those of the transposed map, see [Prediction].
type MapGeometry struct {
	Out, In, Tokens int

	Gradient  float64 // ‖G‖²
	Next      float64 // ‖G′‖²
	Rows      float64 // number of rows of G that are not zero
	RowNorms  float64 // Σ ‖g_i‖
	Cross     float64 // ‖GᵀG′‖²
	CrossSign float64 // Σ_ij (2/π) arcsin(ĝ_i·ĝ_j) g′_i·g′_j

	// Sums over the tokens of the probe batch.
	Inputs      float64 // ‖x‖²
	Through     float64 // ‖Gx‖²
	UnitThrough float64 // Σ_i (ĝ_i·x)²
	ThroughAxes float64 // Σ_j ‖G_·j‖² x_j²
	Back        float64 // ‖Gᵀv‖²
	UnitBack    float64 // ‖Σ_i v_i ĝ_i‖²
	SignBack    float64 // Σ_ij (2/π) arcsin(ĝ_i·ĝ_j) v_i v_j

	First FirstGradient // of G and W, never transposed
}

// Survey measures the geometry of frozen maps. It owns the memory for the measurement.
type Survey struct {
	pass      *nn.Pass
	surveyors []*surveyor
	part      Part
}

// NewSurvey prepares to measure targets, which are frozen maps of m, on batches of at most the
// given number of tokens. If A starts at zero, it measures the transposed maps. If part names a
// method, it measures the gradients of its adapter. Its buffers come from the arena.
func NewSurvey(arena *nn.Arena, m *nn.Model, targets []*nn.Linear, zeroA bool, part Part, tokens int) (*Survey, error) {
	s, scratch := &Survey{part: part}, 0
	maps := make(map[string]nn.Map, len(targets))
	for _, l := range targets {
		one := newSurveyor(arena, l, zeroA)
		s.surveyors = append(s.surveyors, one)
		maps[l.Name] = one
		scratch = max(scratch, one.scratchSize(tokens))
	}
	shared := arena.Floats(scratch)
	for _, one := range s.surveyors {
		one.scratch = shared
	}
	var err error
	s.pass, err = nn.NewPassIn(arena, m, tokens, maps)
	return s, err
}

// Measure measures the maps at onset, on the batches of the first and of the second step and on
// the probe batches. A step may have several batches. A survey measures only once.
func (s *Survey) Measure(first, second, probe []nn.Batch) ([]MapGeometry, error) {
	for phase, batches := range [][]nn.Batch{first, second, probe} {
		scored := 0
		for i := range batches {
			scored += batches[i].Scored()
		}
		for i := range batches {
			if _, err := s.pass.Gradient(&batches[i], 1/float32(scored)); err != nil {
				return nil, err
			}
		}
		for _, one := range s.surveyors {
			if err := one.turn(surveyPhase(phase+1), s.part); err != nil {
				return nil, err
			}
		}
	}
	var all []MapGeometry
	for _, one := range s.surveyors {
		all = append(all, one.seen)
	}
	return all, nil
}

// surveyPhase is the kind of batch that a surveyor measures.
type surveyPhase uint8

const (
	firstGradient surveyPhase = iota
	secondGradient
	probing
)

// surveyor is a frozen map that measures its geometry during a pass.
type surveyor struct {
	*nn.Linear
	transposed bool // x and v, in and out are swapped
	phase      surveyPhase
	g          blas32.General // (out, in) G
	next       blas32.General // (out, in) G′
	unit       blas32.General // (out, in) rows ĝ_i
	sines      blas32.General // (out, out) (2/π) arcsin(ĝ_i·ĝ_j)
	axes       []float64      // (in) ‖G_·j‖²
	scratch    []float32      // for two matrices at a time, shared by a survey's surveyors
	seen       MapGeometry
}

func newSurveyor(arena *nn.Arena, l *nn.Linear, transposed bool) *surveyor {
	out, in := shape(l, transposed)
	return &surveyor{
		Linear: l, transposed: transposed, seen: MapGeometry{Out: out, In: in},
		g: arena.Matrix(out, in), next: arena.Matrix(out, in), unit: arena.Matrix(out, in),
		sines: arena.Matrix(out, out), axes: nn.Make[float64](arena, in),
	}
}

// scratchSize returns the number of floats that cross and probe need as scratch.
func (s *surveyor) scratchSize(tokens int) int {
	out, in := s.seen.Out, s.seen.In
	return max(2*out*out, tokens*(out+in))
}

// pair lays out two matrices with the same number of rows in the scratch.
func (s *surveyor) pair(rows, cols, otherCols int) (one, other blas32.General) {
	at := rows * cols
	one = blas32.General{Rows: rows, Cols: cols, Stride: cols, Data: s.scratch[:at]}
	other = blas32.General{Rows: rows, Cols: otherCols, Stride: otherCols, Data: s.scratch[at:][:rows*otherCols]}
	return one, other
}

// shape returns the shape of a map or, if transposed, of its transpose.
func shape(l *nn.Linear, transposed bool) (out, in int) {
	if transposed {
		return l.In(), l.Out()
	}
	return l.Out(), l.In()
}

// Params returns nil, since a surveyor trains nothing.
func (s *surveyor) Params() []nn.Param { return nil }

// Backward calls Backward of the frozen map, and measures.
func (s *surveyor) Backward(dx, dy, x blas32.General) {
	left, right := dy, x
	if s.transposed {
		left, right = x, dy
	}
	switch s.phase {
	case firstGradient:
		blas32.Gemm(blas.Trans, blas.NoTrans, 1, left, right, 1, s.g)
	case secondGradient:
		blas32.Gemm(blas.Trans, blas.NoTrans, 1, left, right, 1, s.next)
	case probing:
		s.probe(left, right)
	}
	if dx.Rows > 0 {
		s.Linear.Backward(dx, dy)
	}
}

// turn ends a phase.
func (s *surveyor) turn(next surveyPhase, part Part) error {
	switch s.phase = next; next {
	case secondGradient:
		s.gradient()
		return s.first(part)
	case probing:
		s.cross()
	}
	return nil
}

// first computes the properties of G and W, which it does not transpose.
func (s *surveyor) first(part Part) error {
	out, in := s.Out(), s.In()
	w := make([]float32, out*in)
	s.Values(w)
	g := dense(s.g.Rows, s.g.Cols, s.g.Data)
	if s.transposed {
		g = mat.DenseCopyOf(g.T())
	}
	s.seen.First = newFirstGradient(g, dense(out, in, w))
	if part.Method == "" {
		return nil
	}
	return s.seen.First.begin(g, s.Linear, part)
}

// gradient computes the properties that depend only on G.
func (s *surveyor) gradient() {
	out, in := s.g.Rows, s.g.Cols
	for i := range out {
		g := s.g.Data[i*in:][:in]
		var row nn.Squares
		row.Add(g)
		s.seen.Gradient += row.Sum
		if row.Sum == 0 {
			continue
		}
		s.seen.Rows++
		s.seen.RowNorms += row.Norm()
		scale := 1 / row.Norm()
		for j, v := range g {
			s.unit.Data[i*in+j] = float32(float64(v) * scale)
			s.axes[j] += sq(float64(v))
		}
	}
	blas32.Gemm(blas.NoTrans, blas.Trans, 1, s.unit, s.unit, 0, s.sines)
	for i, c := range s.sines.Data {
		s.sines.Data[i] = float32(2 / math.Pi * math.Asin(max(-1, min(1, float64(c)))))
	}
}

// cross computes the properties of G and G′.
func (s *surveyor) cross() {
	out := s.g.Rows
	k, next := s.pair(out, out, out)
	blas32.Gemm(blas.NoTrans, blas.Trans, 1, s.g, s.g, 0, k)
	blas32.Gemm(blas.NoTrans, blas.Trans, 1, s.next, s.next, 0, next)
	for i := range out {
		s.seen.Next += float64(next.Data[i*out+i])
	}
	s.seen.Cross, s.seen.CrossSign = nn.Dot(k.Data, next.Data), nn.Dot(s.sines.Data, next.Data)
}

// probe adds a batch of inputs and output gradients to the sums over the probe batch.
func (s *surveyor) probe(v, x blas32.General) {
	s.seen.Tokens += x.Rows
	through, back := s.pair(x.Rows, s.seen.Out, s.seen.In)
	product := func(t blas.Transpose, x, m, y blas32.General) float64 {
		blas32.Gemm(blas.NoTrans, t, 1, x, m, 0, y)
		return nn.Dot(y.Data, y.Data)
	}
	s.seen.Through += product(blas.Trans, x, s.g, through)
	s.seen.UnitThrough += product(blas.Trans, x, s.unit, through)
	s.seen.Back += product(blas.NoTrans, v, s.g, back)
	s.seen.UnitBack += product(blas.NoTrans, v, s.unit, back)
	blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, v, s.sines, 0, through)
	for t := range x.Rows {
		row := x.Data[t*x.Stride:][:x.Cols]
		s.seen.Inputs += nn.Dot(row, row)
		for j, xj := range row {
			s.seen.ThroughAxes += s.axes[j] * sq(float64(xj))
		}
		s.seen.SignBack += nn.Dot(v.Data[t*v.Stride:][:v.Cols], through.Data[t*through.Stride:][:v.Cols])
	}
}
