// Package sweep trains the runs that an experiment asks for and a store does not have
// yet.
//
// A [Plan] lists the runs of an experiment that do not wait for each other; a
// [Scheduler] has them trained, several at once, by whatever [Trainer] stands behind
// it. The package knows no model, layer or adapter.
package sweep
