package nn

// Param: an array that trains, with its gradient; Role tells A, B and the rest apart.

import "gonum.org/v1/gonum/blas/blas32"

// Param is one trained array and the accumulator of its gradient.
type Param struct {
	Name   string // unique within a run, as in checkpoints
	Module string // the linear map that it belongs to; empty for none
	Role   Role   // what kind of array it is
	Rows   int    // shape (Rows, Cols); a vector has one row
	Cols   int
	Value  []float32 // (Rows·Cols), row-major
	Grad   []float32 // (Rows·Cols), added to by Backward
	Decay  bool      // weight decay applies

	Gamma float64         // γ, of a factor of γBA; 0 of any other array
	Fixed *blas32.General // of a B beside an A that does not train: this A; otherwise nil
}

// Role is the kind of a trained array; each role may have a learning rate of its own.
type Role uint8

// The roles of trained arrays.
const (
	RoleWeight Role = iota // a base weight, in full training
	RoleA                  // an adapter's A, or what else a method begins with drawn entries
	RoleB                  // an adapter's B, or what else a method begins with zeros
	RoleOwn                // an array that only one method has, beside A and B, such as DoRA's magnitude

	NumRoles int = iota
)
