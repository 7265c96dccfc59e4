package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"ranksweep/cluster"
	"ranksweep/cluster/slurm"
	"ranksweep/experiments"
	"ranksweep/paper/number"
)

// tasksOf returns the tasks that Slurm remembers of the jobs of a store.
func tasksOf(ctx context.Context, dir string) ([]cluster.Task, error) {
	e, err := experiments.Load(filepath.Join(dir, experimentFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, noStore(dir, "submit")
	}
	if err != nil {
		return nil, err
	}
	name, err := slurm.Name(e.Name, dir)
	if err != nil {
		return nil, err
	}
	return slurm.Tasks(ctx, name, filepath.Join(dir, clusterFolder))
}

// submitted reports whether a store was handed to Slurm, whose tasks read the experiment there.
func submitted(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, clusterFolder, experimentFile))
	return err == nil
}

// submittedTasks returns the tasks of a store that was submitted, without those that others came
// after, and the last lines of what failed ones said.
func submittedTasks(ctx context.Context, dir string) ([]cluster.Task, error) {
	if w, err := rayWorkOf(dir); err != nil {
		return nil, err
	} else if w != nil {
		return w.Tasks, nil
	}
	if !submitted(dir) {
		return nil, nil
	}
	logs := slurm.Logs(filepath.Join(dir, clusterFolder)) // first: Slurm knows those that are still to end
	tasks, err := tasksOf(ctx, dir)
	if err != nil {
		return nil, err
	}
	tasks = latest(append(tasks, forgotten(logs, tasks)...))
	for i, t := range tasks {
		if t.State != cluster.Failed {
			continue
		}
		if ended := slurm.Ended(t); ended.State == cluster.Done { // slurmctld was down, and did not hear of it
			tasks[i] = ended
		} else {
			tasks[i].Last = slurm.LastLines(t.Log, 5)
		}
	}
	return tasks, nil
}

// forgotten returns the failed tasks that the cluster knows no more. If a later array of their phase
// divides the work otherwise, they are of no interest.
func forgotten(logs, known []cluster.Task) (failed []cluster.Task) {
	last, id := make(map[string]cluster.Task), make(map[string]bool) // by phase, the task of the last array
	for _, t := range append(slices.Clone(logs), known...) {
		if arrayNumber(t) >= arrayNumber(last[t.Phase]) {
			last[t.Phase] = t
		}
	}
	for _, t := range known {
		id[t.ID] = true
	}
	for _, t := range latest(logs) {
		if id[t.ID] || t.Of != last[t.Phase].Of {
			continue
		}
		if t = slurm.Ended(t); t.State == cluster.Failed {
			failed = append(failed, t)
		}
	}
	return failed
}

// latest returns the last task of each shard, in order of phase and shard.
func latest(tasks []cluster.Task) (all []cluster.Task) {
	tasks = slices.Clone(tasks)
	slices.SortStableFunc(tasks, func(a, b cluster.Task) int {
		return cmp.Or(cmp.Compare(slices.Index(phaseOrder, a.Phase), slices.Index(phaseOrder, b.Phase)),
			cmp.Compare(a.Of, b.Of), cmp.Compare(a.Shard, b.Shard), cmp.Compare(arrayNumber(a), arrayNumber(b)))
	})
	for i, t := range tasks {
		if i+1 < len(tasks) && part(t) == part(tasks[i+1]) {
			continue
		}
		all = append(all, t)
	}
	return all
}

func arrayNumber(t cluster.Task) int {
	n, _ := strconv.Atoi(t.Array)
	return n
}

// part names a task by what it does, as in tuning 3/64.
func part(t cluster.Task) string {
	if t.Of == 0 {
		return t.Phase
	}
	return fmt.Sprintf("%s %d/%d", t.Phase, t.Shard, t.Of)
}

// group is what tasks that wait have in common.
type group struct {
	state         cluster.State
	phase, reason string
}

// writeTasks shows the tasks of a store: how many there are of each state, where they run, how far their
// runs are, why some failed, and why others wait. It returns the runs that none of the tasks trains.
func writeTasks(w io.Writer, tasks []cluster.Task, runs []runningRun) (others []runningRun) {
	if len(tasks) == 0 {
		return runs
	}
	fmt.Fprintf(w, "tasks     %s\n", tally(tasks))
	var waiting []group
	for _, t := range tasks {
		switch t.State {
		case cluster.Queued, cluster.Requeued, cluster.Held:
			waiting = append(waiting, group{t.State, t.Phase, cmp.Or(t.Reason, "waits for its turn")})
		case cluster.Running:
			fmt.Fprintf(w, "running   %s on %s since %s%s, task %s\n", part(t), t.Node,
				t.Since.Format("2006-01-02 15:04:05"), again(t), t.ID)
			var own []runningRun
			own, runs = ofTask(t.ID, runs)
			for _, r := range own {
				fmt.Fprintf(w, "            %s: %s\n", r.Place, r.progress())
			}
		case cluster.Failed:
			fmt.Fprintf(w, "failed    %s: %s%s, task %s; %s ends with\n", part(t), t.Reason, exitOf(t), t.ID, t.Log)
			for _, line := range t.Last {
				fmt.Fprintf(w, "            %s\n", line)
			}
		}
	}
	for i, n := 0, 0; i < len(waiting); i += n {
		for n = 1; i+n < len(waiting) && waiting[i+n] == waiting[i]; n++ {
		}
		g := waiting[i]
		fmt.Fprintf(w, "%-9s %s of %s: %s\n", g.state, number.Count(n, "task"), g.phase, g.reason)
	}
	return runs
}

// tally counts tasks by their states.
func tally(tasks []cluster.Task) string {
	count := make(map[cluster.State]int)
	for _, t := range tasks {
		count[t.State]++
	}
	var all []string
	for _, state := range cluster.States {
		if n := count[state]; n > 0 {
			all = append(all, fmt.Sprintf("%d %s", n, state))
		}
	}
	return strings.Join(all, ", ")
}

// exitOf says the exit status of a task that failed, if it is known.
func exitOf(t cluster.Task) string {
	if t.Exit == 0 {
		return ""
	}
	return fmt.Sprintf(", exit status %d", t.Exit)
}

// again says how often a task began anew.
func again(t cluster.Task) string {
	if t.Restarts == 0 {
		return ""
	}
	return fmt.Sprintf(", requeued %s", number.Count(t.Restarts, "time"))
}
