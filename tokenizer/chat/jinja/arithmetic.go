package jinja

import (
	"math"
	"slices"
	"strings"
)

// sign returns -x or +x.
func (r *run) sign(op string, x value) value {
	n, isWhole := whole(x)
	f, isFloat := x.(float64)
	switch {
	case isWhole && op == "+":
		return n
	case isWhole:
		return r.wholeOf("-", 0, n)
	case isFloat && op == "+":
		return f
	case isFloat:
		return -f
	}
	r.unfit(x, "a number")
	return nil
}

// arithmetic returns Python's x op y.
func (r *run) arithmetic(op string, x, y value) value {
	a, isWhole := whole(x)
	b, isWhole2 := whole(y)
	text, isText := x.(string)
	switch {
	case isWhole && isWhole2:
		return r.wholeOf(op, a, b)
	case isNumber(x) && isNumber(y):
		return r.floatOf(op, r.float(x), r.float(y))
	case isText && op == "%":
		return r.percent(text, y)
	case op == "+":
		return r.joined(x, y)
	case op == "*" && isWhole2:
		return r.repeated(x, b)
	case op == "*" && isWhole:
		return r.repeated(y, a)
	}
	r.mismatch(op, x, y)
	return nil
}

func isNumber(v value) bool {
	_, isWhole := whole(v)
	_, isFloat := v.(float64)
	return isWhole || isFloat
}

// exact is the bound up to which every whole number can be a float.
const exact = 1 << 53

// float returns a number as a float.
func (r *run) float(v value) float64 {
	if f, ok := v.(float64); ok {
		return f
	}
	n := r.number(v, 0)
	if n > exact || n < -exact {
		r.fail("%d: whole numbers beyond 2^53 among fractions are %s", n, advice)
	}
	return float64(n)
}

func (r *run) wholeOf(op string, x, y int) value {
	switch op {
	case "+":
		if sum := x + y; (sum > x) == (y > 0) {
			return sum
		}
	case "-":
		if difference := x - y; (difference < x) == (y > 0) {
			return difference
		}
	case "*":
		if product := x * y; x == 0 || product/x == y && !(x == -1 && y == math.MinInt) {
			return product
		}
	case "/":
		r.divisor(float64(y))
		return r.float(x) / r.float(y)
	case "//", "%":
		return r.divided(op, x, y)
	case "**":
		if power, ok := power(x, y); ok {
			return power
		}
		if y < 0 {
			r.fail("powers that are fractions are %s", advice)
		}
	}
	r.fail("%d %s %d is beyond 64 bits", x, op, y)
	return nil
}

func (r *run) divisor(y float64) {
	if y == 0 {
		r.fail("division by zero")
	}
}

// divided divides whole numbers and rounds down, as Python does.
func (r *run) divided(op string, x, y int) value {
	r.divisor(float64(y))
	if x == math.MinInt && y == -1 {
		r.fail("%d %s %d is beyond 64 bits", x, op, y)
	}
	quotient, rest := x/y, x%y
	if rest != 0 && (rest < 0) != (y < 0) {
		quotient, rest = quotient-1, rest+y
	}
	if op == "%" {
		return rest
	}
	return quotient
}

func power(x, y int) (int, bool) {
	if y < 0 {
		return 0, false
	}
	result := 1
	for range min(y, 64) {
		if x != 0 && result*x/x != result {
			return 0, false
		}
		result *= x
	}
	if y > 64 && x == -1 && y%2 == 1 {
		return -1, true
	}
	return result, y <= 64 || x >= -1 && x <= 1
}

func (r *run) floatOf(op string, x, y float64) value {
	switch op {
	case "+":
		return x + y
	case "-":
		return x - y
	case "*":
		return x * y
	case "/":
		r.divisor(y)
		return x / y
	case "//", "%":
		r.divisor(y)
		return floatDivided(op, x, y)
	}
	r.fail("powers of fractions are %s", advice)
	return nil
}

// floatDivided is float_divmod of CPython's Objects/floatobject.c.
func floatDivided(op string, x, y float64) float64 {
	rest := math.Mod(x, y)
	quotient := (x - rest) / y
	if rest == 0 {
		rest = math.Copysign(0, y)
	} else if (y < 0) != (rest < 0) {
		rest += y
		quotient--
	}
	if op == "%" {
		return rest
	}
	if quotient == 0 {
		return math.Copysign(0, x/y)
	}
	floor := math.Floor(quotient)
	if quotient-floor > 0.5 {
		floor++
	}
	return floor
}

// joined returns x + y for texts, lists and tuples.
func (r *run) joined(x, y value) value {
	if is[safe](r, x) || is[safe](r, y) {
		return r.joinedSafe(x, y)
	}
	switch x := x.(type) {
	case string:
		if y, ok := y.(string); ok {
			r.grow(len(x) + len(y))
			return x + y
		}
	case list:
		if y, ok := y.(list); ok {
			r.growTimes(len(x)+len(y), itemBytes)
			return slices.Concat(list{}, x, y)
		}
	case tuple:
		if y, ok := y.(tuple); ok {
			r.growTimes(len(x)+len(y), itemBytes)
			return slices.Concat(tuple{}, x, y)
		}
	}
	r.mismatch("+", x, y)
	return nil
}

// joinedSafe returns x + y for texts, one of which at least is marked as safe. The other one is escaped.
func (r *run) joinedSafe(x, y value) value {
	var whole strings.Builder
	for _, v := range []value{x, y} {
		text, ok := plain(v)
		if !ok {
			r.mismatch("+", x, y)
		}
		if !is[safe](r, v) {
			text = r.changed(text, forHTML.Replace)
		}
		whole.WriteString(r.made(text))
	}
	return safe(r.made(whole.String()))
}

// forHTML escapes as the library MarkupSafe does.
var forHTML = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "'", "&#39;", `"`, "&#34;")

// repeated returns x * n for texts, lists and tuples.
func (r *run) repeated(x value, n int) value {
	n = max(n, 0)
	switch x := x.(type) {
	case string:
		return r.repeat(x, n)
	case list:
		r.growTimes(n, itemBytes*len(x))
		return list(repeatItems(x, n))
	case tuple:
		r.growTimes(n, itemBytes*len(x))
		return tuple(repeatItems(list(x), n))
	}
	r.mismatch("*", x, n)
	return nil
}

func repeatItems(items list, n int) []value {
	if len(items) == 0 {
		return []value{}
	}
	return slices.Repeat([]value(items), n)
}

// repeat returns text n times.
func (r *run) repeat(text string, n int) string {
	r.growTimes(n, len(text))
	if text == "" {
		return ""
	}
	return strings.Repeat(text, max(n, 0))
}
