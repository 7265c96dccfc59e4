package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"ranksweep/cluster/ray"
	"ranksweep/data"
	"ranksweep/paper/number"
	"ranksweep/results"
	"ranksweep/sweep"
	"ranksweep/train/local"
	"ranksweep/wholefile"
)

// slurmAlone are the flags of sweep submit that say nothing to Ray.
var slurmAlone = []string{"across-limits", "adapters", "array-limit", "checkpoint-every", "partition", "sbatch-option",
	"tasks", "time", "time-per-run", "workers"}

// checkRay finds flags that do not go with --ray.
func (f submitFlags) checkRay(cmd *cobra.Command) error {
	if f.ray == "" {
		return nil
	}
	if wrong := given(cmd, slurmAlone...); len(wrong) > 0 {
		return fmt.Errorf("%s: does not go with --ray, where each run is a task by itself: leave it out", wrong[0])
	}
	if devices := given(cmd, "devices"); len(devices) > 1 {
		return fmt.Errorf("%s: a task of Ray trains one run: name one device", devices[1])
	}
	return nil
}

// toRay has a cluster of Ray train what a plan lacks, and shows it as sweep run does.
func (s *submission) toRay(p *sweep.Plan) error {
	settings, temp, err := s.raySettings()
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	if s.dry {
		return s.rayPlan(settings, p)
	}
	cluster, err := ray.Connect(s.cmd.Context(), settings)
	if err != nil {
		return err
	}
	defer cluster.Close()
	s.tellCluster(cluster, append(slices.Clone(p.Jobs), p.Follow...))
	lease, err := s.alone()
	if err != nil {
		return err
	}
	defer lease.Release()
	defer s.showRay(cluster)()
	scheduler := newScheduler(s.trainers, s.dir, 0)
	scheduler.Elsewhere = func(ctx context.Context, p *sweep.Plan, store *results.Store, o sweep.Observer) error {
		phase := reportedPhase
		if p.Tunes() {
			phase = tuningPhase
		}
		return cluster.Run(ctx, phase, p, store, o)
	}
	if err := fillBy(s.cmd, scheduler, p, s.dir, "", sweep.Shard{}); err != nil {
		return err
	}
	return conclude(s.cmd, s.dir)
}

// raySettings says what the cluster gets, and makes a folder for files that are made for it.
func (s *submission) raySettings() (settings ray.Settings, temp string, err error) {
	program, err := os.Executable()
	if err == nil {
		temp, err = wholefile.TempFolder("ranksweep-data")
	}
	here := s.trainers[0].(*local.Trainer)
	settings = ray.Settings{
		Address: s.ray, Python: s.cmd.Flag("python").Value.String(), Program: program,
		CPUs: s.settings.CPUs, GPUs: s.settings.GPUs, Memory: func(j sweep.Job) int64 { return memoryOf(here, j) },
		Args: given(s.cmd, "devices", "silence", "storage", "trainer"), Env: make(map[string]string),
		Varies: promisesNothing, Model: here.Path,
		Data: func(source string) (string, error) { return dataFile(temp, source) },
	}
	if kernel, forced := os.LookupEnv("RANKSWEEP_KERNEL"); forced {
		settings.Env["RANKSWEEP_KERNEL"] = kernel
	}
	return settings, temp, err
}

// memoryOf is about the memory that a run takes with its model, which is kept in float32, in both orders, or
// as its file has it.
func memoryOf(l *local.Trainer, j sweep.Job) int64 {
	model, err := l.Model(j.Config.Model)
	if err != nil {
		return 0 // another trainer has it
	}
	each, bytes := int64(8), j.Material.Bytes
	if l.Stored {
		each = 2
	}
	for _, t := range model.Model.Tensors() {
		n := each
		for _, size := range t.Shape {
			n *= int64(size)
		}
		bytes += n
	}
	return bytes
}

// dataFile returns the file of data. What a recipe makes of this machine's Go tree is written into a folder.
func dataFile(folder, source string) (string, error) {
	if !slices.Contains(data.Recipes(), source) {
		return source, nil
	}
	corpus, err := data.Load(source)
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, source+".jsonl")
	if err := wholefile.Write(path, corpus.WriteJSONL); err != nil {
		return "", err
	}
	again, err := data.Load(path)
	if err == nil && again.Hash != corpus.Hash {
		err = fmt.Errorf("%s: cannot be written as a file: use a .jsonl or .txt file", source)
	}
	return path, err
}

// tellCluster says what the cluster has.
func (s *submission) tellCluster(c *ray.Cluster, jobs []sweep.Job) {
	var cpus, gpus float64
	for _, n := range c.Nodes {
		cpus, gpus = cpus+n.CPUs, gpus+n.GPUs
	}
	fmt.Fprintf(s.cmd.ErrOrStderr(), "%s at %s: %s, with %s CPUs and %s GPUs together\n", c.Versions, s.ray,
		number.Count(len(c.Nodes), "node"), number.Brief(cpus), number.Brief(gpus))
	if lacks := c.Lacks(jobs); lacks != "" {
		fmt.Fprintf(s.cmd.ErrOrStderr(), "sweep: %s: runs wait for a node that has them; Ctrl-C ends it\n", lacks)
	}
}

// rayPlan prints what would be submitted.
func (s *submission) rayPlan(settings ray.Settings, p *sweep.Plan) error {
	p, jobs, missing, err := s.current(p)
	if err != nil {
		return err
	}
	items, err := settings.Items(s.cmd.Context(), jobs)
	if err != nil {
		return err
	}
	var memory int64
	for _, j := range jobs {
		memory = max(memory, settings.Memory(j))
	}
	if err := s.say("%s of %d; each a task with %s, %d GPUs and at most %d MB of memory", number.Count(len(missing),
		"run"), len(jobs), number.Count(settings.CPUs, "CPU"), settings.GPUs, memory/1e6); err != nil {
		return err
	}
	if n := len(p.Follow); n > 0 {
		s.say("they tune; %s follow", number.Count(n, "run"))
	}
	for _, name := range slices.Sorted(maps.Keys(items)) {
		i := items[name]
		s.say("sends %s: %s, %.1f MB", name, number.Count(len(i.Files), "file"), float64(i.Size())/1e6)
	}
	return nil
}
