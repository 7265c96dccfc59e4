package jinja

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// parser turns tokens into statements, like jinja2/parser.py.
type parser struct {
	source string
	tokens []token
	at     int
	depth  int
	soft   int      // number of branches around this place that may never be taken
	doubts []*Error // unknown filters and tests in parts that are always evaluated
	loops  int      // number of loops around this place, inside the innermost macro
	frame  *frame
	macros []*macro // macros around this place
}

// Template is a template that was parsed. Several goroutines may use it at once.
type Template struct {
	source string
	body   block
	scope  *frame
}

// New parses a template. Its errors are of type *Error.
func New(source string) (t *Template, err error) {
	defer caught(&err)
	if len(source) > maxSource {
		return nil, errorAt("", 0, "a template of %d bytes: must be at most %d", len(source), maxSource)
	}
	if at := strings.IndexRune(source, utf8.RuneError); !utf8.ValidString(source) {
		return nil, errorAt(source, at, "a byte that is not UTF-8")
	}
	p := &parser{frame: new(frame)}
	p.tokens, p.source = lex(source)
	body := p.block()
	if t := p.peek(); t.kind != end {
		p.fail(t, "unexpected %s", t)
	}
	if len(p.doubts) > 0 {
		panic(p.doubts[0])
	}
	p.frame.resolve()
	return &Template{p.source, body, p.frame}, nil
}

func (p *parser) fail(t token, format string, args ...any) {
	panic(errorAt(p.source, t.at, format, args...))
}

func (p *parser) peek() token { return p.tokens[p.at] }

func (p *parser) next() token {
	t := p.tokens[p.at]
	if t.kind != end {
		p.at++
	}
	return t
}

func (p *parser) skip(kind tokenKind, text string) bool {
	if !p.peek().is(kind, text) {
		return false
	}
	p.at++
	return true
}

func (p *parser) expect(kind tokenKind, what string) token {
	t := p.next()
	if t.kind != kind || kind == operator && t.text != what {
		p.fail(t, "unexpected %s: wanted %s", t, what)
	}
	return t
}

// enter counts one level of nesting; leave undoes it.
func (p *parser) enter() {
	if p.depth++; p.depth > maxNesting {
		p.fail(p.peek(), "more than %d things within one another", maxNesting)
	}
}

func (p *parser) leave() { p.depth-- }

// within reads something in a scope of its own.
func (p *parser) within(read func()) *frame {
	outer := p.frame
	inner := &frame{outer: outer}
	outer.inner = append(outer.inner, inner)
	p.frame = inner
	read()
	p.frame = outer
	return inner
}

// block reads statements up to a tag with one of the given names.
func (p *parser) block(ends ...string) block {
	p.enter()
	defer p.leave()
	var b block
	for {
		switch t := p.peek(); t.kind {
		case data:
			p.next()
			if t.text != "" {
				b = append(b, text(t.text))
			}
		case beginPrint:
			p.next()
			b = append(b, printing{p.tuple(true)})
			p.expect(endPrint, "}}")
		case beginBlock:
			tag := p.tokens[p.at+1]
			if tag.kind == name && slices.Contains(ends, tag.text) {
				p.at += 2
				return b
			}
			p.next()
			b = append(b, p.statement())
			p.expect(endBlock, "%}")
		default:
			if len(ends) > 0 {
				p.fail(t, "unexpected %s: wanted {%% %s %%}", t, ends[len(ends)-1])
			}
			return b
		}
	}
}

// body reads the end of a block's first tag, then the block, up to the end of its last tag.
func (p *parser) body(ends ...string) block {
	p.skip(operator, ":")
	p.expect(endBlock, "%}")
	return p.block(ends...)
}

// last returns the name of the tag that ended a block.
func (p *parser) last() string { return p.tokens[p.at-1].text }

func (p *parser) statement() statement {
	t := p.expect(name, "the name of a tag")
	switch t.text {
	case "if":
		return p.ifTag()
	case "for":
		return p.forTag(t)
	case "set":
		return p.setTag(t)
	case "macro":
		return p.macroTag(t)
	case "call":
		return p.callTag(t)
	case "filter":
		return p.filterTag(t)
	case "with":
		return p.withTag()
	case "generation":
		m := &macro{place: place(t.at), name: t.text}
		p.macroBody(m, nil, "endgeneration")
		return marking{m}
	case "break", "continue":
		if p.loops == 0 {
			p.fail(t, "{%% %s %%} is in no loop", t.text)
		}
		return jump{map[string]flow{"break": breakLoop, "continue": continueLoop}[t.text]}
	case "include", "import", "from", "extends", "block", "autoescape", "print":
		p.fail(t, "{%% %s %%} is %s", t.text, advice)
	}
	p.fail(t, "unexpected tag %q", t.text)
	return nil
}

func (p *parser) ifTag() statement {
	var s branching
	var ways [][]event
	for tag := "if"; tag != "endif"; tag = p.last() {
		if tag != "else" {
			s.tests = append(s.tests, p.tuple(false))
		}
		outer := p.frame.events
		p.frame.events = nil
		p.soft++
		ends := []string{"elif", "else", "endif"}
		if tag == "else" {
			ends = ends[2:]
		}
		s.bodies = append(s.bodies, p.body(ends...))
		p.soft--
		ways = append(ways, p.frame.events)
		p.frame.events = outer
	}
	p.frame.events = append(p.frame.events, event{act: branch, ways: ways})
	return s
}

