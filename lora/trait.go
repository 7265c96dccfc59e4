package lora

// Traits are what one method has and another one may lack. Experiments refuse settings that a
// method has no use for.
type Traits uint16

const (
	// Ranked: it has a rank.
	Ranked Traits = 1 << iota
	// Multiplied: what it adds to the weights is multiplied by γ, so that it has α and a scheme.
	Multiplied
	// Seeded: some of its first entries are random; see [Init.Fresh].
	Seeded
	// Kinds: these entries can have any of [InitKinds]. Otherwise the method has its own.
	Kinds
	// Factors: it adds γBA to the weights, where one of A and B is drawn and the other is zero. So
	// the whole of a [Scheme] applies, [Sizes.Canonical] holds, and so does package theory for the
	// first gradients.
	Factors
	// Dropping: inputs of adapters can be dropped.
	Dropping
	// Halves: the frozen weights may have 16 bits. Otherwise the method writes weights anew in
	// float32, from frozen ones in float32.
	Halves
	// Kronecker: it multiplies two matrices by Kronecker; see [Config.DecomposeFactor].
	Kronecker
	// Even: its rank is even.
	Even
	// HandsOut: what it trains is an adapter that [Trained] can hold, up to a magnitude.
	HandsOut
	// Shifted: it adds γ(BA − B₀A₀) to the weights, so that the adapter that it hands out has twice its rank.
	Shifted
	// FixedA: it adds γBA to the weights, and trains B beside an A that stays as it was drawn.
	FixedA
	// Budgeted: its rank is cut in training; see [Config.Budget].
	Budgeted
)

// Has reports whether all of some traits are there.
func (t Traits) Has(some Traits) bool { return t&some == some }
