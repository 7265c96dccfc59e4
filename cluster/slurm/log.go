package slurm

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ranksweep/cluster"
	"ranksweep/userfile"
)

// said is the line with which the output of a task ends, unless the task is killed. Slurm forgets exit
// statuses; the output stays.
const said = "sweep: the task ends with exit status "

// tellStatus is the part of a script that writes it. The file may have a line that was cut off.
const tellStatus = "echo; echo \"" + said + "$status\"\n"

// logName names the file of a task's output: PHASE.OF.ARRAY_TASK.log, or PHASE.JOB.log.
func logName(phase string, of int, id string) string {
	if of > 0 {
		phase = fmt.Sprintf("%s.%d", phase, of)
	}
	return phase + "." + id + ".log"
}

var logNames = regexp.MustCompile(`^([a-z0-9-]+)\.(?:(\d+)\.(\d+)_(\d+)|(\d+))\.log$`)

// Logs returns the tasks of which a folder has the output, without what became of them. Asked before
// [Tasks], it has no task that Slurm does not know yet.
func Logs(folder string) (tasks []cluster.Task) {
	entries, _ := os.ReadDir(folder) // no folder: no tasks
	for _, e := range entries {
		m := logNames.FindStringSubmatch(e.Name())
		if m == nil {
			continue
		}
		t := cluster.Task{Phase: m[1], Array: cmp.Or(m[3], m[5]), Log: filepath.Join(folder, e.Name())}
		if t.ID = t.Array; m[3] != "" {
			t.ID += "_" + m[4]
			t.Of, _ = strconv.Atoi(m[2])
			index, _ := strconv.Atoi(m[4])
			t.Shard = index + 1
		}
		tasks = append(tasks, t)
	}
	return tasks
}

// Ended finds out from its output what became of a task that has ended: Slurm forgets it, or does not hear
// of it while slurmctld is down.
func Ended(t cluster.Task) cluster.Task {
	t.State, t.Reason, t.Exit = cluster.Failed, "it was killed, since its output does not end with an exit status", 0
	status, ok := lastStatus(t.Log)
	if !ok {
		return t
	}
	switch t.Exit, t.Reason = status, ""; status {
	case 0:
		t.State = cluster.Done
	case cluster.AgainStatus: // else it would be queued
		t.State = cluster.Canceled
	case cluster.EarlyStatus:
		t.State = cluster.Early
	default:
		t.Reason = "Slurm has forgotten why"
	}
	return t
}

// lastStatus returns the exit status with which an output ends. After it may stand what Slurm says of the end,
// but nothing of a task that was requeued and then killed.
func lastStatus(log string) (status int, ok bool) {
	for _, line := range slices.Backward(end(log)) {
		if line == "" || strings.HasPrefix(line, "slurmstepd: ") {
			continue
		}
		text, ok := strings.CutPrefix(line, said)
		status, err := strconv.Atoi(text)
		return status, ok && err == nil
	}
	return 0, false
}

// LastLines returns the last lines of what a task said; none if its output cannot be read.
func LastLines(log string, most int) []string {
	lines := slices.DeleteFunc(end(log), func(l string) bool {
		return strings.HasPrefix(l, said) || strings.TrimSpace(l) == ""
	})
	return lines[max(0, len(lines)-most):]
}

// end returns the lines at the end of a file. A line may be long.
func end(path string) []string {
	const enough = 4096 // bytes
	f, err := userfile.Open(path, userfile.Weights)
	if err != nil {
		return nil
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Size() > enough {
		f.Seek(-enough, io.SeekEnd)
	}
	text, _ := io.ReadAll(io.LimitReader(f, enough))
	return strings.Split(strings.TrimRight(string(text), "\n"), "\n")
}
