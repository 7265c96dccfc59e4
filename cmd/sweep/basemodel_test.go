package main

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"ranksweep/checkpoint"
	"ranksweep/models"
	"ranksweep/paper"
)

// TestSizeOfTheBaseModel: where a page or a caption gives its number of parameters, that is counted.
func TestSizeOfTheBaseModel(t *testing.T) {
	folder, err := fs.Sub(models.FS, "base")
	check(t, err)
	base, err := checkpoint.LoadFS(folder, "base")
	check(t, err)
	size := fmt.Sprintf("%.1f million parameters", float64(base.Model.Config.Params())/1e6)
	readme, err := os.ReadFile("../../README.md")
	check(t, err)
	for place, text := range map[string]string{
		"captions": paper.BaseModel, "the report": reportHead("full", 1), "README.md": string(readme),
	} {
		if !strings.Contains(text, size) {
			t.Errorf("%s do not say %s", place, size)
		}
	}
}
