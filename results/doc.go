// Package results is the store of runs, queries over it, and exports.
//
// A store is a folder of self-describing folders, one a run, without any
// index: two processes cannot corrupt it, and it can be copied, merged and
// kept on a network disk. A run's folder is written whole or not at all.
package results
