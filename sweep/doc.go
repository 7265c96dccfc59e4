// Package sweep trains the runs that an experiment asks for and that its store lacks.
//
// A [Plan] lists runs of an experiment that do not depend on each other. A [Scheduler]
// has them trained by a [train.Trainer], several at once. The package knows no model, layer
// or adapter.
package sweep
