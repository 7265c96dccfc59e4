package results

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ranksweep/grid"
)

// A run's folder says what it is, on any system, and no two runs share one.
func TestEventFolders(t *testing.T) {
	a := runRow{Run: Run{ID: "0f", Axes: axes("scaling", "lora", "rank", "4")}, phase: reported}
	b := runRow{Run: Run{ID: "1f", Axes: axes("model", "../a/b:c", "lr", "1e-05")}, phase: tuning}
	c := runRow{Run: Run{ID: "2f", Axes: axes("note", strings.Repeat("ä", 100))}, phase: reported}
	for want, r := range map[string]runRow{
		"scaling=lora,rank=4,0f": a, "tuning,model=..-a-b-c,lr=1e-05,1f": b, "3f": {Run: Run{ID: "3f"}},
		"note=" + strings.Repeat("ä", 47) + ",2f": c,
	} {
		if got := r.folder(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// An export again replaces what was there. A run of another export is refused, since TensorBoard would show it.
func TestEventsIntoAFolderThatIsNotEmpty(t *testing.T) {
	o, dir := OutlinesOf(testGrid()), t.TempDir()
	before := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(before, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := o.Write(dir, TensorBoard, grid.Grid{}, nil); err != nil {
			t.Fatal(err)
		}
		if n := len(files(t, dir)); n != len(o.Runs)+1 {
			t.Errorf("%d files of %d runs", n, len(o.Runs))
		}
	}
	few := OutlinesOf(testGrid()[:3])
	_, err := few.Write(dir, TensorBoard, grid.Grid{}, nil)
	if err == nil || !strings.Contains(err.Error(), "is no run of this export") {
		t.Errorf("the error is %v", err)
	}
}
