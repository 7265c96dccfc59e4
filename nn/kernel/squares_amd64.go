package kernel

// side of the squares that transposeSquares takes.
const side = 8
