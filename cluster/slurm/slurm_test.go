package slurm

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"ranksweep/cluster"
)

func job() Job {
	return Job{
		Settings: Settings{Partition: "short", Time: 30 * time.Minute, CPUs: 2, GPUs: 1, Limit: 50,
			Options: []string{"--account=physics"}},
		Name: "sweep-mine-01", Phase: "tuning", Shards: []int{1, 2, 3, 7}, Of: 8,
		Chdir: "/home/me/a b", Logs: "/home/me/100%/cluster", Run: []string{"/bin/sweep", "run", "it's.yaml"},
		Lenient: true, After: []string{"3", "4"}, Failed: []string{"5"},
	}
}

// TestScript holds the whole script to its text.
func TestScript(t *testing.T) {
	const want = `#!/bin/bash
#SBATCH --job-name=sweep-mine-01
#SBATCH --comment=tuning:8
#SBATCH --array=0-2,6%50
#SBATCH --requeue
#SBATCH --signal=B:USR1@120
#SBATCH --time=30
#SBATCH --open-mode=append
#SBATCH --output=/home/me/100%%/cluster/tuning.8.%A_%a.log
#SBATCH --chdir="/home/me/a b"
#SBATCH --cpus-per-task=2
#SBATCH --partition=short
#SBATCH --gpus=1
#SBATCH --dependency=afterany:3:4,afternotok:5
#SBATCH --kill-on-invalid-dep=yes
#SBATCH --account=physics
export GOMAXPROCS=2
again=scontrol
trap 'kill -TERM $! 2>/dev/null' USR1
trap 'again=:; kill -TERM $! 2>/dev/null' TERM
/bin/sweep run 'it'\''s.yaml' --shard $((SLURM_ARRAY_TASK_ID + 1))/8 &
for _ in 1 2 3; do wait $!; status=$?; done
[ $status != 69 ] || status=0 # the next array goes on
echo; echo "sweep: the task ends with exit status $status"
if [ $status = 75 ]; then
	for _ in 1 2 3 4 5; do
		$again requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" && break
		sleep 10
	done
fi
exit $status
`
	if got := job().Script(); got != want {
		t.Errorf("the script is\n%s\nwant\n%s", got, want)
	}
}

func TestTablesScript(t *testing.T) {
	j := Job{Settings: Settings{Time: 90 * time.Second, CPUs: 1}, Name: "n", Phase: "tables", Logs: "/l", Chdir: "/",
		Run: []string{"a", "b"}, Then: [][]string{{"c", "d e"}}}
	const want = `#!/bin/bash
#SBATCH --job-name=n
#SBATCH --comment=tables
#SBATCH --time=2
#SBATCH --open-mode=append
#SBATCH --output=/l/tables.%j.log
#SBATCH --chdir=/
#SBATCH --cpus-per-task=1
a b &&
c 'd e'
status=$?
echo; echo "sweep: the task ends with exit status $status"
exit $status
`
	if got := j.Script(); got != want {
		t.Errorf("the script is\n%s\nwant\n%s", got, want)
	}
}

func TestIndices(t *testing.T) {
	for _, test := range []struct {
		shards []int
		most   int
		want   string
	}{
		{[]int{1}, 0, "0"}, {[]int{1, 2, 3}, 0, "0-2"}, {[]int{1, 3, 4, 9}, 2, "0,2-3,8%2"}, {[]int{5, 7}, 0, "4,6"},
	} {
		if got := indices(test.shards, test.most); got != test.want {
			t.Errorf("%v is %s, want %s", test.shards, got, test.want)
		}
	}
}

func TestTimes(t *testing.T) {
	for _, test := range []struct {
		limit, notice, usable time.Duration
	}{
		{time.Minute, 15 * time.Second, 30 * time.Second},
		{30 * time.Minute, 2 * time.Minute, 27 * time.Minute},
	} {
		s := Settings{Time: test.limit}
		if s.Notice() != test.notice || s.Usable() != test.usable {
			t.Errorf("of %v: notice %v, usable %v", test.limit, s.Notice(), s.Usable())
		}
	}
}

func TestCheckOptions(t *testing.T) {
	if err := CheckOptions([]string{"--account=physics", "gres=gpu:2", "exclusive"}); err != nil {
		t.Error(err)
	}
	for _, option := range []string{"", "--", "-A physics", "array=1-3", "--signal=B:TERM@1", "no-requeue",
		"account=a\nrm", "=x"} {
		if CheckOptions([]string{option}) == nil {
			t.Errorf("%q is taken", option)
		}
	}
}

