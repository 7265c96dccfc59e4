package nn

// Optimizer: moves parameters along their gradients. The table of all optimizers is here.

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/paper/number"
)

// An Optimizer moves parameters along their gradients. It keeps the slices of the
// parameters that it was made for, and may be used by one goroutine at a time.
type Optimizer interface {
	// Step moves every parameter once, each at the learning rate of its role. It leaves
	// gradients as they are and allocates nothing.
	Step(rates LearningRates)

	// State returns everything that Step remembers, sharing memory with the optimizer. A
	// tensor's name begins with the optimizer's name and ends with the parameter's. A state
	// that was saved as float32 and restored by [RestoreState] lets training continue with
	// the same bits.
	State() []Tensor
}

// OptimizerConfig names an optimizer and its settings. Settings that the optimizer does not
// have stay 0. [DefaultOptimizer] returns the usual settings.
type OptimizerConfig struct {
	Name        string  // one of [Optimizers]
	Momentum    float64 // sgd: share of the last update that is kept; muon, lora-muon: decay of the mean gradient
	Beta1       float64 // adamw and its kin: decay of the mean gradient; lion: share of the mean gradient in an update
	Beta2       float64 // adamw and its kin: decay of the mean squared gradient; lion: decay of the mean gradient
	Eps         float64 // adamw and its kin: added to the root of the mean square
	Damping     float64 // scaled-sgd, scaled-adamw, lora-fa-adamw: δ, added to the diagonals of AAᵀ and BᵀB
	WeightDecay float64 // all optimizers, for parameters with Decay set
}

// variant is one kind of optimizer; each has a file of its own and a line in variants.
type variant struct {
	defaults OptimizerConfig
	settings []string // names of the settings that it has, as in Validate
	make     func(*Arena, OptimizerConfig, []Param) Optimizer
	flops    func(params []Param) float64 // operations in the products of a step; nil without any

	pairs  bool                          // works on A and B together
	fixedA bool                          // works on a B beside an A that does not train
	update Update                        // how its first update depends on the gradient
	scale  func(c OptimizerConfig) Scale // how its updates grow with the gradient
}

// variants are in the order in which lists show them.
var variants = []variant{sgdVariant, adamWVariant, adafactorVariant, lionVariant, signSGDVariant, muonVariant,
	scaledSGDVariant, scaledAdamWVariant, loraFAVariant, riteVariant, loraMuonVariant}

// Optimizers lists the names of all kinds.
func Optimizers() []string {
	var names []string
	for _, v := range variants {
		names = append(names, v.defaults.Name)
	}
	return names
}

// OptimizersWith lists the names of the kinds that have a setting, named as in errors.
func OptimizersWith(setting string) []string {
	var names []string
	for _, v := range variants {
		if slices.Contains(v.settings, setting) {
			names = append(names, v.defaults.Name)
		}
	}
	return names
}

func variantOf(name string) (variant, error) {
	for _, v := range variants {
		if v.defaults.Name == name {
			return v, nil
		}
	}
	return variant{}, fmt.Errorf("nn: unknown optimizer %q: known are %s", name, strings.Join(Optimizers(), ", "))
}

// DefaultOptimizer returns the named optimizer with PyTorch's settings, or the settings of
// its paper if PyTorch lacks it. Weight decay is always 0.
func DefaultOptimizer(name string) (OptimizerConfig, error) {
	v, err := variantOf(name)
	return v.defaults, err
}

// Validate reports an unknown name, a setting that the optimizer does not have, and a
// setting out of range. Ranges apply after rounding to float32, in which the update is
// computed.
func (c OptimizerConfig) Validate() error {
	v, err := variantOf(c.Name)
	if err != nil {
		return err
	}
	for _, s := range c.all() {
		if *s.value != 0 && !slices.Contains(v.settings, s.name) {
			return fmt.Errorf("nn: %s %s: %s has none, leave it at 0", s.name, number.Full(*s.value), c.Name)
		}
		if !(*s.value >= 0 && float64(float32(*s.value)) < s.below) {
			return fmt.Errorf("nn: %s %s: must be at least 0 and, in float32, below %s", s.name,
				number.Full(*s.value), number.Brief(s.below))
		}
	}
	return nil
}

// Pairs reports whether the named optimizer works on A and B together, so that it needs a method that trains
// both.
func Pairs(optimizer string) bool {
	v, _ := variantOf(optimizer)
	return v.pairs
}

// NeedsFixedA reports whether the named optimizer needs a method that trains a B beside an A that stays as it
// was drawn.
func NeedsFixedA(optimizer string) bool {
	v, _ := variantOf(optimizer)
	return v.fixedA
}

// Own returns c with 0 for the settings that its optimizer does not have.
func (c OptimizerConfig) Own() OptimizerConfig {
	v, _ := variantOf(c.Name) // an unknown optimizer has no settings
	for _, s := range c.all() {
		if !slices.Contains(v.settings, s.name) {
			*s.value = 0
		}
	}
	return c
}

// namedSetting is a setting with its name in errors and its upper bound.
type namedSetting struct {
	name  string
	value *float64
	below float64
}

