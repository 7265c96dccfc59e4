package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"ranksweep/cluster"
	"ranksweep/cluster/slurm"
)

// needSlurm skips a test where no Slurm is that may be stopped and started: .ci/slurm starts one.
func needSlurm(t *testing.T) {
	t.Helper()
	if os.Getenv("SLURM_CONF") == "" {
		t.Skip("no Slurm: .ci/slurm go test ./cmd/sweep -run 'Slurm|Clusters' starts one")
	}
}

// tool runs a command in a folder, which must succeed, and returns what it prints.
func tool(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	c := exec.Command(name, args...)
	var out, said bytes.Buffer
	c.Dir, c.Stdout, c.Stderr = dir, &out, &said
	if err := c.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, &out, &said)
	}
	return out.String()
}

// slurmStatus returns what sweep status says of a store, and its exit status.
func slurmStatus(t *testing.T, dir, store string) (s status, code int) {
	t.Helper()
	c := exec.Command("sweep", "status", store, "--json")
	var out, said bytes.Buffer
	c.Dir, c.Stdout, c.Stderr = dir, &out, &said
	c.Run()
	if err := json.Unmarshal(out.Bytes(), &s); err != nil || s.TasksErr != "" {
		t.Fatalf("%v\n%s%s", err, &out, &said)
	}
	return s, c.ProcessState.ExitCode()
}

// in counts tasks that are in one of some states.
func in(tasks []cluster.Task, states ...cluster.State) (n int) {
	for _, t := range tasks {
		if slices.Contains(states, t.State) {
			n++
		}
	}
	return n
}

var liveStates = []cluster.State{cluster.Queued, cluster.Requeued, cluster.Running}

// reach waits until what sweep status says of a store fulfils a condition.
func reach(t *testing.T, dir, store string, what string, is func(status) bool) status {
	t.Helper()
	for end := time.Now().Add(10 * time.Minute); time.Now().Before(end); time.Sleep(300 * time.Millisecond) {
		if s, _ := slurmStatus(t, dir, store); is(s) {
			return s
		}
	}
	s, _ := slurmStatus(t, dir, store)
	t.Fatalf("%s does not come about: %+v", what, s)
	return s
}

