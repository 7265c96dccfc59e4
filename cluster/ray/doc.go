// Package ray has runs trained by a cluster of Ray, a task for each run.
//
// A small Python program, which is embedded, speaks with the cluster: it hands a task to Ray for each
// run, and passes on the record that comes back. Ray decides where a task runs, and starts it again
// on another node if its node is lost. Nodes need no disk that they share, and no program but Ray: a
// task brings this program, models and data by their content, and starts this program, see [Serve].
package ray
