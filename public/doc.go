// Package public has what results that others published say about rank: their numbers as CSV, with source and
// licence, the best learning rate of each model and rank, and the page that is made of them.
package public
