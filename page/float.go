package page

import (
	"math"
	"strconv"

	"ranksweep/paper/number"
)

// A float is null in JSON where it is absent.
type float float64

var absent = float(math.NaN())

func (f float) finite() bool { return number.Finite(float64(f)) }

// MarshalJSON writes the shortest text that reads back as the same number.
func (f float) MarshalJSON() ([]byte, error) {
	if !f.finite() {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, float64(f), 'g', -1, 64), nil
}
