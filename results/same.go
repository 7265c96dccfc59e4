package results

import "bytes"

// Same reports whether two runs of one config ended alike and measured the
// same to the byte.
func Same(a, b Run) bool {
	return a.ID == b.ID && a.Status == b.Status && a.Steps == b.Steps && a.Tokens == b.Tokens &&
		bytes.Equal(encodePoints(a.Curve), encodePoints(b.Curve)) &&
		bytes.Equal(encodePoints(a.Modules), encodePoints(b.Modules))
}
