package recompute

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// number matches a printed number.
var number = regexp.MustCompile(`-?\d+(?:\.\d+)?(?:e-?\d+)?`)

// numberHere matches a number at the beginning of a text.
var numberHere = regexp.MustCompile(`^-?\d+(?:\.\d+)?(?:e-?\d+)?`)

// digits is a value and the number of its printed digits.
type digits struct {
	value    float64
	decimals int // behind the point; -1 for as many as are printed
	figures  int // in all, where above 0
}

func fix(v float64, decimals int) digits { return digits{value: v, decimals: decimals} }
func like(v float64) digits              { return digits{value: v, decimals: -1} }
func sig(v float64, figures int) digits  { return digits{value: v, decimals: -1, figures: figures} }
func plain(v float64) digits             { return sig(v, 6) }
func count(n int) digits                 { return fix(float64(n), 0) }

// holds reports whether a printed number is the value, to half a unit of its last digit.
func (d digits) holds(printed string) bool {
	v, err := strconv.ParseFloat(printed, 64)
	if err != nil || math.IsNaN(d.value) || math.IsInf(d.value, 0) {
		return false
	}
	unit, ok := d.unit(printed)
	return ok && math.Abs(v-d.value) <= unit/2*(1+1e-6)+1e-9*math.Abs(d.value)
}

// unit is the unit of the last digit; ok is false if there are not as many digits as asked
// for.
func (d digits) unit(printed string) (unit float64, ok bool) {
	if d.figures > 0 {
		if d.value == 0 {
			return 0, true
		}
		return math.Pow(10, math.Floor(math.Log10(math.Abs(d.value)))-float64(d.figures-1)), true
	}
	mantissa, exponent, _ := strings.Cut(printed, "e")
	_, fraction, _ := strings.Cut(mantissa, ".")
	e, _ := strconv.Atoi(exponent)
	return math.Pow(10, float64(e-len(fraction))), d.decimals < 0 || d.decimals == len(fraction)
}

// say is a text as it should be printed, with values in place of each #.
type say struct {
	text   string
	values []digits
	scaled bool // values are printed in the unit of their column
}

func phrase(text string, values ...digits) say {
	if strings.Count(text, "#") != len(values) {
		panic(fmt.Sprintf("%q: %d values", text, len(values)))
	}
	return say{text: text, values: values}
}

func (s say) plus(others ...say) say {
	for _, o := range others {
		s.text += o.text
		s.values = append(s.values[:len(s.values):len(s.values)], o.values...)
	}
	return s
}

// join joins texts, with apart between them.
func join(all []say, apart string) (s say) {
	for i, o := range all {
		if i > 0 {
			s.text += apart
		}
		s = s.plus(o)
	}
	return s
}

// String is the text with its values, for messages.
func (s say) String() string {
	for _, v := range s.values {
		s.text = strings.Replace(s.text, "#", strconv.FormatFloat(v.value, 'g', 7, 64), 1)
	}
	return s.text
}

// misprint says what is wrong with a printed text; empty if nothing is.
func (s say) misprint(printed string, unit float64) string {
	rest, values := printed, s.values
	for i, literal := range strings.Split(s.text, "#") {
		if i > 0 {
			found := numberHere.FindString(rest)
			d := values[i-1]
			if d.value /= unit; found == "" || !d.holds(found) {
				return fmt.Sprintf("%.8g is printed as %q, in %q", d.value, around(printed, rest), s.String())
			}
			rest = rest[len(found):]
		}
		var ok bool
		if rest, ok = strings.CutPrefix(rest, literal); !ok {
			return fmt.Sprintf("%q: should read %q", around(printed, rest), s.String())
		}
	}
	if rest != "" {
		return fmt.Sprintf("%q: should read %q", printed, s.String())
	}
	return ""
}

// around is the part of a text around the place where rest begins.
func around(text, rest string) string {
	at := len(text) - len(rest)
	return strings.ToValidUTF8(text[max(0, at-40):min(len(text), at+60)], "")
}

// one is a number; nothing if it is NaN.
func one(d digits) say {
	if math.IsNaN(d.value) {
		return say{}
	}
	return phrase("#", d)
}

// bracketed is a value with its interval: -0.502 [-0.518, -0.486].
func bracketed(i interval, decimals int) say {
	if math.IsNaN(i.low) {
		return one(fix(i.mean, decimals))
	}
	return phrase("# [#, #]", fix(i.mean, decimals), fix(i.low, decimals), fix(i.high, decimals))
}

// halved is a mean and half of its interval in a sentence: 1.863 ± 0.012.
func halved(i interval) say {
	switch {
	case math.IsNaN(i.low):
		return phrase("#", sig(i.mean, 4))
	case i.half() == 0:
		return phrase("# ± 0", sig(i.mean, 4))
	}
	return phrase("# ± #", like(i.mean), like(i.half()))
}

// columned is a mean and half of its interval in a column, in the column's power of ten.
func columned(i interval) say {
	s := say{}
	switch {
	case i.n == 0 || math.IsNaN(i.mean) || math.IsInf(i.mean, 0):
	case i.half() > 0:
		s = phrase("# ± #", like(i.mean), like(i.half()))
	default:
		s = one(like(i.mean))
	}
	s.scaled = true
	return s
}
