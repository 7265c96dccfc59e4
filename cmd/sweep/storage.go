package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// storage is the format of a model's frozen weights in memory. No result depends on it, so
// it is a flag and not a field of an experiment.
type storage string

const (
	asFloat32 storage = "float32"
	asStored  storage = "stored"
)

// storageFlag adds the flag --storage, and returns its value.
func storageFlag(cmd *cobra.Command) *storage {
	s := asFloat32
	cmd.Flags().Var(&s, "storage",
		"`FORMAT` of the frozen weights in memory: float32; or stored, the format of their file\n"+
			"(bf16, f16 or GGUF blocks), which takes less memory and more time and gives the same numbers")
	return &s
}

func (s *storage) String() string { return string(*s) }
func (s *storage) Type() string   { return "FORM" }

// Set sets the format. It implements pflag's Value.
func (s *storage) Set(text string) error {
	if text != string(asFloat32) && text != string(asStored) {
		return fmt.Errorf("must be %s or %s", asFloat32, asStored)
	}
	*s = storage(text)
	return nil
}
