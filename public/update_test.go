package public

import (
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write the numbers and the page anew; the numbers need ../shared")

// Same holds a file to a text, or writes it.
func Same(t *testing.T, path, text string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != text {
		t.Errorf("%s is not what follows from the numbers: go test ./public -update writes it (%v)", path, err)
	}
}
