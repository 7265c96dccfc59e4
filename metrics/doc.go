// Package metrics defines the numbers that are measured during a training run, with their
// units.
//
// A run is measured as a curve of [Point]s, one per step, each a fixed array of [Quantity]
// values. A [Statistic] reduces a curve to a single number. Statistics are averaged over cells
// and fitted against rank.
//
// A value that was not measured is NaN in memory, empty in CSV and null in JSON, and never
// counts in a mean.
package metrics
