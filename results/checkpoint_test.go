package results

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestCheckpointsAreTidied: a checkpoint stays as long as its run has no result. One that is of
// no use is moved aside, under a name of its own.
func TestCheckpointsAreTidied(t *testing.T) {
	dir := t.TempDir()
	s := Open(dir)
	done, failed := testRun("lora", 1, 4, 0), testRun("lora", 1, 8, 0)
	failed.Status = Failed
	for _, r := range []Run{done, failed} {
		if err := s.Put(r); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{done.ID, failed.ID, "absent"} {
		leave(t, dir, filepath.Base(s.CheckpointFile(id)), "state")
	}
	if ids, err := s.Checkpoints(); err != nil || !slices.Equal(slices.Sorted(slices.Values(ids)),
		slices.Sorted(slices.Values([]string{failed.ID, "absent"}))) {
		t.Errorf("checkpoints of %q, %v, want those of %s and absent", ids, err, failed.ID)
	}
	if err := s.Tidy(); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]bool{done.ID: false, failed.ID: true, "absent": true} {
		if _, err := os.Stat(s.CheckpointFile(id)); (err == nil) != want {
			t.Errorf("the checkpoint of %s: %v, want %v", id, err, want)
		}
	}
	if err := s.DropCheckpoint(failed.ID); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"absent", "absent.2"} {
		to, err := s.AsideCheckpoint("absent")
		if err != nil || to != filepath.Join(dir, "runs", ".unfit", name) {
			t.Errorf("moved to %s, %v, want %s", to, err, name)
		}
		leave(t, dir, filepath.Base(s.CheckpointFile("absent")), "state")
	}
	if runs, problems := s.Runs(); len(runs) != 2 || len(problems) > 0 {
		t.Errorf("%d runs, problems %v", len(runs), problems)
	}
}
