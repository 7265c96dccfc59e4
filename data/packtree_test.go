package data

import (
	"archive/zip"
	"bytes"
	"reflect"
	"slices"
	"testing"
)

// TestPackedTreeGivesTheSameExamples holds every recipe on a packed tree to the same recipe on the
// tree itself.
func TestPackedTreeGivesTheSameExamples(t *testing.T) {
	var packed bytes.Buffer
	if err := packTree(&packed, smallTree); err != nil {
		t.Fatal(err)
	}
	carry(t, packed.String())
	unpacked, err := goTree()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range recipes {
		want, err := r.make(smallTree)
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.make(unpacked)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %q, %v, want %q", r.name, got, err, want)
		}
	}
}

func TestPackedFiles(t *testing.T) {
	files := map[string]string{
		"LICENSE": "l", "PATENTS": "p", "README.md": "r", "VERSION": "v",
		"api/a.go": "a", "test/t.go": "t",
		"doc/spec.html":          "s",
		"src/a.go":               "a",
		"src/a_test.go":          "a",
		"src/a.s":                "a",
		"src/static/a.go":        "a",
		"src/testdata/a.go":      "a",
		"src/testdata/LICENSE":   "l",
		"src/vendor/x/LICENSE":   "l",
		"src/vendor/x/PATENTS":   "p",
		"src/vendor/x/x.go":      "x",
		"src/vendor/x/README.md": "r",
	}
	var first, second bytes.Buffer
	for _, w := range []*bytes.Buffer{&first, &second} {
		if err := packTree(w, tree(files)); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same tree was packed to other bytes")
	}
	z, err := zip.NewReader(bytes.NewReader(first.Bytes()), int64(first.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range z.File {
		got = append(got, f.Name)
	}
	want := []string{
		"LICENSE", "PATENTS", "doc/spec.html", "src/a.go", "src/a_test.go", "src/static/a.go",
		"src/vendor/x/LICENSE", "src/vendor/x/PATENTS", "src/vendor/x/x.go",
	}
	if !slices.Equal(got, want) {
		t.Errorf("packed %q, want %q", got, want)
	}
}

// TestCarriedTreeNeedsNoGo loads a recipe from a carried tree where there is no go command.
func TestCarriedTreeNeedsNoGo(t *testing.T) {
	var packed bytes.Buffer
	if err := packTree(&packed, smallTree); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", t.TempDir())
	if err := loadError("go-functions"); err == nil {
		t.Fatal("no error without a carried tree and without Go")
	}
	carry(t, packed.String())
	c, err := Load("go-functions")
	if err != nil || len(examplesOf(c)) != 2 {
		t.Errorf("got %v, %v, want 2 examples", c, err)
	}
	carry(t, packed.String()[:packed.Len()/2])
	checkError(t, "half of a zip", loadError("go-functions"), "data: go-functions: zip: not a valid zip file")
}

// carry lets this program carry a packed tree until the test ends.
func carry(t *testing.T, packed string) {
	t.Helper()
	before := carried
	t.Cleanup(func() { carried = before })
	carried = packed
}
