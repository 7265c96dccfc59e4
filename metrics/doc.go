// Package metrics says what is measured of a run and in which units.
//
// A run is measured as a curve of [Point]s, one a step, each a fixed array of
// [Quantity] values. [Statistic]s reduce a curve to single numbers, and cells
// and exponents are made of those.
//
// Absent is absent: a value that was not measured is NaN in memory, empty in
// CSV, null in JSON, and never takes part in a mean.
package metrics
