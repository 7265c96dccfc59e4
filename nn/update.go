package nn

// How the first update of each optimizer depends on the gradient: theory builds on it.

// Update says how an optimizer's first update depends on the gradient. Theory predicts
// first steps from it.
type Update uint8

// The kinds of first updates.
const (
	OtherUpdate    Update = iota // none of these
	LinearUpdate                 // in proportion to the gradient
	SignUpdate                   // the sign of every entry of the gradient, if ε is far below the entries
	EvenUpdate                   // entries of about equal size, whatever the size of the gradient
	SpectralUpdate               // the gradient with all its singular values set to 1
	DividedUpdate                // the gradient of one factor divided by the Gram matrix of the other

	// SpectralBAUpdate changes BA by the gradient of BA within the rows of A, or the columns of B, with all
	// its singular values set to one that does not depend on γ.
	SpectralBAUpdate

	// SpectralProductUpdate changes γBA so, by the same matrix whatever γ is.
	SpectralProductUpdate
)

// UpdateOf returns the kind of the first update of the named optimizer, and OtherUpdate for
// an unknown name.
func UpdateOf(optimizer string) Update {
	v, _ := variantOf(optimizer)
	return v.update
}

// Scale says how the updates of an optimizer change if all gradients of a parameter, from the first step on, are
// multiplied by one number. It is OtherScale for optimizers whose updates of one factor depend on the other: there
// a parameter's own gradients do not say all.
type Scale uint8

// The kinds of scale.
const (
	OtherScale  Scale = iota // neither of the two, or not exactly
	LinearScale              // updates are multiplied by that number
	FreeOfScale              // updates stay the same
)

// Scale returns how the updates of c change with the gradient's scale. It leaves weight
// decay out, which depends on the parameter and not on the gradient.
func (c OptimizerConfig) Scale() Scale {
	v, _ := variantOf(c.Name)
	if v.scale == nil {
		return OtherScale
	}
	return v.scale(c)
}

// always returns a variant's scale that depends on none of its settings.
func always(s Scale) func(OptimizerConfig) Scale {
	return func(OptimizerConfig) Scale { return s }
}
