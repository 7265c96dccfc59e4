package lora

import "ranksweep/nn"

// Method is a way to train the targeted maps of a model: one file each. What
// trains, measures and counts a run goes through it and through the [Trainable]
// maps that it makes, and knows no method by name.
type Method interface {
	// Ranked reports whether what trains has a rank, and with it α, a scaling,
	// an init and dropout; without one, of [Config] Targets and Tokens alone count.
	Ranked() bool

	// Roles are those of what trains of a map, in the order of its Params.
	Roles() []nn.Role

	// BeyondTheory says why theory, which is derived for an A and a B alone, predicts
	// nothing of a run once it has been updated; empty where it does predict.
	BeyondTheory() string

	// Attach makes what trains for every map of m that c targets. It changes
	// nothing in m. Its buffers come from the arena; if that is counting, they
	// stay empty, and nothing is drawn or copied.
	Attach(arena *nn.Arena, m *nn.Model, c Config, seed uint64) (*Set, error)

	// Flops is the floating-point operations of training a map on a batch of
	// tokens, forward and backward, beside those of the frozen map; factored
	// where it is computed beside that, as others do, even if that takes longer.
	Flops(c Config, l *nn.Linear, tokens float64, factored bool) float64
}

// The methods.
const (
	DefaultMethod = "lora"
	DoRAMethod    = "dora"
	FullMethod    = "full"
)

// methods are the known ones, the default first.
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
