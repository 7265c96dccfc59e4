// Package foreign reads results that others trained, and makes a store of them that tables, figures, fits and
// exports read as they read a store of ours.
//
// A file is a CSV whose columns a [Map] names, a folder with trainer_state.json of Hugging Face, a result of PEFT's
// method comparison, or the sweep tables of the Tinker cookbook. What a file does not state is absent, never zero,
// and what speaks against a number goes with its run as a doubt.
package foreign
