package nn

// The two factors of an adapter among the parameters, for optimizers that work on both together.

import "gonum.org/v1/gonum/blas/blas32"

// pair is the two factors of one adapter: the places of A, (r, in), and of B, (out, r), among parameters.
type pair struct{ a, b int }

// pairsOf finds the adapters among parameters: an A and a B of one map, of one rank.
func pairsOf(params []Param) (all []pair) {
	bs := make(map[string]int)
	for i, p := range params {
		if p.Role == RoleB && p.Module != "" {
			bs[p.Module] = i
		}
	}
	for i, p := range params {
		if b, ok := bs[p.Module]; ok && p.Role == RoleA && p.Rows == params[b].Cols {
			all = append(all, pair{i, b})
		}
	}
	return all
}

// matrix is the value of a parameter.
func (p *Param) matrix() blas32.General { return matrixOf(p.Value, p.Rows, p.Cols) }

// gradient is the gradient of a parameter.
func (p *Param) gradient() blas32.General { return matrixOf(p.Grad, p.Rows, p.Cols) }

// unpaired returns the parameters that belong to no pair.
func unpaired(params []Param, pairs []pair) (rest []Param) {
	in := make([]bool, len(params))
	for _, p := range pairs {
		in[p.a], in[p.b] = true, true
	}
	for i, p := range params {
		if !in[i] {
			rest = append(rest, p)
		}
	}
	return rest
}

// side is one factor of an adapter, which moves, and the other, seen so that both have as many rows as the rank:
// A is as it stands, and B is transposed.
type side struct{ moving, other int }

// sides are both views of a pair.
func (p pair) sides() [2]side { return [2]side{{p.a, p.b}, {p.b, p.a}} }

// wide returns the number of columns of a factor as a side has it.
func (p *Param) wide() int {
	if p.Role == RoleB {
		return p.Rows
	}
	return p.Cols
}

// rank returns the number of rows of a factor as a side has it.
func (p *Param) rank() int {
	if p.Role == RoleB {
		return p.Cols
	}
	return p.Rows
}

// asRows returns an array of a factor's shape as a side has it, transposed into scratch if it is a B's.
func (p *Param) asRows(data, scratch []float32) blas32.General {
	if p.Role != RoleB {
		return matrixOf(data, p.Rows, p.Cols)
	}
	m := matrixOf(scratch, p.Cols, p.Rows)
	for i := range p.Rows {
		for j, v := range data[i*p.Cols:][:p.Cols] {
			m.Data[j*p.Rows+i] = v
		}
	}
	return m
}

// move multiplies a factor by keep and takes size times an update away, which is as a side has it.
func (p *Param) move(keep, size float32, update blas32.General) {
	if p.Role != RoleB {
		for i, v := range p.Value {
			p.Value[i] = keep*v - size*update.Data[i]
		}
		return
	}
	for i := range p.Rows {
		w := p.Value[i*p.Cols:][:p.Cols]
		for j, v := range w {
			w[j] = keep*v - size*update.Data[j*p.Rows+i]
		}
	}
}