// idsIn returns the IDs of tasks in a state.
func idsIn(tasks []cluster.Task, state cluster.State) (ids []string) {
	for _, t := range tasks {
		if t.State == state {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// TestSubmitWithoutSlurm: where Slurm's programs are missing, or one of them, it is said which.
func TestSubmitWithoutSlurm(t *testing.T) {
	t.Parallel()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell")
	}
	program, err := exec.LookPath("sweep")
	check(t, err)
	dir, tools := workplace(t), t.TempDir()
	for _, missing := range []string{"scontrol", "sinfo", "squeue", "sbatch"} {
		c := exec.Command(program, "submit", "killed.yaml", "--slurm")
		c.Dir, c.Env = dir, append(os.Environ(), "PATH="+tools)
		out, _ := c.CombinedOutput()
		code := c.ProcessState.ExitCode()
		if code != 1 || !strings.Contains(string(out), "sweep: slurm: "+missing+" is not on PATH: ") {
			t.Errorf("without %s: exit status %d, %s", missing, code, out)
		}
		script := "#!" + sh + "\necho MaxArraySize = 10\n"
		if missing != "scontrol" {
			script = "#!" + sh + "\n"
		}
		check(t, os.WriteFile(filepath.Join(tools, missing), []byte(script), 0o777))
	}
}

// TestSlurmTwoHundredTasks: of an array of 200 tasks some are canceled and some requeued, the node is
// drained and resumed, and slurmctld is killed and started again. In between the same command is
// given twice at once. In the end the store has every run once, with the bytes of a sweep that nobody
// disturbed. All exit statuses are true: whenever a task is done, its run is there, and Slurm and the output
// of the task say the same.
func TestSlurmTwoHundredTasks(t *testing.T) {
	needSlurm(t)
	dir := workplace(t)
	text := strings.Replace(killed, "seed: [0, 1, 2]", "seed: "+seeds(25), 1)
	check(t, os.WriteFile(filepath.Join(dir, "killed.yaml"), []byte(text), 0o666))
	want := complete(t, dir, "undisturbed")
	const tasks = 200
	submit := func() *exec.Cmd {
		c := exec.Command("sweep", "submit", "killed.yaml", "--slurm", "--tasks", fmt.Sprint(tasks), "--out", "store")
		c.Dir, c.Stderr = dir, new(bytes.Buffer)
		return c
	}
	first, second := submit(), submit()
	check(t, first.Start())
	check(t, second.Start())
	for _, c := range []*exec.Cmd{first, second} {
		if err := c.Wait(); err != nil {
			t.Fatalf("%v\n%s", err, c.Stderr)
		}
	}
	s, code := slurmStatus(t, dir, "store")
	if n := len(s.Tasks); n != tasks+1 || code != 1 {
		t.Fatalf("two submissions at once make %d tasks, with exit status %d of status", n, code)
	}

	// Each task trains one run: as many must be there as tasks say that they are done.
	reach := func(t *testing.T, dir, store, what string, is func(status) bool) status {
		return reach(t, dir, store, what, func(s status) bool {
			if done := in(shardsOf(s.Tasks), cluster.Done); done > s.Done {
				t.Errorf("%d tasks are done, and %d runs are there", done, s.Done)
			}
			return is(s)
		})
	}
	s = reach(t, dir, "store", "20 runs", func(s status) bool { return s.Done >= 20 })
	queued := idsIn(s.Tasks, cluster.Queued)
	canceled := slices.DeleteFunc(queued, func(id string) bool { return !strings.Contains(id, "_") })[:10]
	tool(t, dir, "scancel", append(canceled, idsIn(s.Tasks, cluster.Running)...)...)
	s = reach(t, dir, "store", "an array without the canceled tasks", func(s status) bool {
		return in(s.Tasks, cluster.Running) > 0 && !slices.ContainsFunc(s.Tasks, func(t cluster.Task) bool {
			return t.State.Live() && slices.Contains(canceled, t.ID)
		})
	})
	for _, id := range append(idsIn(s.Tasks, cluster.Running), idsIn(s.Tasks, cluster.Done)[0]) {
		exec.Command("scontrol", "requeue", id).Run() // it may have ended
	}
	reach(t, dir, "store", "a requeued task", func(s status) bool {
		return slices.ContainsFunc(s.Tasks, func(t cluster.Task) bool { return t.Restarts > 0 })
	})
	node := strings.TrimSpace(tool(t, dir, "sinfo", "-h", "-p", "debug", "-o", "%n"))
	tool(t, dir, "scontrol", "update", "NodeName="+node, "State=DRAIN", "Reason=test")
	reach(t, dir, "store", "an idle node", func(s status) bool { return in(s.Tasks, cluster.Running) == 0 })
	tool(t, dir, "scontrol", "update", "NodeName="+node, "State=RESUME")
	reach(t, dir, "store", "a busy node", func(s status) bool { return in(s.Tasks, cluster.Running) > 0 })
	killController(t, dir)
	settled := func(s status) bool {
		if in(shardsOf(s.Tasks), liveStates...) == 0 {
			return true
		}
		// What slurmctld forgot when it was killed may make it drain the node, and believe that a task runs
		// which has ended: by itself it asks the node only after minutes.
		exec.Command("scontrol", "update", "NodeName="+node, "State=RESUME").Run()
		if in(s.Tasks, cluster.Queued) <= 1 || len(s.Running) == 0 {
			exec.Command("scontrol", "reconfigure").Run()
			time.Sleep(5 * time.Second)
		}
		return false
	}

	s = reach(t, dir, "store", "the end of the array", settled)
	for s.Missing > 0 { // canceled, unless slurmctld forgot that too, or held since it could not be started
		missing := s.Missing
		if err := submit().Run(); err != nil {
			t.Fatal(err)
		}
		if s = reach(t, dir, "store", "the end of the array", settled); s.Missing >= missing {
			t.Fatalf("%d runs are missing, before %d", s.Missing, missing)
		}
	}
	s = reach(t, dir, "store", "the end", func(s status) bool { return in(s.Tasks, liveStates...) == 0 })
	if tables := s.Tasks[len(s.Tasks)-1]; tables.Phase != tablesPhase || tables.State != cluster.Done {
		t.Errorf("the last job is %+v", tables)
	}
	for _, task := range s.Tasks {
		named := task
		named.Log = filepath.Join(dir, task.Log)
		said := slurm.Ended(named)
		ill := task.State == cluster.Done && (task.Exit != 0 || said.State != cluster.Done)
		if ill || task.State == cluster.Failed {
			t.Errorf("Slurm says %+v, and the output %+v", task, said)
		}
	}
	if s, code := slurmStatus(t, dir, "store"); code != 0 || s.Done != tasks || s.Missing != 0 {
		t.Errorf("exit status %d: %+v", code, s)
	}
	got := files(t, filepath.Join(dir, "store"))
	for name := range got {
		if strings.HasPrefix(name, "/"+clusterFolder+"/") {
			delete(got, name)
		}
	}
	compare(t, got, want)
}

// shardsOf returns the tasks that train.
func shardsOf(tasks []cluster.Task) []cluster.Task {
	return slices.DeleteFunc(slices.Clone(tasks), func(t cluster.Task) bool { return t.Of == 0 })
}

// seeds writes so many seeds as a list.
func seeds(n int) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprint(i))
	}
	return "[" + strings.Join(all, ", ") + "]"
}

