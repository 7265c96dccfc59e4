package nn

// Optimizer: what moves parameters along their gradients; the table of all of them is here.

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// An Optimizer moves parameters along their gradients. It keeps the slices
// of the parameters that it was made for and is for one goroutine at a time.
type Optimizer interface {
	// Step moves every parameter once, each at the rate of its role. It
	// leaves gradients as they are and allocates nothing.
	Step(rates LearningRates)

	// State returns all that Step remembers, sharing memory with the
	// optimizer. A tensor's name begins with the optimizer's and ends with
	// the parameter's. Saved as float32 and put back by [RestoreState], it
	// lets training go on to the same bits.
	State() []Tensor
}

// OptimizerConfig names an optimizer and its settings, those that it does not
// have left at 0. [DefaultOptimizer] returns the customary ones.
type OptimizerConfig struct {
	Name        string  // sgd, adamw, adafactor, lion, signsgd or muon
	Momentum    float64 // sgd: share of the last update kept; muon: decay of the mean gradient
	Beta1       float64 // adamw: decay of the mean gradient; lion: its share in an update
	Beta2       float64 // adamw: decay of the mean squared gradient; lion: of the mean gradient
	Eps         float64 // adamw: added to the root of the mean square
	WeightDecay float64 // all, for parameters with Decay set
}

// variant is one kind of optimizer: a file of its own and a line in variants.
type variant struct {
	defaults OptimizerConfig
	settings []string // names, as in Validate, of those that it has
	make     func(*Arena, OptimizerConfig, []Param) Optimizer
	flops    func(rows, cols float64) float64 // of its products for a parameter, a step; nil where it has none

	update Update                        // what its first update is of the gradient
	scale  func(c OptimizerConfig) Scale // how its updates grow with the gradient
}

// variants stand in the order in which lists have them.
var variants = []variant{sgdVariant, adamWVariant, adafactorVariant, lionVariant, signSGDVariant, muonVariant}

// Optimizers lists the names of all kinds.
func Optimizers() []string {
	var names []string
	for _, v := range variants {
		names = append(names, v.defaults.Name)
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

// DefaultOptimizer returns the named optimizer with PyTorch's settings, or
// those of its paper where PyTorch has it not, but no weight decay, which is 0
// unless asked for.
func DefaultOptimizer(name string) (OptimizerConfig, error) {
	v, err := variantOf(name)
	return v.defaults, err
}

// Validate reports an unknown name, a setting that the optimizer does not
// have, and one out of range. Ranges hold after rounding to float32, in which
// the update is computed.
func (c OptimizerConfig) Validate() error {
	v, err := variantOf(c.Name)
	if err != nil {
		return err
	}
	for _, s := range c.all() {
		if *s.value != 0 && !slices.Contains(v.settings, s.name) {
			return fmt.Errorf("nn: %s %g: %s has none, leave it at 0", s.name, *s.value, c.Name)
		}
		if !(*s.value >= 0 && float64(float32(*s.value)) < s.below) {
			return fmt.Errorf("nn: %s %g: must be at least 0 and, in float32, below %g", s.name, *s.value, s.below)
		}
	}
	return nil
}

// Own returns c with the settings that its optimizer does not have left at 0.
func (c OptimizerConfig) Own() OptimizerConfig {
	v, _ := variantOf(c.Name) // of an unknown one none
	for _, s := range c.all() {
		if !slices.Contains(v.settings, s.name) {
			*s.value = 0
		}
	}
	return c
}

// namedSetting is a setting, its name as in errors, and its upper bound.
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
		{"weight decay", &c.WeightDecay, inf},
	}
}

// decay is the weight decay that applies to p.
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

// NewOptimizerIn is [NewOptimizer] with its buffers from an arena. If that is
// counting, so were params made: they need no values, and the optimizer can take
// no step.
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
	v, _ := variantOf(c.Name) // Validate knows it
	return v.make(arena, c, slices.Clone(params)), nil
}

// Flops is the floating-point operations of the matrix products in a step of an
// optimizer of c, given the shapes of params.
func (c OptimizerConfig) Flops(params []Param) float64 {
	v, err := variantOf(c.Name)
	if err != nil || v.flops == nil {
		return 0
	}
	var sum float64
	for _, p := range params {
		sum += v.flops(float64(p.Rows), float64(p.Cols))
	}
	return sum
}

// LearningRates holds the learning rate of each [Role], which is its index.
type LearningRates [NumRoles]float64

// UniformRate returns the same learning rate for every role.
func UniformRate(lr float64) LearningRates {
	var l LearningRates
	for i := range l {
		l[i] = lr
	}
	return l
}

// Times returns every rate multiplied by factor, as a [Schedule] asks.
func (l LearningRates) Times(factor float64) LearningRates {
	for i := range l {
		l[i] *= factor
	}
	return l
}

// Validate reports a rate that is negative, not a number or past float32.
func (l LearningRates) Validate() error {
	for _, lr := range l {
		if !(lr >= 0 && lr <= math.MaxFloat32) {
			return fmt.Errorf("nn: learning rate %g: must be at least 0 and at most %g", lr, math.MaxFloat32)
		}
	}
	return nil
}

// RestoreState puts an optimizer where it was when saved was its State. Both
// must be of one kind and over the same parameters; otherwise it returns an
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

// stepCount counts the steps taken. It is a float32 so that it can stand among
// the tensors of a state, and is exact up to 2²⁴ steps, after which it stays.
type stepCount [1]float32

// next counts one step and returns its number, from 1.
func (s *stepCount) next() float64 {
	s[0]++
	return float64(s[0])
}

func (s *stepCount) tensor(optimizer string) Tensor {
	return vectorTensor(optimizer+".step", s[:])
}

// stateTensor is one of an optimizer's arrays of the shape of p.
func stateTensor(prefix string, p *Param, data []float32) Tensor {
	return Tensor{Name: prefix + "." + p.Name, Shape: []int{p.Rows, p.Cols}, Data: data}
}

// zerosLike returns a zero array for each parameter.
func zerosLike(arena *Arena, params []Param) [][]float32 {
	all := make([][]float32, len(params))
	for i, p := range params {
		all[i] = arena.Floats(p.Rows * p.Cols)
	}
	return all
}
