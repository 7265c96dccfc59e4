package lora

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Scaling is how the multiplier of an adapter falls with its rank: the
// exponent p of γ_r = α/r^p.
type Scaling struct {
	Name string  // lora, rslora, constant, or p=0.75 where the exponent has no name
	P    float64 // exponent of the rank
}

// scalings are the exponents that have a name.
var scalings = []Scaling{{"lora", 1}, {"rslora", 0.5}, {"constant", 0}}

// ParseScaling reads what String writes, or an exponent alone: lora, rslora,
// constant, p=0.75 and 0.75. An exponent that has a name gets it, so equal
// scalings are equal values.
func ParseScaling(text string) (Scaling, error) {
	for _, s := range scalings {
		if text == s.Name {
			return s, nil
		}
	}
	p, err := strconv.ParseFloat(strings.TrimPrefix(text, "p="), 64)
	if err != nil || math.IsNaN(p) || math.IsInf(p, 0) {
		return Scaling{}, fmt.Errorf("lora: scaling %q: must be lora, rslora, constant or an exponent p of the rank", text)
	}
	for _, s := range scalings {
		if p == s.P {
			return s, nil
		}
	}
	return Scaling{Name: "p=" + strconv.FormatFloat(p, 'g', -1, 64), P: p}, nil
}

// String returns the scaling's name.
func (s Scaling) String() string { return s.Name }

// MarshalText writes the scaling's name, in JSON and YAML too.
func (s Scaling) MarshalText() ([]byte, error) { return []byte(s.Name), nil }

// UnmarshalText is [ParseScaling].
func (s *Scaling) UnmarshalText(text []byte) (err error) {
	*s, err = ParseScaling(string(text))
	return err
}
