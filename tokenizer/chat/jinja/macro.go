package jinja

// function returns the macro as a value; in is the scope that contains it.
func (m *macro) function(in *scope) *function {
	return &function{m.name, func(r *run, a args) value {
		r.enter()
		defer r.leave()
		outer := r.scope
		r.scope = in
		text := r.capture(func() {
			r.within(m.scope, func() {
				m.bind(r, a)
				m.body.exec(r)
			})
		})
		r.scope = outer
		return text
	}}
}

// bind gives the parameters their values.
func (m *macro) bind(r *run, a args) {
	if len(a.list) > len(m.params) {
		r.fail("macro %s takes no more than %d arguments", m.name, len(m.params))
	}
	values := r.scope.names
	for i, name := range m.params {
		values[name] = nil
		if i < len(a.list) {
			values[name] = a.list[i]
		} else if v, ok := a.take(name); ok {
			values[name] = v
		}
	}
	if m.hasCaller {
		values["caller"] = undefined{"macro " + m.name + " was not called by {% call %}"}
		if v, ok := a.take("caller"); ok {
			values["caller"] = v
		}
	}
	if len(a.names) > 0 {
		r.fail("macro %s takes no argument %s", m.name, a.names[0])
	}
	required := len(m.params) - len(m.defaults)
	for i, name := range m.params {
		switch {
		case values[name] != nil:
		case i < required:
			values[name] = undefined{"parameter " + name + " was not given"}
		default:
			values[name] = r.eval(m.defaults[i-required])
		}
	}
}