// TestParseQueue reads lines as Slurm 22.05 writes them.
func TestParseQueue(t *testing.T) {
	const text = `1_2|1|2|PENDING|Resources||2026-11-30T10:53:27|0|0|tuning:64|
1_1|1|1|PENDING|BeginTime||N/A|1|19200|tuning:64|
1_0|1|0|RUNNING|None|node7|2026-11-30T10:53:28|2|0|tuning:64|
1_3|1|3|COMPLETED|None|node7|2026-11-30T10:53:28|0|0|tuning:64|
1_4|1|4|FAILED|NonZeroExitCode|node7|2026-11-30T10:53:28|0|256|tuning:64|
1_5|1|5|OUT_OF_MEMORY|None|node7|2026-11-30T10:53:28|0|9|tuning:64|
1_6|1|6|CANCELLED|None|node7|2026-11-30T10:53:28|0|36608|tuning:64|
1_7|1|7|PENDING|launch failed requeued held||N/A|1|0|tuning:64|
1_8|1|8|FAILED|NonZeroExitCode|node7|2026-11-30T10:53:28|0|17664|tuning:64|
7|7|N/A|PENDING|Dependency||N/A|0|0|tables|
8|8|N/A|A_NEW_STATE|None||N/A|0|0|tables|
`
	got, err := parseQueue(text, "logs")
	if err != nil {
		t.Fatal(err)
	}
	at := func(second int) time.Time { return time.Date(2026, 11, 30, 10, 53, second, 0, time.Local) }
	want := []cluster.Task{
		{ID: "1_2", Array: "1", Shard: 3, State: cluster.Queued, Reason: "Resources", Since: at(27)},
		{ID: "1_1", Array: "1", Shard: 2, State: cluster.Requeued, Reason: "BeginTime", Exit: 75, Restarts: 1},
		{ID: "1_0", Array: "1", Shard: 1, State: cluster.Running, Node: "node7", Since: at(28), Restarts: 2},
		{ID: "1_3", Array: "1", Shard: 4, State: cluster.Done, Node: "node7", Since: at(28)},
		{ID: "1_4", Array: "1", Shard: 5, State: cluster.Failed, Reason: "FAILED, NonZeroExitCode", Exit: 1,
			Node: "node7", Since: at(28)},
		{ID: "1_5", Array: "1", Shard: 6, State: cluster.Failed, Reason: "OUT_OF_MEMORY", Exit: 137, Node: "node7",
			Since: at(28)},
		{ID: "1_6", Array: "1", Shard: 7, State: cluster.Canceled, Reason: "CANCELLED", Exit: 143, Node: "node7",
			Since: at(28)},
		{ID: "1_7", Array: "1", Shard: 8, State: cluster.Held, Reason: "launch failed requeued held", Restarts: 1},
		{ID: "1_8", Array: "1", Shard: 9, State: cluster.Early, Reason: "NonZeroExitCode", Exit: 69, Node: "node7",
			Since: at(28)},
		{ID: "7", Array: "7", State: cluster.Queued, Reason: "Dependency"},
		{ID: "8", Array: "8", State: cluster.Queued},
	}
	if len(got) != len(want) {
		t.Fatalf("%d tasks, want %d", len(got), len(want))
	}
	for i, w := range want {
		w.Phase, w.Log = "tables", "logs/tables."+w.ID+".log"
		if w.Shard > 0 {
			w.Phase, w.Of, w.Log = "tuning", 64, "logs/tuning.64."+w.ID+".log"
		}
		if !same(got[i], w) {
			t.Errorf("task %d is\n%+v, want\n%+v", i, got[i], w)
		}
	}
	if _, err := parseQueue("1_2|1|2|PENDING\n", ""); err == nil {
		t.Error("a line of four fields is read")
	}
}

func same(a, b cluster.Task) bool {
	at := a.Since.Equal(b.Since)
	a.Since, b.Since = time.Time{}, time.Time{}
	return at && reflect.DeepEqual(a, b)
}

func TestNames(t *testing.T) {
	a, errA := Name("my experiment, 2", "/store")
	b, errB := Name("my experiment, 2", "/other")
	if err := errors.Join(errA, errB); err != nil || a == b || !strings.HasPrefix(a, "sweep-my-experiment--2-") {
		t.Errorf("names %q and %q: %v", a, b, err)
	}
}

func TestWithoutSlurm(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := MaxArray(context.Background())
	if !errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), "scontrol") {
		t.Error(err)
	}
}

// TestDuration reads time limits as sinfo prints them.
func TestDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"1:00:00": time.Hour, "30:00": 30 * time.Minute, "7-12:00:30": 180*time.Hour + 30*time.Second,
		"1-12:00": 36 * time.Hour, "2-1": 49 * time.Hour,
		"45": 0, "1-2:3:4:5": 0, "infinite": 0, "n/a": 0, "": 0, "x:10": 0, "1:2:3:4": 0, "-1:00": 0,
		"99999999999:00": 0,
	} {
		if got := duration(text); got != want {
			t.Errorf("%q is %v, want %v", text, got, want)
		}
	}
}
