package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ranksweep/cluster"
	"ranksweep/wholefile"
)

// TestRayWork: what a submission to Ray has written counts while it is at work. It does not if its process
// has ended, or was killed so long ago that another process may have its number.
func TestRayWork(t *testing.T) {
	c := exec.Command("sweep", "--version")
	check(t, c.Run())
	self := wholefile.Self()
	ended := wholefile.Writer{Host: self.Host, Process: c.Process.Pid}
	other := wholefile.Writer{Host: "elsewhere", Process: 1}
	for _, test := range []struct {
		by  wholefile.Writer
		age time.Duration
		is  bool
	}{{self, 0, true}, {self, time.Hour, false}, {ended, 0, false}, {other, 0, true}, {other, time.Hour, true}} {
		dir := t.TempDir()
		path := filepath.Join(dir, clusterFolder, rayFile)
		text, err := wholefile.JSON(rayWork{test.by, "auto", []cluster.Task{{ID: "a", State: cluster.Running}}})
		check(t, err)
		check(t, wholefile.WriteBytes(path, text))
		then := time.Now().Add(-test.age)
		check(t, os.Chtimes(path, then, then))
		w, err := rayWorkOf(dir)
		if err != nil || (w != nil) != test.is {
			t.Errorf("%+v: %+v, %v", test, w, err)
		}
		if test.by == other {
			err := w.cancel(t.Context())
			if err == nil || !strings.HasPrefix(err.Error(), "it was submitted on host elsewhere") {
				t.Errorf("is canceled from another host: %v", err)
			}
		}
		tasks, err := submittedTasks(t.Context(), dir)
		if err != nil || (len(tasks) == 1) != test.is {
			t.Errorf("%+v: tasks %+v, %v", test, tasks, err)
		}
	}
	dir := t.TempDir()
	path := filepath.Join(dir, clusterFolder, rayFile)
	check(t, wholefile.WriteBytes(path, []byte("{")))
	if _, err := rayWorkOf(dir); err == nil || !strings.HasPrefix(err.Error(), path+": ") {
		t.Errorf("a damaged file: %v", err)
	}
}