// killController kills slurmctld without warning, and starts it again. It forgets the last seconds.
func killController(t *testing.T, dir string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(filepath.Dir(os.Getenv("SLURM_CONF")), "slurmctld.pid"))
	check(t, err)
	var pid int
	_, err = fmt.Sscan(string(text), &pid)
	check(t, err)
	check(t, syscall.Kill(pid, syscall.SIGKILL))
	time.Sleep(time.Second)
	tool(t, dir, "slurmctld", "-f", os.Getenv("SLURM_CONF"))
	for exec.Command("scontrol", "ping").Run() != nil {
		time.Sleep(100 * time.Millisecond)
	}
}

// TestSlurmTimeLimit: a task that comes to its time limit in the middle of a run is requeued, and the
// run goes on from its checkpoint. A task that is canceled is not, and its run keeps its checkpoint.
func TestSlurmTimeLimit(t *testing.T) {
	needSlurm(t)
	dir := workplace(t)
	tool(t, dir, "sweep", "submit", "killed.yaml", "--slurm", "--out", "store", "--set", "steps=2000000",
		"--set", "rank=4", "--set", "scaling=lora", "--set", "seed=0", "--time", "1m", "--across-limits")
	s := reach(t, dir, "store", "a task that was requeued and runs", func(s status) bool {
		return slices.ContainsFunc(s.Tasks, func(t cluster.Task) bool {
			log, _ := os.ReadFile(filepath.Join(dir, t.Log))
			return t.Restarts > 0 && bytes.Contains(log, []byte("goes on from its checkpoint at step"))
		})
	})
	if s.Tasks[0].State != cluster.Running || s.Tasks[0].Node == "" || s.Tasks[0].Since.IsZero() {
		t.Errorf("the task is %+v", s.Tasks[0])
	}
	s = reach(t, dir, "store", "a step of the task", func(s status) bool {
		return len(s.Running) == 1 && s.Running[0].Step > 0
	})
	if r := s.Running[0]; r.Task != s.Tasks[0].ID || r.Steps != 2000000 || r.Loss == nil {
		t.Errorf("the run is %+v", r)
	}
	shown := regexp.MustCompile(`(?m)^running   reported 1/1 on .*\n {12}rank=4 .*: step \d+ of 2000000, loss `)
	if text, _, _ := statusOf(t, dir, "store"); !shown.MatchString(text) {
		t.Errorf("status says\n%s", text)
	}
	checkpoint, err := filepath.Glob(filepath.Join(dir, "store/runs/.*.checkpoint"))
	if err != nil || len(checkpoint) != 1 {
		t.Fatalf("checkpoints %q: %v", checkpoint, err)
	}
	before, err := os.Stat(checkpoint[0])
	check(t, err)
	if out := tool(t, dir, "sweep", "cancel", "store"); out != "canceled 2 tasks\n" {
		t.Errorf("cancel says %q", out)
	}
	s = reach(t, dir, "store", "an empty queue", func(s status) bool { return in(s.Tasks, liveStates...) == 0 })
	if in(s.Tasks, cluster.Canceled) != 2 {
		t.Errorf("the tasks are %+v", s.Tasks)
	}
	after, err := os.Stat(checkpoint[0])
	check(t, err)
	if !after.ModTime().After(before.ModTime()) {
		t.Error("a run that is canceled writes no checkpoint")
	}
}

