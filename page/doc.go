// Package page writes one file of HTML about the runs of a store: the question, what was found, figures,
// tables, the settings, and the data. It works nothing out: sentences, tables and figures are those of package
// paper, means and intervals those of package analysis.
//
// The file needs no network and no other file. Without scripts it has the findings, the figures as pictures and
// the tables. Scripts add a figure whose axes can be chosen, sorting, and the data as CSV. Nothing in the file runs
// that is not in the folder assets: the page's policy names the hash of its script and of its style, and
// html/template escapes what comes from experiment files.
package page
