package jinja

// expression is a part of a template that has a value.
type expression interface {
	eval(r *run) value
	where() place
}

// statement is a part of a template that does something.
type statement interface{ exec(r *run) flow }

// flow says how execution continues after a statement.
type flow int

const (
	goOn flow = iota
	breakLoop
	continueLoop
)

// place is a position in the source, in bytes.
type place int

func (p place) where() place { return p }

type (
	constant struct {
		place
		value value
	}
	variable struct {
		place
		name string
	}
	listing struct { // [a, b], or (a, b) for a tuple
		place
		items   []expression
		isTuple bool
	}
	mapping struct { // {k: v}
		place
		keys, values []expression
	}
	attribute struct { // of.name
		place
		of   expression
		name string
	}
	subscript struct { // of[key]
		place
		of, key expression
	}
	slicing struct { // of[from:to:step]; each is nil if it is left out
		place
		of             expression
		from, to, step expression
	}
	call struct {
		place
		of   expression
		args arguments
	}
	filtering struct { // of|name(args); of is nil in {% filter %} and {% set %}
		place
		of   expression
		name string
		args arguments
	}
	judging struct { // of is name(args)
		place
		of   expression
		name string
		args arguments
	}
	unary struct { // -x, +x, not x
		place
		op string
		x  expression
	}
	binary struct {
		place
		op   string
		x, y expression
	}
	comparison struct { // x < y <= z
		place
		first expression
		ops   []string
		rest  []expression
	}
	concatenation struct { // a ~ b
		place
		items []expression
	}
	conditional struct { // then if test else otherwise, which may be nil
		place
		test, then, otherwise expression
	}
)

type arguments struct {
	list   []expression
	names  []string // the names of named
	named  []expression
	caller *macro // in a call block
}

type (
	text      string
	printing  struct{ x expression }
	branching struct {
		tests  []expression
		bodies []block // one more than tests if there is an else
	}
	looping struct {
		place
		target       target
		over, filter expression
		scope        *frame // the scope of body
		body, other  block
		filterScope  *frame
		otherScope   *frame
	}
	assigning struct {
		target target
		x      expression
	}
	// capturing is {% set x %} and, without a target, {% filter %}.
	capturing struct {
		place
		target  target
		filters []*filtering
		scope   *frame
		body    block
	}
	scoping struct { // {% with %}
		targets []target
		values  []expression
		scope   *frame
		body    block
	}
	macro struct {
		place
		name      string
		params    []string
		defaults  []expression // defaults of the last params
		hasCaller bool         // the body uses caller
		scope     *frame
		body      block
	}
	calling struct{ call *call }  // {% call %}
	marking struct{ body *macro } // {% generation %}
	jump    struct{ to flow }
	block   []statement
)

// target is the left side of an assignment: a name, an attribute of a namespace, or several of
// these.
type target struct {
	place
	name, attribute string
	several         []target // nil for a single target
}
