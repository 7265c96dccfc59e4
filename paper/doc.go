// Package paper makes tables, figures, verdicts and the report from stored runs. It does no
// training. A [View] is the set of runs that is looked at, with everything that tables and
// figures share; the statistics themselves are those of packages results and metrics.
//
// What is drawn follows from the runs: a panel or row for each arm, a line for each cell, and
// titles that name what differs between arms. What does not differ stands in the captions,
// since a comparison holds only for that. Doubts stand beside the numbers: footnotes in
// tables, sentences in captions, marks in figures.
package paper
