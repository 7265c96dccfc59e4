package lora

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// named are the schemes that have a name.
var named = []struct {
	name   string
	scheme Scheme
}{
	{"lora", Scheme{P: 1}},
	{"rslora", Scheme{P: 0.5}},
	{"constant", Scheme{}},
	{"log", Scheme{Log: true}},
	// arXiv 2402.12354: B learns faster than A; 16 is the paper's advice for RoBERTa.
	{"lora+", Scheme{P: 1, Ratio: 16}},
	// arXiv 2602.06204: the best learning rate falls as r^−(1−p)/2 under a
	// sign-like optimizer. Here it is used with rsLoRA's p.
	{"mua", Scheme{P: 0.5, LRA: 0.25, LRB: 0.25}},
}

// SchemeNames lists the schemes that have a name.
func SchemeNames() []string {
	var names []string
	for _, n := range named {
		names = append(names, n.name)
	}
	return names
}

// exponent is one exponent of a scheme, with its name in text.
type exponent struct {
	name  string
	value *float64
}

func (s *Scheme) exponents() []exponent {
	return []exponent{{"p", &s.P}, {"init", &s.Init}, {"lr_a", &s.LRA}, {"lr_b", &s.LRB}}
}

// ParseScheme reads what String writes: the name of a scheme or the exponent p of its
// multiplier, and after it, separated by commas, any of init=E, lr_a=E and lr_b=E (or lr=E
// for both), ratio=X, and zero=a if A starts at zero. Examples are lora, 0.75, p=0.75,
// rslora,lr=0.25, lora,init=-0.5 and rslora,zero=a. Two texts for the same scheme give
// equal values.
func ParseScheme(text string) (Scheme, error) {
	first, rest, more := strings.Cut(text, ",")
	s, err := parseBase(first)
	for more && err == nil {
		var part string
		part, rest, more = strings.Cut(rest, ",")
		err = s.parsePart(strings.TrimSpace(part))
	}
	if err == nil {
		err = s.Validate()
	}
	if err != nil {
		return Scheme{}, fmt.Errorf("lora: scaling %q: %w", text, err)
	}
	return s, nil
}

// parseBase reads a name or an exponent.
func parseBase(text string) (Scheme, error) {
	for _, n := range named {
		if text == n.name {
			return n.scheme, nil
		}
	}
	p, err := strconv.ParseFloat(strings.TrimPrefix(text, "p="), 64)
	if lower := strings.ToLower(text); err != nil && lower != text && slices.Contains(SchemeNames(), lower) {
		return Scheme{}, fmt.Errorf("must be in small letters, %s", lower)
	}
	if err != nil {
		return Scheme{}, fmt.Errorf("must be %s or a number, the exponent p of α/r^p, "+
			"and after it what else depends on rank, as in rslora,init=0.5", strings.Join(SchemeNames(), ", "))
	}
	return Scheme{P: p + 0}, nil // +0 makes a negative zero positive
}

// parsePart reads one more part of a scheme.
func (s *Scheme) parsePart(text string) error {
	key, number, _ := strings.Cut(text, "=")
	if key == "zero" {
		if s.ZeroA = number == "a"; !s.ZeroA && number != "b" {
			return fmt.Errorf("part %q: the factor that starts at zero must be a or b", text)
		}
		return nil
	}
	value, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return fmt.Errorf("part %q: must be init, lr, lr_a, lr_b or ratio with a number, as in init=0.5, or zero=a",
			text)
	}
	switch value += 0; key {
	case "lr":
		s.LRA, s.LRB = value, value
	case "ratio":
		if s.Ratio = value; !(value > 0) {
			return fmt.Errorf("ratio %s: must be above 0 and at most 1e6", number)
		}
		if value == 1 {
			s.Ratio = 0
		}
	default:
		i := slices.IndexFunc(s.exponents(), func(e exponent) bool { return e.name == key && key != "p" })
		if i < 0 {
			return fmt.Errorf("part %q: %q is none of init, lr, lr_a, lr_b, ratio, zero", text, key)
		}
		*s.exponents()[i].value = value
	}
	return nil
}

// String returns the scheme's name or, if it has none, what [Scheme.Written] returns.
// MatchRank is left out.
func (s Scheme) String() string {
	s.MatchRank = 0
	for _, n := range named {
		if n.scheme == s {
			return n.name
		}
	}
	return s.Written()
}

// Written returns the name of the scheme's multiplier and everything else that depends on
// rank, as in "rslora,init=0.5", also if the whole has a name of its own. MatchRank is left
// out.
func (s Scheme) Written() string {
	multiplier := Scheme{P: s.P, Log: s.Log}
	text := "p=" + strconv.FormatFloat(s.P, 'g', -1, 64)
	for _, n := range named {
		if n.scheme == multiplier {
			text = n.name
		}
	}
	part := func(name string, value float64) {
		if value != 0 {
			text += "," + name + "=" + strconv.FormatFloat(value, 'g', -1, 64)
		}
	}
	part("init", s.Init)
	if s.LRA == s.LRB {
		part("lr", s.LRA)
	} else {
		part("lr_a", s.LRA)
		part("lr_b", s.LRB)
	}
	part("ratio", s.Ratio)
	if s.ZeroA {
		text += ",zero=a"
	}
	return text
}

// MarshalText returns String, and makes JSON and YAML use it.
func (s Scheme) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText is [ParseScheme].
func (s *Scheme) UnmarshalText(text []byte) (err error) {
	*s, err = ParseScheme(string(text))
	return err
}