func (p *parser) forTag(t token) statement {
	s := looping{place: place(t.at)}
	s.target = p.target(func() bool { return p.peek().is(name, "in") }, false)
	p.expectName("in")
	s.over = p.tuple(false)
	if p.skip(name, "if") {
		s.filterScope = p.within(func() {
			p.frame.assign(param, s.target)
			s.filter = p.expression()
		})
	}
	if p.peek().is(name, "recursive") {
		p.fail(p.peek(), "a recursive loop is %s", advice)
	}
	p.loops++
	s.scope = p.within(func() {
		p.frame.assign(param, s.target)
		p.frame.add(param, "loop")
		s.body = p.body("else", "endfor")
	})
	p.loops--
	if p.last() == "else" {
		s.otherScope = p.within(func() { s.other = p.body("endfor") })
	}
	return s
}

func (p *parser) expectName(word string) {
	if t := p.next(); !t.is(name, word) {
		p.fail(t, "unexpected %s: wanted %q", t, word)
	}
}

func (p *parser) setTag(t token) statement {
	to := p.target(func() bool { return p.peek().is(operator, "=") }, true)
	if p.skip(operator, "=") {
		s := assigning{to, p.tuple(true)}
		p.frame.assign(store, to)
		return s
	}
	s := capturing{place: place(t.at), target: to}
	for p.skip(operator, "|") {
		s.filters = append(s.filters, p.filter(nil))
	}
	p.frame.assign(store, to)
	s.scope = p.within(func() { s.body = p.body("endset") })
	return s
}

func (p *parser) filterTag(t token) statement {
	s := capturing{place: place(t.at), filters: []*filtering{p.filter(nil)}}
	for p.skip(operator, "|") {
		s.filters = append(s.filters, p.filter(nil))
	}
	s.scope = p.within(func() { s.body = p.body("endfilter") })
	return s
}

func (p *parser) withTag() statement {
	var s scoping
	for p.peek().kind != endBlock {
		if len(s.targets) > 0 {
			p.expect(operator, ",")
		}
		s.targets = append(s.targets, p.target(func() bool { return p.peek().is(operator, "=") }, false))
		p.expect(operator, "=")
		s.values = append(s.values, p.expression())
	}
	s.scope = p.within(func() {
		for _, to := range s.targets {
			p.frame.assign(param, to)
		}
		s.body = p.body("endwith")
	})
	return s
}

func (p *parser) macroTag(t token) statement {
	m := &macro{place: place(t.at), name: p.expect(name, "a name").text}
	p.frame.add(store, m.name)
	p.macroBody(m, p.signature, "endmacro")
	return m
}

// macroBody reads the parameters and the body of a macro, or of anything that is called like one.
func (p *parser) macroBody(m *macro, signature func(*macro), end string) {
	loops := p.loops
	p.loops = 0
	m.scope = p.within(func() {
		if signature != nil {
			signature(m)
		}
		p.macros = append(p.macros, m)
		m.body = p.body(end)
		p.macros = p.macros[:len(p.macros)-1]
		if m.hasCaller {
			p.frame.events = slices.Insert(p.frame.events, 0, event{param, "caller", nil})
		}
	})
	p.loops = loops
}

func (p *parser) signature(m *macro) {
	p.expect(operator, "(")
	var reads []event // reads in the defaults, which are evaluated after all names exist
	for !p.skip(operator, ")") {
		if len(m.params) > 0 {
			p.expect(operator, ",")
		}
		t := p.expect(name, "a name")
		if len(m.params) == maxArgs {
			p.fail(t, "more than %d parameters", maxArgs)
		}
		if slices.Contains(m.params, t.text) {
			p.fail(t, "parameter %s comes twice", t.text)
		}
		m.params = append(m.params, t.text)
		if reserved[t.text] || t.text == "caller" {
			p.fail(t, "cannot assign to %s", t.text)
		}
		outer := p.frame.events
		p.frame.events = nil
		if p.skip(operator, "=") {
			m.defaults = append(m.defaults, p.expression())
		} else if len(m.defaults) > 0 {
			p.fail(t, "parameter %s lacks a default, which the one before it has", t.text)
		}
		reads = append(reads, p.frame.events...)
		p.frame.events = append(outer, event{param, t.text, nil})
	}
	p.frame.events = append(p.frame.events, reads...)
}

func (p *parser) callTag(t token) statement {
	m := &macro{place: place(t.at), name: "caller"}
	var c *call
	p.macroBody(m, func(m *macro) {
		if p.peek().is(operator, "(") {
			p.signature(m)
		}
		inner := p.frame
		p.frame = p.frame.outer
		of, ok := p.expression().(*call)
		p.frame = inner
		if !ok {
			p.fail(t, "{%% call %%} wants a call")
		}
		c = of
	}, "endcall")
	c.args.caller = m
	return calling{c}
}

// reserved are the names to which nothing can be assigned.
var reserved = map[string]bool{"true": true, "false": true, "none": true, "True": true, "False": true, "None": true}

// target reads the left side of an assignment, until ends reports its end.
func (p *parser) target(ends func() bool, namespaces bool) target {
	t := p.peek()
	var list []target
	for {
		list = append(list, p.oneTarget(namespaces))
		if !p.skip(operator, ",") {
			break
		}
		if ends() {
			return target{place: place(t.at), several: list}
		}
	}
	if len(list) == 1 {
		return list[0]
	}
	return target{place: place(t.at), several: list}
}

func (p *parser) oneTarget(namespaces bool) target {
	if p.peek().is(operator, "(") {
		p.enter()
		defer p.leave()
		p.next()
		to := p.target(func() bool { return p.peek().is(operator, ")") }, namespaces)
		p.expect(operator, ")")
		return to
	}
	t := p.expect(name, "a name")
	if reserved[t.text] || t.text == "loop" {
		p.fail(t, "cannot assign to %s", t.text)
	}
	to := target{place: place(t.at), name: t.text}
	if namespaces && p.skip(operator, ".") {
		to.attribute = p.expect(name, "the name of an attribute").text
	}
	return to
}
