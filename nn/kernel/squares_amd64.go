package kernel

// The side of the squares that amd64 transposes at a time.

// side of the squares that transposeSquares takes.
const side = 8
