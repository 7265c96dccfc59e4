// Package cluster divides the runs of an experiment into the tasks of a cluster, by how long they are
// expected to take, and says what a task is. How a cluster is asked for something is its own
// package's to know: [ranksweep/cluster/slurm].
package cluster
