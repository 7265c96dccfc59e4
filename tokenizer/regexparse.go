package tokenizer

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// parseExpression reads the kind of regular expression by which tokenizers split text:
// alternatives, groups, characters and classes, greedy or possessive repetition of single
// characters and classes, (?i: ), (?= ) and (?! ). ok is false for any other expression, and for
// one that can match an empty text. compile must have accepted expr.
func parseExpression(expr string) (e *expression, ok bool) {
	p := parser{expr: expr}
	branches := p.alternatives()
	if p.failed || p.expr != "" {
		return nil, false
	}
	root := &atom{branches: branches.link(nil)}
	if root.isEmpty() {
		return nil, false
	}
	return newExpression(root), true
}

// parser reads an expression from the left.
type parser struct {
	expr   string // the rest of the expression
	fold   bool   // upper and lower case are equal
	failed bool   // the expression has a part that is not known here
}

// parsed is an atom whose next and branches are not set yet.
type parsed struct {
	atom
	inner sequences
}

// sequences are alternatives, each a sequence of atoms.
type sequences [][]parsed

// link links the atoms of each alternative, followed by next, and returns the first atoms.
func (s sequences) link(next *atom) []*atom {
	first := make([]*atom, len(s))
	for i, sequence := range s {
		first[i] = next
		for j := len(sequence) - 1; j >= 0; j-- {
			a := sequence[j].atom
			if a.next = first[i]; a.ahead != 0 {
				a.branches = sequence[j].inner.link(nil)
			} else if a.set == nil {
				a.branches = sequence[j].inner.link(a.next)
			}
			first[i] = &a
		}
	}
	return first
}

func (p *parser) alternatives() (all sequences) {
	for {
		var sequence []parsed
		for !p.failed && p.expr != "" && p.expr[0] != '|' && p.expr[0] != ')' {
			sequence = append(sequence, p.repeated())
		}
		all = append(all, sequence)
		if !p.take("|") {
			return all
		}
	}
}

// take reads s if it comes next.
func (p *parser) take(s string) bool {
	rest, ok := strings.CutPrefix(p.expr, s)
	p.expr = rest
	return ok
}

func (p *parser) fail() { p.failed = true }

// repeated reads an atom and the number of times that it may occur.
func (p *parser) repeated() (a parsed) {
	if strings.HasPrefix(p.expr, "(") {
		a.inner, a.ahead = p.group()
	} else {
		a.set = p.class()
	}
	a.least, a.most = 1, 1
	switch {
	case p.take("*"):
		a.least, a.most = 0, math.MaxInt
	case p.take("+"):
		a.most = math.MaxInt
	case p.take("?"):
		a.least = 0
	case p.take("{"):
		a.least, a.most = p.bounds()
	default:
		return a
	}
	if p.take("?") { // a reluctant quantifier
		p.fail()
	}
	a.possessive = p.take("+")
	if a.set == nil {
		p.optional(&a)
	}
	return a
}

// optional lets a group be left out, the only repetition of groups known here.
func (p *parser) optional(a *parsed) {
	if a.least != 0 || a.most != 1 || a.possessive || a.ahead != 0 {
		p.fail()
	}
	a.inner = append(a.inner, nil)
}

// bounds reads the rest of {2}, {2,} or {2,3}.
func (p *parser) bounds() (least, most int) {
	least = p.number()
	if most = least; p.take(",") {
		if most = math.MaxInt; !strings.HasPrefix(p.expr, "}") {
			most = p.number()
		}
	}
	if !p.take("}") || most < least {
		p.fail()
	}
	return least, most
}

func (p *parser) number() (n int) {
	digits := 0
	for digits < len(p.expr) && digits < 4 && '0' <= p.expr[digits] && p.expr[digits] <= '9' {
		n = 10*n + int(p.expr[digits]-'0')
		digits++
	}
	if digits == 0 {
		p.fail()
	}
	p.expr = p.expr[digits:]
	return n
}

func (p *parser) group() (inner sequences, ahead int) {
	fold := p.fold
	switch {
	case p.take("(?:"):
	case p.take("(?i:"):
		p.fold = true
	case p.take("(?="):
		ahead = 1
	case p.take("(?!"):
		ahead = -1
	case strings.HasPrefix(p.expr, "(?"):
		p.fail()
	default:
		p.take("(")
	}
	inner = p.alternatives()
	if !p.take(")") {
		p.fail()
	}
	p.fold = fold
	return inner, ahead
}

// class reads a character or a class of them.
func (p *parser) class() *runeSet {
	switch c := p.expr[0]; {
	case strings.IndexByte(".^$*+?{", c) >= 0:
		p.fail()
		return nil
	case p.take("["):
		return p.brackets()
	}
	table, negated, r := p.one()
	switch {
	case p.failed:
		return nil
	case table == nil && p.fold:
		table = sameWhenLower(r)
	case table == nil:
		table = runeRange(r, r)
	}
	return newRuneSet(negated, table)
}

// brackets reads the rest of a class in brackets.
func (p *parser) brackets() *runeSet {
	negated := p.take("^")
	var tables []*unicode.RangeTable
	for !p.failed && !(p.expr == "" || p.expr[0] == ']' && tables != nil) {
		table, not, from := p.one()
		if table == nil {
			to := from
			if p.expr != "" && p.expr[0] == '-' && !strings.HasPrefix(p.expr, "-]") {
				p.take("-")
				var wrong *unicode.RangeTable
				if wrong, _, to = p.one(); wrong != nil || to < from {
					p.fail()
				}
			}
			table = runeRange(from, to)
		}
		if not || p.fold {
			p.fail()
		}
		tables = append(tables, table)
	}
	if p.failed || !p.take("]") {
		p.fail()
		return nil
	}
	return newRuneSet(negated, tables...)
}

// one reads a character, or an escape that stands for a table of characters or, if negated, for
// all others.
func (p *parser) one() (table *unicode.RangeTable, negated bool, r rune) {
	if p.expr == "" {
		p.fail()
		return nil, false, 0
	}
	if p.expr[0] != '\\' {
		r, size := utf8.DecodeRuneInString(p.expr)
		p.expr = p.expr[size:]
		return nil, false, r
	}
	end, err := escapeEnd(p.expr, 0)
	if err != nil {
		p.fail()
		return nil, false, 0
	}
	escape := p.expr[:end]
	p.expr = p.expr[end:]
	if table, negated = escapedClass(escape); table != nil {
		return table, negated, 0
	}
	r, ok := escapedRune(escape)
	if !ok {
		p.fail()
	}
	return nil, false, r
}
