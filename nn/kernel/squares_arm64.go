package kernel

// The side of the squares that arm64 transposes at a time.

// side of the squares that transposeSquares takes.
const side = 4

// transposeSquares is [transpose] for rows and cols that are positive
// multiples of 4.
//
//go:noescape
func transposeSquares(rows, cols int, dst []float32, ds int, src []float32, ss int)
