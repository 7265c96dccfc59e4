package slurm

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"ranksweep/cluster"
)

// queueFields are what squeue is asked for, in this order.
var queueFields = []string{"JobArrayID", "ArrayJobID", "ArrayTaskID", "State", "Reason", "NodeList", "StartTime",
	"RestartCnt", "exit_code", "Comment"}

// Tasks returns the tasks of all jobs of a name that Slurm remembers, those that ended not long ago
// too, with their logs in a folder.
func Tasks(ctx context.Context, name, logs string) ([]cluster.Task, error) {
	format := strings.Join(queueFields, ":|,") + ":|"
	text, err := tell(ctx, "", "squeue", "--noheader", "--array", "--states=all", "--name="+name, "--Format="+format)
	if err != nil {
		return nil, err
	}
	return parseQueue(text, logs)
}

// parseQueue reads what squeue prints: a line a task, with a bar after each field.
func parseQueue(text, logs string) (tasks []cluster.Task, err error) {
	for _, line := range lines(text) {
		fields := strings.Split(line, "|")
		if len(fields) != len(queueFields)+1 {
			return nil, fmt.Errorf("slurm: squeue printed %q: must have %d fields", line, len(queueFields))
		}
		t := cluster.Task{ID: fields[0], Array: fields[1], Reason: fields[4], Node: fields[5]}
		t.Restarts, _ = strconv.Atoi(fields[7])
		if t.State = stateOf(fields[3], t.Restarts); strings.Contains(t.Reason, "requeued held") {
			t.State = cluster.Held
		}
		t.Since, _ = time.ParseInLocation("2006-01-02T15:04:05", fields[6], time.Local) // N/A is no time
		status, _ := strconv.Atoi(fields[8])
		t.Exit = status >> 8 // as wait(2) has it
		if t.Exit == 0 && status != 0 {
			t.Exit = 128 + status&0x7f // the signal that ended it
		}
		if t.State == cluster.Failed && t.Exit == cluster.EarlyStatus {
			t.State = cluster.Early
		}
		if t.State == cluster.Failed || t.State == cluster.Canceled {
			t.Reason = ended(fields[3], t.Reason)
		}
		if t.Reason == "None" {
			t.Reason = ""
		}
		t.Phase, t.Of = fields[9], 0
		if phase, of, ok := strings.Cut(fields[9], ":"); ok {
			t.Phase = phase
			t.Of, _ = strconv.Atoi(of)
			index, _ := strconv.Atoi(fields[2])
			t.Shard = index + 1
		}
		t.Log = filepath.Join(logs, logName(t.Phase, t.Of, t.ID))
		tasks = append(tasks, t)
	}
	return tasks, nil
}

// ended says why a task did not end well: by its state, which may say it already, and its reason.
func ended(state, reason string) string {
	if reason == "" || reason == "None" {
		return state
	}
	return state + ", " + reason
}

// stateOf translates a state of Slurm. One that it does not know is of a task that is on its way.
func stateOf(state string, restarts int) cluster.State {
	switch state {
	case "COMPLETED":
		return cluster.Done
	case "CANCELLED", "REVOKED":
		return cluster.Canceled
	case "BOOT_FAIL", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "TIMEOUT":
		return cluster.Failed
	case "RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING", "RESIZING", "STAGE_OUT":
		return cluster.Running
	case "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT":
		return cluster.Requeued
	}
	if restarts > 0 {
		return cluster.Requeued
	}
	return cluster.Queued
}

// Here returns the ID of the task that this process is a part of, as [Tasks] has it; empty outside of Slurm.
func Here() string {
	if array := os.Getenv("SLURM_ARRAY_JOB_ID"); array != "" {
		return array + "_" + os.Getenv("SLURM_ARRAY_TASK_ID")
	}
	return os.Getenv("SLURM_JOB_ID")
}

// Cancel cancels arrays, or tasks of them, by their IDs.
func Cancel(ctx context.Context, ids []string) error {
	_, err := tell(ctx, "", "scancel", ids...)
	return err
}
