// Package experiments reads experiment files. Such a file states a question and the
// grid of runs that is to answer it.
//
// An [Experiment] is a question with axes. Its grid is a list of [Config]s, one for
// each run, fully resolved. Every field of Config can be an axis, a condition, an
// exclusion or an override. Its name is its path (train.lr) or the last part of the
// path (lr):
//
//	name: my-first
//	question: Does the best learning rate move with rank?
//	data: notes.jsonl
//	train: {steps: 200}
//	grid:
//	  rank: [4, 32, 256]
//	  scaling: [lora, rslora, 0.75]   # a number is the exponent p of α/r^p
//	  seed: [0, 1]
//	nuisance: {lr: [1e-5, 1e-4]}      # tuned: each cell is reported at its best value
//	tune: {seed: [100, 101]}          # these seeds choose the value; --extend tries values beyond an edge
//	zip:                              # these fields vary together
//	  - {optimizer: [adamw, sgd], eps: [1e-12, 0]}
//	when:                             # values that depend on others
//	  - {if: {optimizer: sgd}, set: {momentum: 0.9}}
//	exclude:                          # combinations to leave out
//	  - {scaling: lora, rank: [32, 256]}
//
// A field that the file does not mention has its value from [Defaults]. Momentum and
// betas are the exception: they have the values that are customary for the run's
// optimizer. For example, beta2 is 0.99 under lion, and momentum is 0.95 under muon.
package experiments
