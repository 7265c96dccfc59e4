// Package results stores finished runs on disk, answers questions about them, and
// exports them as CSV.
//
// A store is a folder of self-describing folders, one per run, without any index. Two
// processes of one machine cannot corrupt it, and it can be copied and merged. It uses
// the file system's locks, which a network disk may not support. A run's folder is
// written whole or not at all.
package results
