// Package analysis works out what finished runs say: it groups them into cells and arms, compares
// cells seed by seed, fits powers of rank, and sets both beside what theory predicts.
//
// [Split] sorts the runs of a store by the grid that an experiment asks for, and makes rows of
// those that are reported. [Cells] groups rows that differ in their seed alone, and [Arms] groups
// cells that differ in their rank alone. Nothing here is stored: it is worked out again from the
// records of package results whenever somebody looks.
package analysis
