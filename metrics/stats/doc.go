// Package stats does the statistics of claims: means with intervals, paired
// differences and their tests, equivalence, exponents against rank, and best
// learning rates.
//
// A value that is absent is NaN and takes part in nothing.
package stats
