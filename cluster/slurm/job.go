package slurm

import (
	"context"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Settings are what a job asks the cluster for.
type Settings struct {
	Partition string        // empty: the cluster's default
	Time      time.Duration // limit of a task, which Slurm rounds up to minutes
	CPUs      int
	GPUs      int      // 0: none is asked for
	Limit     int      // largest number of tasks of an array at once; 0: as the cluster likes
	Options   []string // more options of sbatch, as account=physics
}

// own are the options of sbatch that a job sets itself.
var own = []string{"array", "chdir", "comment", "dependency", "job-name", "kill-on-invalid-dep", "no-requeue",
	"open-mode", "output", "parsable", "requeue", "signal", "wait", "wrap"}

// CheckOptions returns an error about an option of sbatch that cannot be set.
func CheckOptions(options []string) error {
	for _, o := range options {
		name, _, _ := strings.Cut(bare(o), "=")
		if name == "" || strings.ContainsAny(o, "\n\r") || strings.HasPrefix(o, "-") && !strings.HasPrefix(o, "--") {
			return fmt.Errorf("slurm: option %q: must be one long option of sbatch, as in account=physics", o)
		}
		if slices.Contains(own, name) {
			return fmt.Errorf("slurm: option %q: sweep sets %s itself: remove it", o, name)
		}
	}
	return nil
}

// bare returns an option without dashes before it.
func bare(option string) string { return strings.TrimPrefix(option, "--") }

// Notice is how long before its time limit a task is told to end. Slurm may tell it a minute earlier.
func (s Settings) Notice() time.Duration { return min(2*time.Minute, s.Time/4) }

// Usable is how long a task may work before it is told to end.
func (s Settings) Usable() time.Duration { return max(s.Time/2, s.Time-s.Notice()-time.Minute) }

// Job is a job of Slurm: an array with a task for each of some shards, or one that writes the final
// tables.
type Job struct {
	Settings
	Name    string // of all jobs of one store
	Phase   string // which part of the work it is
	Shards  []int  // numbers from 1; none: no array
	Of      int    // number of shards
	Chdir   string
	Logs    string     // folder
	Run     []string   // the command; of an array, without its shard
	Then    [][]string // more commands, as long as each succeeds
	Lenient bool       // a shard that needs others ends well: the next array goes on
	After   []string   // IDs of arrays that must have ended
	Failed  []string   // IDs of arrays of which a task must have failed
}

// Name returns the name of all jobs of an experiment's store: stores in other folders have others.
func Name(experiment, dir string) (string, error) {
	whole, err := filepath.Abs(dir)
	if real, unreal := filepath.EvalSymlinks(whole); unreal == nil {
		whole = real
	}
	letter := func(r rune) rune {
		if strings.ContainsRune("/:@%+,=", r) || !strings.ContainsRune(harmless, r) {
			return '-'
		}
		return r
	}
	return fmt.Sprintf("sweep-%s-%.4x", strings.Map(letter, experiment), sha256.Sum256([]byte(whole))), err
}

// Submit hands a job to Slurm, and returns its ID.
func (j Job) Submit(ctx context.Context) (string, error) {
	out, err := tell(ctx, j.Script(), "sbatch", "--parsable")
	if err != nil {
		return "", err
	}
	id, _, _ := strings.Cut(strings.TrimSpace(out), ";") // after it comes the name of a federated cluster
	if _, err := strconv.Atoi(id); err != nil {
		return "", fmt.Errorf("slurm: sbatch printed %q in place of a job's ID", out)
	}
	return id, nil
}

// comment is what a job remembers for [Tasks].
func (j Job) comment() string {
	if j.Of == 0 {
		return j.Phase
	}
	return fmt.Sprintf("%s:%d", j.Phase, j.Of)
}
