package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// storage is the form that a model's frozen weights have in memory. It changes
// no byte of any result, so that it is a flag and no field of an experiment.
type storage string

const (
	asFloat32 storage = "float32"
	asStored  storage = "stored"
)

// storageFlag adds the flag --storage, and returns what it is set to.
func storageFlag(cmd *cobra.Command) *storage {
	s := asFloat32
	cmd.Flags().Var(&s, "storage", "form of the frozen weights in memory: `FORM` float32, or stored, as their file "+
		"has them\n"+
		"(bf16, f16 or GGUF blocks): less memory, more time, the same numbers")
	return &s
}

func (s *storage) String() string { return string(*s) }
func (s *storage) Type() string   { return "FORM" }

// Set implements pflag's Value.
func (s *storage) Set(text string) error {
	if text != string(asFloat32) && text != string(asStored) {
		return fmt.Errorf("must be %s or %s", asFloat32, asStored)
	}
	*s = storage(text)
	return nil
}