func (c *OptimizerConfig) all() []namedSetting {
	inf := math.Inf(1)
	return []namedSetting{
		{"momentum", &c.Momentum, 1},
		{"beta1", &c.Beta1, 1},
		{"beta2", &c.Beta2, 1},
		{"eps", &c.Eps, inf},
		{"damping", &c.Damping, inf},
		{"weight decay", &c.WeightDecay, inf},
	}
}

// decay returns the weight decay that applies to p.
func (c OptimizerConfig) decay(p *Param) float64 {
	if !p.Decay {
		return 0
	}
	return c.WeightDecay
}

// NewOptimizer returns an optimizer of params that has taken no step.
func NewOptimizer(c OptimizerConfig, params []Param) (Optimizer, error) {
	return NewOptimizerIn(new(Arena), c, params)
}

// NewOptimizerIn is [NewOptimizer] with its buffers from an arena. If the arena is
// counting, params need no values, and the optimizer can take no step.
func NewOptimizerIn(arena *Arena, c OptimizerConfig, params []Param) (Optimizer, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	for _, p := range params {
		if n := p.Rows * p.Cols; !arena.Counting && (len(p.Value) != n || len(p.Grad) != n) {
			return nil, fmt.Errorf("nn: parameter %q of shape (%d, %d) has %d values and %d gradients",
				p.Name, p.Rows, p.Cols, len(p.Value), len(p.Grad))
		}
	}
	v, _ := variantOf(c.Name) // Validate checked the name
	return v.make(arena, c, slices.Clone(params)), nil
}

// Flops returns the number of floating-point operations in the matrix products of one step,
// for parameters of the shapes of params.
func (c OptimizerConfig) Flops(params []Param) float64 {
	v, err := variantOf(c.Name)
	if err != nil || v.flops == nil {
		return 0
	}
	return v.flops(params)
}

// LearningRates holds the learning rate of each [Role]; the role is the index.
type LearningRates [NumRoles]float64

// UniformRate returns the same learning rate for every role.
func UniformRate(lr float64) LearningRates {
	var l LearningRates
	for i := range l {
		l[i] = lr
	}
	return l
}

// Times returns every rate multiplied by factor, such as that of a [Schedule].
func (l LearningRates) Times(factor float64) LearningRates {
	for i := range l {
		l[i] *= factor
	}
	return l
}

// Validate reports a rate that is negative, not a number or too large for float32.
func (l LearningRates) Validate() error {
	for _, lr := range l {
		if !(lr >= 0 && lr <= math.MaxFloat32) {
			return fmt.Errorf("nn: learning rate %s: must be at least 0 and at most %s", number.Full(lr),
				number.Brief(math.MaxFloat32))
		}
	}
	return nil
}

// RestoreState puts an optimizer back into the state saved. saved must come from an
// optimizer of the same kind over the same parameters; otherwise RestoreState returns an
// error and changes nothing.
func RestoreState(o Optimizer, saved []Tensor) error {
	byName := make(map[string]Tensor, len(saved))
	for _, t := range saved {
		byName[t.Name] = t
	}
	state := o.State()
	for _, t := range state {
		s, ok := byName[t.Name]
		if !ok {
			return fmt.Errorf("nn: saved optimizer state has no %q: it is of another optimizer or other parameters",
				t.Name)
		}
		if !slices.Equal(s.Shape, t.Shape) {
			return fmt.Errorf("nn: saved optimizer state %q has shape %v, want %v", t.Name, s.Shape, t.Shape)
		}
		if len(s.Data) != len(t.Data) {
			return fmt.Errorf("nn: saved optimizer state %q has %d values, want %d", t.Name, len(s.Data), len(t.Data))
		}
	}
	if len(saved) != len(state) {
		return fmt.Errorf("nn: saved optimizer state has %d tensors, want %d: "+
			"it is of another optimizer or other parameters", len(saved), len(state))
	}
	for _, t := range state {
		copy(t.Data, byName[t.Name].Data)
	}
	return nil
}

// stepCount counts the steps taken. It is a float32, so that it can be one of the tensors of
// a state. It is exact up to 2²⁴ steps, and stops there.
type stepCount [1]float32

// next counts one step and returns its number, from 1.
func (s *stepCount) next() float64 {
	s[0]++
	return float64(s[0])
}

func (s *stepCount) tensor(optimizer string) Tensor {
	return vectorTensor(optimizer+".step", s[:])
}

// stateTensor describes an array of an optimizer's state that has the shape of p.
func stateTensor(prefix string, p *Param, data []float32) Tensor {
	return Tensor{Name: prefix + "." + p.Name, Shape: []int{p.Rows, p.Cols}, Data: data}
}

// matrixTensor describes a matrix of an optimizer's state, whose rows are adjacent.
func matrixTensor(name string, m blas32.General) Tensor {
	return Tensor{Name: name, Shape: []int{m.Rows, m.Cols}, Data: m.Data}
}

// prefixed gives the state of an inner optimizer the names of the outer one's.
func prefixed(outer string, state []Tensor) []Tensor {
	for i := range state {
		state[i].Name = outer + "/" + state[i].Name
	}
	return state
}

// zerosLike returns a zero array for each parameter.
func zerosLike(arena *Arena, params []Param) [][]float32 {
	all := make([][]float32, len(params))
	for i, p := range params {
		all[i] = arena.Floats(p.Rows * p.Cols)
	}
	return all
}
