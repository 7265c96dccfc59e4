// Package external trains runs in another process, so that a program in any language can
// stand behind an experiment. The other process gets the same batches in the same order and
// the same first factors as the trainer in this process, and reports the same quantities.
// The two talk over the standard streams of the other process; docs/trainers.md describes
// how, with an example of every message.
package external
