package nn

// What the first update of each optimizer is of the gradient, which theory builds on.

// Update is what the first update of an optimizer is of the gradient. Theory
// predicts first steps from it.
type Update uint8

// The kinds of first updates.
const (
	OtherUpdate    Update = iota // none of these
	LinearUpdate                 // in proportion to the gradient
	SignUpdate                   // the sign of every entry of the gradient, where ε is far below the entries
	EvenUpdate                   // entries of about one size, whatever the size of the gradient's
	SpectralUpdate               // the gradient with all its singular values made one
)

// UpdateOf returns the kind of the first update of the named optimizer, and
// OtherUpdate for a name that is not known.
func UpdateOf(optimizer string) Update {
	v, _ := variantOf(optimizer)
	return v.update
}

// Scale is how the updates of an optimizer change when every gradient of a
// parameter that it ever sees is multiplied by one number.
type Scale uint8

// The kinds of scale.
const (
	OtherScale  Scale = iota // neither of the two, or not exactly
	LinearScale              // updates are multiplied by that number
	FreeOfScale              // updates stay the same
)

// Scale returns how updates of c grow with the gradient. Weight decay is left out
// of it, as it asks the parameter and not the gradient.
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
