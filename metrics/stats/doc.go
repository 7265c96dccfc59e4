// Package stats tells how sure a result is: it computes means with intervals, paired
// differences and their tests, equivalence, exponents against rank, and best learning rates.
//
// An absent value is NaN and is left out everywhere.
package stats
