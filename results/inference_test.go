package results

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestInferenceIsReadAsWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "inference.csv")
	want := []Inference{{Base, 0, 1, 0.25}, {Merged, 2048, 1, 0.125}, {Attached, 2048, 1, 0.3}}
	if err := WriteInference(want, path); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadInference(path); err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := ReadInference(path + "x"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestInferenceRefusesDamage(t *testing.T) {
	for _, row := range []string{"base,0,1", "base,x,1,0.1", "base,0,1,0", "base,0,1,NaN", "base,0,1,-1", `"base`} {
		path := filepath.Join(t.TempDir(), "inference.csv")
		if err := os.WriteFile(path, []byte("form,rank,round,seconds\n"+row+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadInference(path); err == nil || !strings.Contains(err.Error(), path) ||
			!strings.Contains(err.Error(), "measured again") {
			t.Errorf("%s: %v", row, err)
		}
	}
}
