package tokenizer

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// parser reads an expression from the left.
type parser struct {
	expr string // the rest of the expression
	fold bool   // upper and lower case are equal
	err  error  // the first mistake
}

// parsed is a part of an expression: a class of characters, a place, or a group, which all may
// be repeated.
type parsed struct {
	kind        kind
	set         *runeSet
	inner       sequences
	least, most int
	lazy        bool // as few repetitions as possible come first
	possessive  bool // the repetitions that came first are never given back
	nullable    bool // it can match an empty text
}

type sequence []parsed

// sequences are alternatives.
type sequences []sequence

// parseExpression reads an expression into its alternatives.
func parseExpression(expr string) (sequences, error) {
	p := parser{expr: expr}
	p.fold = p.take("(?i)")
	all := p.alternatives()
	if p.expr != "" {
		p.fail("a ) without a (")
	}
	return all, p.err
}

func (p *parser) alternatives() (all sequences) {
	for {
		var sequence sequence
		for p.err == nil && p.expr != "" && p.expr[0] != '|' && p.expr[0] != ')' {
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

func (p *parser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
}

// repeated reads a part and the number of times that it may occur.
func (p *parser) repeated() (a parsed) {
	a = p.single()
	a.least, a.most = 1, 1
	switch {
	case p.take("*"):
		a.least, a.most = 0, math.MaxInt
	case p.take("+"):
		a.most = math.MaxInt
	case p.take("?"):
		a.least = 0
	case p.interval():
		p.take("{")
		a.least, a.most = p.bounds()
		if next := p.expr[:min(1, len(p.expr))]; next == "+" || next == "?" && a.least == a.most {
			p.fail("}%s is not supported", next)
		}
	default:
		return a
	}
	a.lazy = p.take("?")
	a.possessive = !a.lazy && p.take("+")
	p.checkRepeated(a)
	a.nullable = a.nullable || a.least == 0
	return a
}

func (p *parser) checkRepeated(a parsed) {
	switch {
	case p.expr != "" && strings.IndexByte("*+?", p.expr[0]) >= 0 || p.interval():
		p.fail("a quantifier after a quantifier is not supported")
	case a.kind != class && a.kind != group:
		p.fail("a quantifier after a place or a look-around is not supported")
	case a.kind == group && a.most > 1 && a.nullable:
		p.fail("a group that may be empty cannot be repeated here")
	}
}

// interval reports whether {2}, {2,}, {,2} or {2,3} comes next.
func (p *parser) interval() bool {
	rest, ok := strings.CutPrefix(p.expr, "{")
	inside, _, closed := strings.Cut(rest, "}")
	return ok && closed && strings.Trim(inside, "0123456789,") == "" && strings.Trim(inside, ",") != ""
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
		p.fail("a number of repetitions must be written as {2}, {2,} or {2,3}, and have at most 4 digits")
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
		p.fail("{,2} is not supported: write {0,2}")
	}
	p.expr = p.expr[digits:]
	return n
}

// groups are the beginnings of groups.
var groups = []struct {
	begin string
	kind  kind
}{{"(?:", group}, {"(?i:", group}, {"(?=", ahead}, {"(?!", notAhead}, {"(?<=", behind}, {"(?<!", notBehind},
	{"(?>", atomic}, {"(", group}}

// places are what matches an empty text at some places.
var places = []struct {
	text string
	kind kind
}{{"^", lineBegin}, {"$", lineEnd}, {`\A`, textBegin}, {`\z`, textEnd}}

// single reads a part without a quantifier.
func (p *parser) single() parsed {
	for _, place := range places {
		if p.take(place.text) {
			return parsed{kind: place.kind, nullable: true}
		}
	}
	for _, g := range groups {
		if p.take(g.begin) {
			return p.group(g.kind, g.begin == "(?i:")
		}
	}
	return parsed{kind: class, set: p.class()}
}

// group reads the rest of a group.
func (p *parser) group(k kind, ignoreCase bool) parsed {
	if strings.HasPrefix(p.expr, "?") || strings.HasPrefix(p.expr, "*") {
		p.fail("(%.3s is not supported", p.expr)
	}
	fold := p.fold
	p.fold = fold || ignoreCase
	g := parsed{kind: k, inner: p.alternatives()}
	g.nullable = k != group && k != atomic || slices.ContainsFunc(g.inner, sequence.isNullable)
	if !p.take(")") {
		p.fail("a ( without a )")
	}
	p.fold = fold
	if k == behind || k == notBehind {
		for _, sequence := range g.inner {
			if sequence.width() < 0 {
				p.fail("(?<= ) and (?<! ) of a text whose length varies are not supported")
			}
		}
	}
	return g
}

// class reads a character or a class of them.
func (p *parser) class() *runeSet {
	switch c := p.expr[0]; {
	case strings.IndexByte("*+?", c) >= 0 || p.interval():
		p.fail("a quantifier without anything before it")
		return nil
	case p.take("."):
		return newRuneSet(true, runeRange('\n', '\n'))
	case p.take("["):
		return p.brackets()
	}
	table, negated, r := p.one()
	if table == nil {
		table = p.folded(r, r)
	}
	if p.err != nil {
		return nil
	}
	return newRuneSet(negated, table)
}

// brackets reads the rest of a class in brackets.
func (p *parser) brackets() *runeSet {
	set := &runeSet{negated: p.take("^")}
	var tables []*unicode.RangeTable
	for first := true; p.err == nil && (first || !strings.HasPrefix(p.expr, "]")); first = false {
		if p.expr == "" {
			p.fail("a [ without a ]")
			return nil
		}
		if p.expr[0] == '[' || strings.HasPrefix(p.expr, "&&") {
			p.fail("a class within a class is not supported")
		}
		switch table, negated, from := p.one(); {
		case negated:
			set.except = append(set.except, table)
		case table != nil:
			tables = append(tables, table)
		default:
			tables = append(tables, p.folded(from, p.rangeEnd(from)))
		}
	}
	if p.err != nil {
		return nil
	}
	p.take("]")
	set.of(tables)
	return set
}

// rangeEnd reads the last character of a range such as a-z, or returns the first one.
func (p *parser) rangeEnd(from rune) rune {
	if !strings.HasPrefix(p.expr, "-") || strings.HasPrefix(p.expr, "-]") {
		return from
	}
	p.take("-")
	table, _, to := p.one()
	if table != nil || to < from {
		p.fail("a range of characters must go from a smaller to a larger one")
	}
	return to
}

// folded returns the characters of a range and, if case does not matter, those that differ from
// them in case alone.
func (p *parser) folded(from, to rune) *unicode.RangeTable {
	switch {
	case !p.fold:
		return runeRange(from, to)
	case from != to && to >= utf8.RuneSelf:
		p.fail("a range beyond ASCII is not supported where case does not matter")
		return nil
	}
	var all []rune
	for r := from; r <= to; r++ {
		all = append(all, sameWhenLower(r)...)
	}
	return runeTable(all)
}

// one reads a character, or an escape that stands for a table of characters or, if negated, for
// all others.
func (p *parser) one() (table *unicode.RangeTable, negated bool, r rune) {
	if p.expr == "" {
		p.fail("a range without an end")
		return nil, false, 0
	}
	if p.expr[0] != '\\' {
		r, size := utf8.DecodeRuneInString(p.expr)
		p.expr = p.expr[size:]
		return nil, false, r
	}
	end, err := escapeEnd(p.expr, 0)
	if err != nil {
		p.fail("%w", err)
		return nil, false, 0
	}
	escape := p.expr[:end]
	p.expr = p.expr[end:]
	if table, negated = escapedClass(escape); table != nil {
		if p.fold && (table == unicode.Lu || table == unicode.Ll || table == unicode.Lt) {
			p.fail("%s is not supported where case does not matter", escape)
		}
		return table, negated, 0
	}
	r, ok := escapedRune(escape)
	if !ok {
		p.fail("%s is not supported", escape)
	}
	return nil, false, r
}
