// Package paper makes tables, figures and verdicts from stored runs alone: it knows no
// training. A [View] is what is looked at, worked out once; the statistics are those of
// results and metrics.
//
// What is drawn follows from the runs: a panel or row for each arm, a line
// for each cell, and titles that name what differs between arms. What does
// not differ stands in the captions, since it is what a comparison holds for.
// Doubts stand beside the numbers: footnotes in tables, sentences in captions,
// marks in figures.
package paper
