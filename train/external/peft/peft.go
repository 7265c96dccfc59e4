// Package peft trains with transformers and PEFT, in a Python program that is embedded here.
package peft

import (
	"embed"
	"io/fs"

	"ranksweep/train/external"
)

// Name is the trainer's name in configs.
const Name = "peft"

// source is the Python program, with the requirements that it was tested with.
//
//go:embed program/*.py program/*.txt program/ranksweep_peft/*.py
var source embed.FS

// Program returns the program, to be run by the given Python: a path, or a name on the PATH.
func Program(python string) external.Program {
	files, err := fs.Sub(source, "program")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return external.Program{
		Name: Name, Command: []string{python}, Source: files, Main: "trainer.py", Memory: memory,
		Hint: ": name a Python 3.11 or later by --python or $RANKSWEEP_PYTHON",
	}
}
