// Package resume keeps runs that take long, so that a run which was interrupted goes on where
// it was. A checkpoint is one file. It holds all that the rest of a run depends on, and belongs
// to one run of one program. A [Keeper] writes it now and then while the run is trained, and
// reads it when the run is trained again.
package resume
