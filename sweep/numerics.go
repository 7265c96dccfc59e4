package sweep

// Numerics is the version of the arithmetic. It is raised when a change makes
// the same config give other numbers, so that runs made before and after
// never pass for each other.
const Numerics = 3
