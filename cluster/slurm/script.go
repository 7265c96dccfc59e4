package slurm

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ranksweep/cluster"
)

// Script returns the batch script of the job.
//
// Slurm sends USR1 to the script before the time limit, and TERM when somebody cancels the job. Both
// are handed on as TERM, upon which the command writes checkpoints and ends with status 75. After
// USR1 the task then puts itself back into the queue. Each signal interrupts a wait, and a wait for
// a process that has ended gives its status again.
func (j Job) Script() string {
	var b strings.Builder
	b.WriteString("#!/bin/bash\n")
	for _, option := range j.options() {
		fmt.Fprintf(&b, "#SBATCH --%s\n", option)
	}
	if len(j.Shards) == 0 {
		var all []string
		for _, c := range append([][]string{j.Run}, j.Then...) {
			all = append(all, command(c))
		}
		fmt.Fprintf(&b, "%s\nstatus=$?\n%sexit $status\n", strings.Join(all, " &&\n"), tellStatus)
		return b.String()
	}
	fmt.Fprintf(&b, "export GOMAXPROCS=%d\n", j.CPUs) // many clusters do not keep a task to its CPUs
	b.WriteString("again=scontrol\n" +
		"trap 'kill -TERM $! 2>/dev/null' USR1\n" +
		"trap 'again=:; kill -TERM $! 2>/dev/null' TERM\n")
	fmt.Fprintf(&b, "%s --shard $((SLURM_ARRAY_TASK_ID + 1))/%d &\n", command(j.Run), j.Of)
	b.WriteString("for _ in 1 2 3; do wait $!; status=$?; done\n")
	if j.Lenient {
		fmt.Fprintf(&b, "[ $status != %d ] || status=0 # the next array goes on\n", cluster.EarlyStatus)
	}
	b.WriteString(tellStatus)
	fmt.Fprintf(&b, "if [ $status = %d ]; then\n"+
		"\tfor _ in 1 2 3 4 5; do\n"+
		"\t\t$again requeue \"${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID\" && break\n"+
		"\t\tsleep 10\n"+
		"\tdone\n"+
		"fi\n"+
		"exit $status\n", cluster.AgainStatus)
	return b.String()
}

// options are those of sbatch.
func (j Job) options() []string {
	id, all := "%j", []string{"job-name=" + quoted(j.Name), "comment=" + quoted(j.comment())}
	if len(j.Shards) > 0 {
		id = "%A_%a"
		all = append(all, "array="+indices(j.Shards, j.Limit), "requeue",
			fmt.Sprintf("signal=B:USR1@%d", int(j.Notice().Seconds())))
	}
	all = append(all, "time="+limit(j.Time), "open-mode=append",
		"output="+quoted(filepath.Join(strings.ReplaceAll(j.Logs, "%", "%%"), logName(j.Phase, j.Of, id))),
		"chdir="+quoted(j.Chdir),
		fmt.Sprintf("cpus-per-task=%d", j.CPUs))
	if j.Partition != "" {
		all = append(all, "partition="+quoted(j.Partition))
	}
	if j.GPUs > 0 {
		all = append(all, fmt.Sprintf("gpus=%d", j.GPUs))
	}
	if after := j.dependency(); after != "" {
		all = append(all, "dependency="+after, "kill-on-invalid-dep=yes")
	}
	for _, o := range j.Options {
		all = append(all, bare(o))
	}
	return all
}

func (j Job) dependency() string {
	var all []string
	for kind, ids := range map[string][]string{"afterany": j.After, "afternotok": j.Failed} {
		if len(ids) > 0 {
			all = append(all, kind+":"+strings.Join(ids, ":"))
		}
	}
	slices.Sort(all)
	return strings.Join(all, ",")
}

// limit writes a time limit in whole minutes.
func limit(d time.Duration) string {
	return fmt.Sprint(int((d + time.Minute - 1) / time.Minute))
}

// indices writes the shards of an array, from 0, with runs of them as ranges: 0-3,7%50.
func indices(shards []int, most int) string {
	var parts []string
	for i := 0; i < len(shards); {
		last := i
		for last+1 < len(shards) && shards[last+1] == shards[last]+1 {
			last++
		}
		part := fmt.Sprint(shards[i] - 1)
		if last > i {
			part += fmt.Sprintf("-%d", shards[last]-1)
		}
		parts, i = append(parts, part), last+1
	}
	text := strings.Join(parts, ",")
	if most > 0 {
		text += fmt.Sprintf("%%%d", most)
	}
	return text
}

// quoted writes a value as sbatch reads it.
func quoted(value string) string {
	if plain(value) {
		return value
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
}

// command writes a command for a shell.
func command(words []string) string {
	var all []string
	for _, w := range words {
		if !plain(w) {
			w = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
		all = append(all, w)
	}
	return strings.Join(all, " ")
}

// harmless are the characters that mean themselves to a shell and to sbatch.
const harmless = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._:@%+,=-"

func plain(word string) bool { return word != "" && strings.Trim(word, harmless) == "" }
