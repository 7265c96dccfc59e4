package lora

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/floats"

	"ranksweep/nn"
	"ranksweep/paper/number"
)

// Init says how the entries of a fresh adapter are drawn. One factor is drawn and the
// other is zero: A is drawn, unless ZeroA is set.
type Init struct {
	Kind   InitKind
	ZeroA  bool    // A is zero and B is drawn, see [Scheme]
	Fresh  bool    // each rank has its own draws; otherwise a larger rank repeats those of a smaller one
	Factor float64 // multiplies the kind's standard deviation, see [Scheme.InitFactor]; 0 means 1
}

// InitKind names a distribution.
type InitKind string

// The kinds. All except PEFTGaussian have variance 1/(3·fan-in) at Factor 1, so that they
// differ only in the shape of the distribution. The fan-in of A is its map's input width,
// so that its variance does not depend on rank, as the theory assumes; that of B is r.
const (
	KaimingUniform InitKind = "kaiming-uniform" // PEFT's default, kaiming_uniform(a=√5): uniform on ±1/√fan-in
	Gaussian       InitKind = "gaussian"        // normal
	Rademacher     InitKind = "rademacher"      // ±1/√(3·fan-in), equally likely
	// normal, then rows of A or columns of B made orthogonal, in square blocks
	Orthogonal InitKind = "orthogonal"
	// PEFT's init_lora_weights="gaussian": normal with standard deviation 1/r
	PEFTGaussian InitKind = "peft-gaussian"
)

// InitKinds lists the known kinds.
var InitKinds = []InitKind{KaimingUniform, Gaussian, Rademacher, Orthogonal, PEFTGaussian}

// Exponent returns the power e of rank of the standard deviation at Factor 1,
// ∝ r^−e.
func (i Init) Exponent() float64 {
	switch {
	case i.Kind == PEFTGaussian:
		return 1
	case i.ZeroA:
		return 0.5
	}
	return 0
}

// Deviation returns the standard deviation of an entry of the drawn factor: A, (r, width),
// or B, (width, r).
func (i Init) Deviation(rank, width int) float64 {
	if i.Kind == PEFTGaussian {
		return i.factor() / float64(rank)
	}
	return i.bound(rank, width) / math.Sqrt(3)
}

// bound returns the largest possible entry of a uniformly drawn factor.
func (i Init) bound(rank, width int) float64 {
	fanIn := width
	if i.ZeroA {
		fanIn = rank
	}
	return i.factor() / math.Sqrt(float64(fanIn))
}

func (i Init) factor() float64 {
	if i.Factor == 0 {
		return 1
	}
	return i.Factor
}

// Kurtosis returns the fourth moment of an entry divided by the square of its variance;
// false if entries are not independent.
func (k InitKind) Kurtosis() (float64, bool) {
	switch k {
	case KaimingUniform:
		return 9. / 5, true
	case Gaussian, PEFTGaussian:
		return 3, true
	case Rademacher:
		return 1, true
	}
	return math.NaN(), false
}

// fill draws A or Bᵀ, (r, width), of a map, row by row. Unless Fresh is set, the matrix of
// a smaller rank equals the top rows of the matrix of a larger one, up to a factor.
func (i Init) fill(a []float32, rank, width int, seed uint64, module string) {
	purpose := "A"
	if i.ZeroA {
		purpose = "B"
	}
	rng := i.stream(rank, seed, module, purpose)
	scale := i.Deviation(rank, width)
	switch i.Kind {
	case KaimingUniform:
		uniform(a, i.bound(rank, width), rng)
	case Gaussian, PEFTGaussian:
		for j := range a {
			a[j] = float32(scale * rng.NormFloat64())
		}
	case Rademacher:
		for j := range a {
			a[j] = float32(math.Copysign(scale, rng.Float64()-0.5))
		}
	case Orthogonal:
		for at := 0; at < rank; at += width {
			orthogonal(a[at*width:min(rank, at+width)*width], width, scale, rng)
		}
	default:
		panic(fmt.Sprintf("lora: init %q was not validated", i.Kind))
	}
}

// stream returns the random numbers for one purpose, see the function stream.
func (i Init) stream(rank int, seed uint64, module, purpose string) *rand.Rand {
	if i.Fresh {
		purpose = fmt.Sprintf("%s of rank %d", purpose, rank)
	}
	return rand.New(stream(seed, module, purpose))
}

// uniform draws entries from ±bound.
func uniform(a []float32, bound float64, rng *rand.Rand) {
	for j := range a {
		a[j] = float32(bound * (2*rng.Float64() - 1))
	}
}

// orthogonal draws at most width rows of width entries with mean square scale². It draws
// normal rows and makes them orthogonal to each other by the Gram-Schmidt process, twice
// because of rounding.
func orthogonal(a []float32, width int, scale float64, rng *rand.Rand) {
	var done [][]float64
	for len(a) > 0 {
		row := make([]float64, width)
		for j := range row {
			row[j] = rng.NormFloat64()
		}
		for range 2 {
			for _, other := range done {
				floats.AddScaled(row, -floats.Dot(row, other), other)
			}
		}
		floats.Scale(1/floats.Norm(row, 2), row)
		done = append(done, row)
		for j, v := range row {
			a[j] = float32(scale * math.Sqrt(float64(width)) * v)
		}
		a = a[width:]
	}
}

// Drawn returns the factor that is drawn of a fresh adapter of l: A, (rank, in) or, if A
// starts at zero, B, (out, rank).
func (i Init) Drawn(rank int, l *nn.Linear, seed uint64) blas32.General {
	if !i.ZeroA {
		a := nn.NewMatrix(rank, l.In())
		i.fill(a.Data, rank, l.In(), seed, l.Name)
		return a
	}
	b := nn.NewMatrix(l.Out(), rank)
	i.fillB(b.Data, rank, l.Out(), seed, l.Name)
	return b
}

// fillB draws B, (out, rank), of a map, column by column.
func (i Init) fillB(b []float32, rank, out int, seed uint64, module string) {
	columns := make([]float32, rank*out)
	i.fill(columns, rank, out, seed, module)
	fromColumns(b, columns, rank)
}

// fromColumns writes a matrix whose columns lie one after the other, row by row.
func fromColumns(dst, columns []float32, cols int) {
	rows := len(dst) / cols
	for c := range cols {
		for r := range rows {
			dst[r*cols+c] = columns[c*rows+r]
		}
	}
}

func (i Init) validate() error {
	if !(i.Factor >= 0 && i.Factor <= math.MaxFloat32) {
		return fmt.Errorf("lora: init factor %s: must be at least 0 and at most %s", number.Full(i.Factor),
			number.Brief(math.MaxFloat32))
	}
	if !slices.Contains(InitKinds, i.Kind) {
		return fmt.Errorf("lora: init %q: must be one of %q", i.Kind, InitKinds)
	}
	return nil
}

// stream returns the random stream of one adapter. It is different for each seed, map and
// purpose, and the same for every rank and scheme.
func stream(seed uint64, module, purpose string) *rand.PCG {
	h := fnv.New64a()
	h.Write([]byte(purpose + "\x00" + module))
	return rand.NewPCG(seed, h.Sum64())
}
