package lora

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// Init is how the entries of A are drawn.
type Init struct {
	Kind   InitKind
	Factor float64 // what the kind's standard deviation is multiplied by, see [Scheme.InitFactor]; 0 for 1
}

// InitKind names a distribution.
type InitKind string

// The kinds. All but PEFTGaussian have variance 1/(3·in) at Factor 1, free of
// rank as the theory asks, so that they differ in shape alone.
const (
	KaimingUniform InitKind = "kaiming-uniform" // PEFT's default, kaiming_uniform(a=√5): uniform on ±1/√in
	Gaussian       InitKind = "gaussian"        // normal
	Rademacher     InitKind = "rademacher"      // ±1/√(3·in), each as likely
	Orthogonal     InitKind = "orthogonal"      // normal, its rows made orthogonal, in blocks of in rows
	PEFTGaussian   InitKind = "peft-gaussian"   // PEFT's init_lora_weights="gaussian": normal with standard deviation 1/r
)

// InitKinds lists the known kinds.
var InitKinds = []InitKind{KaimingUniform, Gaussian, Rademacher, Orthogonal, PEFTGaussian}

// Exponent returns the power e of rank of the kind's standard deviation, ∝ r^−e.
func (k InitKind) Exponent() float64 {
	if k == PEFTGaussian {
		return 1
	}
	return 0
}

// Deviation returns the standard deviation of an entry of A, (r, in).
func (i Init) Deviation(rank, in int) float64 {
	if i.Kind == PEFTGaussian {
		return i.factor() / float64(rank)
	}
	return i.bound(in) / math.Sqrt(3)
}

// bound is the largest entry of a uniform A.
func (i Init) bound(in int) float64 { return i.factor() / math.Sqrt(float64(in)) }

func (i Init) factor() float64 {
	if i.Factor == 0 {
		return 1
	}
	return i.Factor
}

// Kurtosis returns the fourth moment of an entry over the square of its
// variance; false where entries are not independent.
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

// fill draws A, (r, in), row by row, so that with one seed the A of a smaller
// rank is the top of the A of a larger one, but for a factor.
func (i Init) fill(a []float32, rank, in int, rng *rand.Rand) {
	scale := i.Deviation(rank, in)
	switch i.Kind {
	case KaimingUniform:
		bound := i.bound(in)
		for j := range a {
			a[j] = float32(bound * (2*rng.Float64() - 1))
		}
	case Gaussian, PEFTGaussian:
		for j := range a {
			a[j] = float32(scale * rng.NormFloat64())
		}
	case Rademacher:
		for j := range a {
			a[j] = float32(math.Copysign(scale, rng.Float64()-0.5))
		}
	case Orthogonal:
		for at := 0; at < rank; at += in {
			orthogonal(a[at*in:min(rank, at+in)*in], in, scale, rng)
		}
	default:
		panic(fmt.Sprintf("lora: init %q was not validated", i.Kind))
	}
}

// orthogonal draws at most in rows of in entries with the mean square scale²,
// orthogonal to each other: normal ones after Gram and Schmidt, done twice for
// the sake of rounding.
func orthogonal(a []float32, in int, scale float64, rng *rand.Rand) {
	var done [][]float64
	for len(a) > 0 {
		row := make([]float64, in)
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
			a[j] = float32(scale * math.Sqrt(float64(in)) * v)
		}
		a = a[in:]
	}
}

func (i Init) validate() error {
	if !(i.Factor >= 0 && i.Factor <= math.MaxFloat32) {
		return fmt.Errorf("lora: init factor %g: must be at least 0 and at most %g", i.Factor, math.MaxFloat32)
	}
	if !slices.Contains(InitKinds, i.Kind) {
		return fmt.Errorf("lora: init %q: must be one of %q", i.Kind, InitKinds)
	}
	return nil
}

// stream returns the random stream of one adapter: its own for each seed, map
// and purpose, and the same for every rank and scheme.
func stream(seed uint64, module, purpose string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(purpose + "\x00" + module))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}
