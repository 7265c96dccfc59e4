package jinja

import "slices"

// tuple reads one expression, or several with commas between them.
func (p *parser) tuple(conditionals bool) expression {
	t := p.peek()
	var items []expression
	isTuple := false
	for {
		if isTuple && p.tupleEnds() {
			break
		}
		items = append(items, p.expressionWith(conditionals))
		if !p.skip(operator, ",") {
			break
		}
		isTuple = true
	}
	if !isTuple {
		return items[0]
	}
	return &listing{place(t.at), items, true}
}

func (p *parser) tupleEnds() bool {
	t := p.peek()
	return t.kind == endBlock || t.kind == endPrint || t.is(operator, ")")
}

func (p *parser) expression() expression { return p.expressionWith(true) }

func (p *parser) expressionWith(conditionals bool) expression {
	p.enter()
	defer p.leave()
	certain := len(p.doubts)
	x := p.or()
	for at := p.peek().at; conditionals && p.skip(name, "if"); {
		p.doubts = p.doubts[:certain]
		p.soft++
		c := &conditional{place: place(at), then: x, test: p.or()}
		if p.skip(name, "else") {
			c.otherwise = p.expression()
		}
		p.soft--
		x = c
	}
	return x
}

func (p *parser) or() expression {
	x := p.and()
	for t := p.peek(); p.skip(name, "or"); t = p.peek() {
		x = &binary{place(t.at), "or", x, p.and()}
	}
	return x
}

func (p *parser) and() expression {
	x := p.not()
	for t := p.peek(); p.skip(name, "and"); t = p.peek() {
		x = &binary{place(t.at), "and", x, p.not()}
	}
	return x
}

func (p *parser) not() expression {
	t := p.peek()
	if !p.skip(name, "not") {
		return p.compare()
	}
	p.enter()
	defer p.leave()
	return &unary{place(t.at), "not", p.not()}
}

func (p *parser) compare() expression {
	c := &comparison{place: place(p.peek().at), first: p.sum()}
	for {
		op := p.peek().text
		switch t := p.peek(); {
		case t.kind == operator && slices.Contains([]string{"==", "!=", "<", "<=", ">", ">="}, op), t.is(name, "in"):
			p.next()
		case t.is(name, "not") && p.tokens[p.at+1].is(name, "in"):
			p.at += 2
			op = "not in"
		case c.ops == nil:
			return c.first
		default:
			return c
		}
		c.ops = append(c.ops, op)
		c.rest = append(c.rest, p.sum())
	}
}

// chain reads operands with any of the operators between them.
func (p *parser) chain(operand func() expression, ops ...string) expression {
	x := operand()
	for t := p.peek(); t.kind == operator && slices.Contains(ops, t.text); t = p.peek() {
		p.next()
		x = &binary{place(t.at), t.text, x, operand()}
	}
	return x
}

func (p *parser) sum() expression { return p.chain(p.concat, "+", "-") }

func (p *parser) concat() expression {
	c := &concatenation{place(p.peek().at), []expression{p.product()}}
	for p.skip(operator, "~") {
		c.items = append(c.items, p.product())
	}
	if len(c.items) == 1 {
		return c.items[0]
	}
	return c
}

func (p *parser) product() expression { return p.chain(p.power, "*", "/", "//", "%") }

func (p *parser) power() expression {
	return p.chain(func() expression { return p.unary(true) }, "**")
}

func (p *parser) unary(filters bool) expression {
	p.enter()
	defer p.leave()
	var x expression
	switch t := p.peek(); {
	case p.skip(operator, "-"), p.skip(operator, "+"):
		x = &unary{place(t.at), t.text, p.unary(false)}
	default:
		x = p.primary()
	}
	x = p.postfix(x)
	for filters {
		switch t := p.peek(); {
		case p.skip(operator, "|"):
			x = p.filter(x)
		case p.skip(name, "is"):
			x = p.test(t, x)
		case t.is(operator, "("):
			x = p.call(x)
		default:
			return x
		}
	}
	return x
}

func (p *parser) primary() expression {
	t := p.next()
	at := place(t.at)
	switch {
	case t.kind == name:
		return p.name(t)
	case t.kind == literal:
		return &constant{at, p.joined(t)}
	case t.is(operator, "("):
		if p.skip(operator, ")") {
			return &listing{at, nil, true}
		}
		x := p.tuple(true)
		p.expect(operator, ")")
		return x
	case t.is(operator, "["):
		return &listing{at, p.list("]", p.expression), false}
	case t.is(operator, "{"):
		m := &mapping{place: at}
		p.list("}", func() expression {
			m.keys = append(m.keys, p.expression())
			p.expect(operator, ":")
			m.values = append(m.values, p.expression())
			return nil
		})
		return m
	}
	p.fail(t, "unexpected %s", t)
	return nil
}

