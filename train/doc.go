// Package train says what a trainer is: it takes the config of a run, trains it, and reports
// what it measured at each step.
//
// The scheduler of package sweep has runs trained by a [Trainer], and knows no other part of
// it. Each trainer is a package of its own below this one.
package train