// TestSlurmForgets: when Slurm has forgotten tasks that failed, status says from their output which they are and
// why. The same submission, once more, mends it.
func TestSlurmForgets(t *testing.T) {
	needSlurm(t)
	dir := workplace(t)
	forgetSoon(t)
	node := strings.TrimSpace(tool(t, dir, "sinfo", "-h", "-p", "debug", "-o", "%n"))
	data, hidden := filepath.Join(dir, "sums.jsonl"), filepath.Join(dir, "hidden")
	tool(t, dir, "scontrol", "update", "NodeName="+node, "State=DRAIN", "Reason=test")
	tool(t, dir, "sweep", "submit", "killed.yaml", "--slurm", "--tasks", "3", "--out", "store")
	if _, _, said := statusOf(t, dir, "store"); strings.Contains(said, "again") {
		t.Errorf("while tasks are queued, status says %s", said)
	}
	check(t, os.Rename(data, hidden))
	tool(t, dir, "scontrol", "update", "NodeName="+node, "State=RESUME")
	s := reach(t, dir, "store", "failed tasks that are forgotten", func(s status) bool {
		return in(s.Tasks, cluster.Failed) == 4 && tool(t, dir, "squeue", "-h", "--states=all") == ""
	})
	s, _ = slurmStatus(t, dir, "store")
	if len(s.Tasks) != 4 || s.Tasks[3].Phase != tablesPhase {
		t.Fatalf("the tasks are %+v", s.Tasks)
	}
	for i, task := range s.Tasks[:3] {
		last := strings.Join(task.Last, "\n")
		if part(task) != fmt.Sprintf("reported %d/3", i+1) || task.State != cluster.Failed || task.Exit != 1 ||
			!strings.Contains(last, "sums.jsonl") {
			t.Errorf("task %d is %+v", i, task)
		}
	}
	if _, _, said := statusOf(t, dir, "store"); !strings.Contains(said, "run the same sweep submit again") {
		t.Errorf("status says %s", said)
	}
	check(t, os.Rename(hidden, data))
	tool(t, dir, "sweep", "submit", "killed.yaml", "--slurm", "--tasks", "3", "--out", "store")
	s = reach(t, dir, "store", "the end", func(s status) bool {
		return s.Missing == 0 && in(s.Tasks, liveStates...) == 0
	})
	if in(s.Tasks, cluster.Failed) > 0 {
		t.Errorf("at the end the tasks are %+v", s.Tasks)
	}
}

// TestSlurmKills: a task that is killed without a word is known as such when Slurm has forgotten it.
func TestSlurmKills(t *testing.T) {
	needSlurm(t)
	dir := workplace(t)
	forgetSoon(t)
	tool(t, dir, "sweep", "submit", "killed.yaml", "--slurm", "--out", "store", "--set", "steps=2000000",
		"--set", "rank=4", "--set", "scaling=lora", "--set", "seed=0", "--time", "10m", "--across-limits")
	s := reach(t, dir, "store", "a run", func(s status) bool { return len(s.Running) == 1 })
	parent := tool(t, dir, "ps", "-o", "ppid=", "-p", fmt.Sprint(s.Running[0].Process))
	script, err := strconv.Atoi(strings.TrimSpace(parent))
	check(t, err)
	check(t, syscall.Kill(script, syscall.SIGKILL))
	s = reach(t, dir, "store", "a killed task that is forgotten", func(s status) bool {
		return in(s.Tasks, liveStates...) == 0 && tool(t, dir, "squeue", "-h", "--states=all") == ""
	})
	s, _ = slurmStatus(t, dir, "store")
	if len(s.Tasks) == 0 || s.Tasks[0].Of == 0 || !strings.Contains(s.Tasks[0].Reason, "it was killed") {
		t.Errorf("the tasks are %+v", s.Tasks)
	}
}

// forgetSoon has Slurm forget tasks two seconds after their end, until the test ends.
func forgetSoon(t *testing.T) {
	t.Helper()
	file := os.Getenv("SLURM_CONF")
	was, err := os.ReadFile(file)
	check(t, err)
	set := func(text string) {
		check(t, os.WriteFile(file, []byte(text), 0o666))
		tool(t, ".", "scontrol", "reconfigure")
	}
	set(string(was) + "MinJobAge=2\n")
	t.Cleanup(func() { set(string(was)) })
}
