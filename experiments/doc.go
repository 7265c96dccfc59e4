// Package experiments reads experiment files: a question, and the grid of runs that
// is to answer it.
//
// An [Experiment] is a question with axes. Its grid is a list of [Config]s, one a
// run, fully resolved. Every field of Config can be an axis, a condition, an
// exclusion or an override, under its path (train.lr) or the last part of it (lr):
//
//	name: my-first
//	question: Does the best learning rate move with rank?
//	data: notes.jsonl
//	train: {steps: 200}
//	grid:
//	  rank: [4, 32, 256]
//	  scaling: [lora, rslora, 0.75]   # a number is the exponent p of α/r^p
//	  seed: [0, 1]
//	nuisance: {lr: [1e-5, 1e-4]}      # tuned away: each cell is reported at its best value
//	tune: {seed: [100, 101]}          # the seeds that choose it; --extend goes on beyond an edge
//	zip:                              # vary together
//	  - {optimizer: [adamw, sgd], eps: [1e-12, 0]}
//	when:                             # values that depend on others
//	  - {if: {optimizer: sgd}, set: {momentum: 0.9}}
//	exclude:                          # combinations to leave out
//	  - {scaling: lora, rank: [32, 256]}
//
// A field that is mentioned nowhere has the value that [Defaults] gives it, and
// momentum and betas the ones that are customary for the optimizer, of the file
// or of the axis: beta2 is 0.99 under lion, momentum 0.95 under muon.
package experiments
