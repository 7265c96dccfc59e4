// Package results is the store of runs, queries over it, and exports.
//
// A store is a folder of self-describing folders, one a run, without any
// index: two processes of one machine cannot corrupt it, and it can be copied and
// merged. Its locks are those of the file system, which a network disk may not keep. A run's folder is written whole or not at all.
package results