// joined returns the value of a literal; texts that follow each other are joined.
func (p *parser) joined(t token) value {
	s, isText := t.value.(string)
	if !isText {
		return t.value
	}
	for {
		next, ok := p.peek().value.(string)
		if !ok {
			return s
		}
		p.next()
		s += next
	}
}

func (p *parser) name(t token) expression {
	switch t.text {
	case "true", "True":
		return &constant{place(t.at), true}
	case "false", "False":
		return &constant{place(t.at), false}
	case "none", "None":
		return &constant{place(t.at), none{}}
	}
	p.frame.add(load, t.text)
	for _, m := range p.macros {
		switch t.text {
		case "caller":
			m.hasCaller = true
		case "varargs", "kwargs":
			p.fail(t, "%s of a macro is %s", t.text, advice)
		}
	}
	return &variable{place(t.at), t.text}
}

// list reads items with commas between them, up to the closing bracket.
func (p *parser) list(closer string, item func() expression) []expression {
	var items []expression
	for n := 0; !p.skip(operator, closer); n++ {
		if n > 0 {
			p.expect(operator, ",")
			if p.skip(operator, closer) {
				break
			}
		}
		items = append(items, item())
	}
	return items
}

func (p *parser) postfix(x expression) expression {
	for {
		switch t := p.peek(); {
		case p.skip(operator, "."):
			x = p.dot(t, x)
		case p.skip(operator, "["):
			x = p.subscript(t, x)
		case t.is(operator, "("):
			x = p.call(x)
		default:
			return x
		}
	}
}

func (p *parser) dot(t token, x expression) expression {
	after := p.next()
	if n, ok := after.value.(int); ok {
		return &subscript{place(t.at), x, &constant{place(after.at), n}}
	}
	if after.kind != name {
		p.fail(after, "unexpected %s: wanted a name or a number", after)
	}
	return &attribute{place(t.at), x, after.text}
}

func (p *parser) subscript(t token, x expression) expression {
	s := &slicing{place: place(t.at), of: x}
	parts := []*expression{&s.from, &s.to, &s.step}
	colons := 0
	for !p.skip(operator, "]") {
		switch {
		case colons < 2 && p.skip(operator, ":"):
			colons++
		case *parts[colons] == nil && !p.peek().is(operator, ","):
			*parts[colons] = p.expression()
		default:
			p.fail(p.peek(), "unexpected %s: wanted ]", p.peek())
		}
	}
	if colons > 0 {
		return s
	}
	if s.from == nil {
		p.fail(t, "[] without a key")
	}
	return &subscript{s.place, x, s.from}
}

func (p *parser) call(x expression) expression {
	return &call{x.where(), x, p.arguments()}
}

func (p *parser) arguments() arguments {
	var a arguments
	p.expect(operator, "(")
	p.list(")", func() expression {
		switch t := p.peek(); {
		case len(a.list)+len(a.named) == maxArgs:
			p.fail(t, "more than %d arguments", maxArgs)
		case t.is(operator, "*"), t.is(operator, "**"):
			p.fail(t, "%s in a call is %s", t.text, advice)
		case t.kind == name && p.tokens[p.at+1].is(operator, "="):
			p.at += 2
			a.names = append(a.names, t.text)
			a.named = append(a.named, p.expression())
		case a.names != nil:
			p.fail(t, "an argument without a name after one with a name")
		default:
			a.list = append(a.list, p.expression())
		}
		return nil
	})
	return a
}

// optional reads the arguments of a filter, if it has any.
func (p *parser) optional() arguments {
	if p.peek().is(operator, "(") {
		return p.arguments()
	}
	return arguments{}
}

func (p *parser) filter(x expression) *filtering {
	t := p.expect(name, "the name of a filter")
	p.known(t, "filter", filters)
	return &filtering{place(t.at), x, t.text, p.optional()}
}

func (p *parser) test(is token, x expression) expression {
	negated := p.skip(name, "not")
	t := p.expect(name, "the name of a test")
	p.known(t, "test", tests)
	s := &judging{place(t.at), x, t.text, arguments{}}
	switch next := p.peek(); {
	case next.is(operator, "("):
		s.args = p.arguments()
	case next.is(name, "else"), next.is(name, "or"), next.is(name, "and"):
	case next.is(name, "is"):
		p.fail(next, "tests cannot follow each other: use and")
	case next.kind == name, next.kind == literal, next.is(operator, "["), next.is(operator, "{"):
		s.args.list = []expression{p.postfix(p.primary())}
	}
	if negated {
		return &unary{place(is.at), "not", s}
	}
	return s
}

// known records a doubt about a name that is not among the operations. In a branch that may
// never be evaluated, it waits until then, as Jinja does.
func (p *parser) known(t token, what string, operations map[string]*operation) {
	if p.soft == 0 && operations[t.text] == nil {
		p.doubts = append(p.doubts, errorAt(p.source, t.at, "%s %s is %s", what, t.text, advice))
	}
}
