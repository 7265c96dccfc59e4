package lora

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
)

// Init is a distribution of A's entries.
type Init struct {
	Kind InitKind

	// Exponent e multiplies the standard deviation by r^−e. The theory asks
	// for 0, a variance free of rank; ½ is the correction that the paper's
	// appendix B.3 tries in place of another scaling factor.
	Exponent float64
}

// InitKind names the shape of a distribution. Both kinds have variance
// 1/(3·in) at Exponent 0, so that they differ in shape alone.
type InitKind string

// KaimingUniform is PEFT's default, kaiming_uniform(a=√5): uniform on
// ±1/√in. Gaussian is normal with the same variance.
const (
	KaimingUniform InitKind = "kaiming-uniform"
	Gaussian       InitKind = "gaussian"
)

// InitKinds lists the known kinds.
var InitKinds = []InitKind{KaimingUniform, Gaussian}

// fill draws A, (r, in), row by row, so that with one seed the A of a smaller
// rank is the top of the A of a larger one, but for Exponent's factor.
func (i Init) fill(a []float32, rank, in int, rng *rand.Rand) {
	scale := math.Pow(float64(rank), -i.Exponent) / math.Sqrt(float64(in))
	switch i.Kind {
	case KaimingUniform:
		for j := range a {
			a[j] = float32(scale * (2*rng.Float64() - 1))
		}
	case Gaussian:
		scale /= math.Sqrt(3)
		for j := range a {
			a[j] = float32(scale * rng.NormFloat64())
		}
	default:
		panic(fmt.Sprintf("lora: init %q was not validated", i.Kind))
	}
}

func (i Init) validate() error {
	for _, k := range InitKinds {
		if i.Kind == k {
			return nil
		}
	}
	return fmt.Errorf("lora: init %q: must be one of %q", i.Kind, InitKinds)
}

// stream returns the random stream of one adapter: its own for each seed, map
// and purpose, and the same for every rank and scheme.
func stream(seed uint64, module, purpose string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(purpose + "\x00" + module))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}
