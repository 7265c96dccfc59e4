package main

import (
	"os"
	"reflect"
	"testing"

	"ranksweep/checkpoint"
	"ranksweep/paper"
)

// The maps of the larger model, which the report names, are those of its file.
func TestWidthsOfLargerModel(t *testing.T) {
	path := os.Getenv("RANKSWEEP_SMOLLM2")
	if path == "" {
		t.Skip("needs RANKSWEEP_SMOLLM2, the path of SmolLM2-135M-Instruct.Q4_1.gguf; " +
			"checkpoint/gguf/testdata/generate.py says where to get it")
	}
	c, err := checkpoint.LoadStored(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := paper.WidthsOf(c.Hash), paper.NewWidths(mapsOf(c.Model)); !reflect.DeepEqual(got, want) {
		t.Errorf("maps.yaml has %v of %s, and the file %v", got, c.Hash, want)
	}
}
