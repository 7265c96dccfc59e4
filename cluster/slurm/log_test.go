package slurm

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"ranksweep/cluster"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestLogs: the name of a log says which task it is of, and other files are of none.
func TestLogs(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"reported.64.12_3.log", "more-1.2.13_0.log", "tables.14.log", "experiment.yaml",
		"12_3.log", "reported.64.12_3.log~", "reported.x.12_3.log"} {
		write(t, filepath.Join(dir, name), "")
	}
	want := []cluster.Task{
		{ID: "13_0", Array: "13", Phase: "more-1", Shard: 1, Of: 2},
		{ID: "12_3", Array: "12", Phase: "reported", Shard: 4, Of: 64},
		{ID: "14", Array: "14", Phase: "tables"},
	}
	for i := range want {
		want[i].Log = filepath.Join(dir, logName(want[i].Phase, want[i].Of, want[i].ID))
	}
	if got := Logs(dir); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if got := Logs(filepath.Join(dir, "nowhere")); got != nil {
		t.Errorf("a folder that is not there has %+v", got)
	}
}

// TestEnded: what became of a task is in its output. The last exit status counts, since a task that is requeued
// goes on in the same file.
func TestEnded(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	long := strings.Repeat("training\n", 1000)
	for _, test := range []struct {
		text  string
		state cluster.State
		exit  int
	}{
		{"1/1 runs\n\n" + said + "0\n", cluster.Done, 0},
		{said + "75\n" + long + said + "0\n", cluster.Done, 0},
		{long + "sweep: out of luck\n\n" + said + "1\n", cluster.Failed, 1},
		{"\n" + said + "137\nslurmstepd: error: Detected 1 oom_kill event\n", cluster.Failed, 137},
		{long + "cut off" + "\n" + said + "75", cluster.Canceled, 75},
		{said + "69\n", cluster.Early, 69},
		{said + "75\n" + long, cluster.Failed, 0},
		{said + "75\ngoes on\n", cluster.Failed, 0},
		{said + "75\nslurmstepd: error: *** JOB 7 ON n CANCELLED AT 2026 DUE TO JOB REQUEUE ***\ngoes on\n\n" +
			said + "0\n", cluster.Done, 0},
		{said + "\n" + said + "x\n", cluster.Failed, 0},
		{"", cluster.Failed, 0},
	} {
		write(t, log, test.text)
		got := Ended(cluster.Task{Log: log})
		if got.State != test.state || got.Exit != test.exit || (got.Reason != "") != (test.state == cluster.Failed) {
			t.Errorf("%.40q… gives %+v", test.text, got)
		}
	}
	if got := Ended(cluster.Task{Log: log + "x"}); got.State != cluster.Failed {
		t.Errorf("no log gives %+v", got)
	}
}

func TestLastLines(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	for text, want := range map[string]string{
		"":                                     "",
		"1\n2\n3\n\n" + said + "1\n":           "2|3",
		"1\n2":                                 "1|2",
		strings.Repeat("x", 5000) + "\nlast\n": strings.Repeat("x", 4096-6) + "|last",
		"died\n\n" + said + "137\nslurmstepd: x\n": "died|slurmstepd: x",
	} {
		write(t, log, text)
		if got := strings.Join(LastLines(log, 2), "|"); got != want {
			t.Errorf("%.40q ends with %.40q, want %.40q", text, got, want)
		}
	}
}

// TestHere: a process knows which task it is a part of.
func TestHere(t *testing.T) {
	for _, name := range []string{"SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID", "SLURM_JOB_ID"} {
		t.Setenv(name, "")
	}
	if got := Here(); got != "" {
		t.Errorf("outside of Slurm: %q", got)
	}
	t.Setenv("SLURM_JOB_ID", "15")
	if got := Here(); got != "15" {
		t.Errorf("a job: %q", got)
	}
	t.Setenv("SLURM_ARRAY_JOB_ID", "12")
	t.Setenv("SLURM_ARRAY_TASK_ID", "3")
	if got := Here(); got != "12_3" {
		t.Errorf("a task of an array: %q", got)
	}
}
