package lora

import "ranksweep/nn"

// Method is a way to train the targeted maps of a model; each method has a file of its
// own. The code that trains a run, measures it and counts its cost uses this interface and
// the [Trainable] maps that it makes, and asks for no method by name.
type Method interface {
	// Ranked reports whether the method has a rank, and with it an α, a scaling, an init
	// and dropout. Without a rank, only Targets and Tokens of [Config] count.
	Ranked() bool

	// Roles lists the roles of the arrays that are trained for a map, in the order of
	// its Params.
	Roles() []nn.Role

	// BeyondTheory says why theory, which is derived only for an A and a B, predicts
	// nothing of a run after its first update; empty if it does predict.
	BeyondTheory() string

	// Attach makes a trainable map for every map of m that c targets. It changes nothing
	// in m. Its buffers come from the arena; if the arena only counts, the buffers stay
	// empty and nothing is drawn or copied.
	Attach(arena *nn.Arena, m *nn.Model, c Config, seed uint64) (*Set, error)

	// Flops counts the floating-point operations of training a map on a batch of tokens,
	// forward and backward, in addition to those of the frozen map. If factored is set, it
	// counts the factored form, as other programs compute it, even if merged is cheaper.
	Flops(c Config, l *nn.Linear, tokens float64, factored bool) float64
}

// The methods.
const (
	DefaultMethod = "lora"
	DoRAMethod    = "dora"
	FullMethod    = "full"
)

// methods are the known methods, the default first.
var methods = []struct {
	name   string
	method Method
}{
	{DefaultMethod, lowRank{}},
	{DoRAMethod, dora{}},
	{FullMethod, full{}},
}

// Methods lists the names of the known methods, the default first.
func Methods() []string {
	var names []string
	for _, m := range methods {
		names = append(names, m.name)
	}
	return names
}

// MethodNamed returns the method of that name.
func MethodNamed(name string) (m Method, ok bool) {
	for _, known := range methods {
		if known.name == name {
			return known.method, true
		}
	}
	return nil, false
}
