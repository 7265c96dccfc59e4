package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/cluster"
	"ranksweep/cluster/slurm"
	"ranksweep/experiments"
	"ranksweep/paper/number"
	"ranksweep/results"
	"ranksweep/sweep"
	"ranksweep/train"
	"ranksweep/wholefile"
)

// The phases of a submission, in the order in which they run. Between the last two there are as many
// arrays as tuning, or a local grid, may go on beyond an edge; each runs if those before it did not end
// well, since something was still to follow.
const (
	tuningPhase   = "tuning"
	reportedPhase = "reported"
	tablesPhase   = "tables"
)

var phaseOrder = []string{tuningPhase, reportedPhase, "more-1", "more-2", "more-3", "more-4", tablesPhase}

// morePhases are those for what may follow. A local grid always may.
func morePhases(t experiments.Tune) []string {
	all := phaseOrder[2 : len(phaseOrder)-1]
	if t.Local > 0 {
		return all
	}
	return all[:min(t.Extend, len(all))]
}

// submission is one call of sweep submit.
type submission struct {
	submitFlags
	cmd      *cobra.Command
	trainers train.Trainers
	dir      string
	workers  int

	name string         // of all jobs of the store
	most int            // tasks of an array
	live []cluster.Task // tasks that are queued or run
	held []string       // IDs of tasks that Slurm could not start
	new  bool           // whether something was submitted

	speed cluster.Speed // of a run
}

// submit hands to the cluster what a plan lacks and the cluster does not have yet.
func (s *submission) submit(p *sweep.Plan) error {
	if err := s.ask(p); err != nil {
		return err
	}
	if err := s.fits(p); err != nil {
		return err
	}
	if s.dry {
		return s.hand(p)
	}
	lease, err := s.alone()
	if err != nil {
		return err
	}
	defer lease.Release()
	if err := s.queued(); err != nil {
		return err
	}
	if err := s.freeze(p); err != nil {
		return err
	}
	if len(s.held) > 0 { // others would wait for them
		s.say("canceled %s that Slurm could not start and holds", number.Count(len(s.held), "task"))
		if err := slurm.Cancel(s.cmd.Context(), s.held); err != nil {
			return err
		}
	}
	return s.hand(p)
}

// ask asks the cluster what it allows. A dry run does without a cluster.
func (s *submission) ask(p *sweep.Plan) (err error) {
	ctx := s.cmd.Context()
	if s.name, err = slurm.Name(p.Experiment.Name, s.dir); err != nil {
		return err
	}
	s.most, err = slurm.MaxArray(ctx)
	if s.dry && err != nil {
		fmt.Fprintf(s.cmd.ErrOrStderr(), "sweep: %v: taken to allow arrays of %d tasks\n", err, slurm.DefaultArray)
		s.most = slurm.DefaultArray
		return nil
	}
	if err == nil {
		err = slurm.CheckPartition(ctx, s.settings.Partition, s.settings.Time)
	}
	if err == nil && s.tasks > s.most {
		err = fmt.Errorf("--tasks %d: this cluster allows arrays of %d tasks at most (MaxArraySize)", s.tasks, s.most)
	}
	if err == nil {
		err = s.queued()
	}
	return err
}

// queued looks which tasks are queued or run.
func (s *submission) queued() error {
	all, err := slurm.Tasks(s.cmd.Context(), s.name, filepath.Join(s.dir, clusterFolder))
	s.live, s.held = nil, nil
	for _, t := range all {
		if t.State.Live() {
			s.live = append(s.live, t)
		} else if t.State == cluster.Held {
			s.held = append(s.held, t.ID)
		}
	}
	return err
}

// alone waits until no other process submits jobs of this store. The lease is not a run's.
func (s *submission) alone() (*results.Lease, error) {
	for told := false; ; told = true {
		lease, err := results.Open(s.dir).Claim(s.cmd.Context(), "submission")
		if lease != nil || err != nil {
			return lease, err
		}
		if !told {
			fmt.Fprintln(s.cmd.ErrOrStderr(), "waits for another submission of this experiment")
		}
		select {
		case <-time.After(time.Second):
		case <-s.cmd.Context().Done():
			return nil, s.cmd.Context().Err()
		}
	}
}

// freeze writes the experiment files of the store and of its tasks. While tasks are queued these
// cannot change.
func (s *submission) freeze(p *sweep.Plan) error {
	resolved, err := p.Experiment.Resolved()
	if err != nil {
		return err
	}
	if len(s.live) > 0 {
		if err := cmp.Or(s.changed(resolved), s.otherInputs(p)); err != nil {
			return err
		}
	}
	if err := cmp.Or(settle(s.cmd, p, s.dir), os.MkdirAll(filepath.Dir(s.frozen()), 0o777)); err != nil {
		return err
	}
	return wholefile.WriteBytes(s.frozen(), resolved)
}

// hand hands to the cluster the phase of which runs are missing, those that follow, and the tables.
func (s *submission) hand(p *sweep.Plan) error {
	p, jobs, missing, err := s.current(p)
	if err != nil {
		return err
	}
	if len(missing) == 0 {
		return s.say("nothing is missing in %s: sweep table %s prints its tables", s.dir, s.dir)
	}
	if !s.dry {
		if err := writeGrid(p, s.dir); err != nil {
			return err
		}
	}
	phase := reportedPhase
	if p.Tunes() {
		phase = tuningPhase
	}
	if err := s.phase(phase, jobs, missing); err != nil {
		return err
	}
	if p.Tunes() {
		if err := s.phase(reportedPhase, p.Follow, nil); err != nil {
			return err
		}
	}
	for _, more := range morePhases(p.Experiment.Tune) {
		if err := s.phase(more, append(slices.Clone(jobs), p.Follow...), nil); err != nil {
			return err
		}
	}
	return s.tables()
}

// current returns the phase of which runs are missing, the jobs that it adds, and those of them that
// are missing; none if nothing is missing.
func (s *submission) current(p *sweep.Plan) (_ *sweep.Plan, jobs []sweep.Job, missing map[string]bool, err error) {
	store := results.Open(s.dir)
	for before := (*sweep.Plan)(nil); ; {
		jobs = p.Part(sweep.Shard{Number: 1, Of: 1}, before).Jobs
		if missing, err = missingOf(store, jobs); err != nil {
			return nil, nil, nil, err
		}
		if len(missing) > 0 || p.Final() {
			return p, jobs, missing, nil
		}
		runs, err := phaseRuns(store, p, s.dir)
		if err != nil {
			return nil, nil, nil, err
		}
		next, err := p.Next(s.cmd.Context(), runs, s.trainers)
		if next == nil || err != nil {
			return p, jobs, nil, err
		}
		before, p = p, next
	}
}

// missingOf returns the jobs that have no record that stays.
func missingOf(store *results.Store, jobs []sweep.Job) (map[string]bool, error) {
	var ids []string
	for _, j := range jobs {
		ids = append(ids, j.ID)
	}
	settled, err := store.AllSettled(ids)
	missing := make(map[string]bool)
	for _, id := range ids {
		if !settled[id] {
			missing[id] = true
		}
	}
	return missing, err
}

// speedOf returns the speed of jobs, by the best that is known of it.
func (s *submission) speedOf(jobs []sweep.Job) (cluster.Speed, error) {
	if s.timePerRun > 0 {
		return cluster.SpeedFor(jobs, s.timePerRun), nil
	}
	if speed, ok := cluster.SpeedOf(sample(results.Open(s.dir))); ok {
		return speed, nil
	}
	for _, j := range jobs {
		if j.Config.Trainer != experiments.LocalTrainer {
			return cluster.Speed{}, fmt.Errorf("how long runs of trainer %s take is not known: --time-per-run 10m "+
				"says it; or sweep run EXPERIMENT --out %s, ended by Ctrl-C after a run, measures it", j.Config.Trainer,
				s.dir)
		}
	}
	speed := productSpeed()
	speed.Known += "; --time-per-run says better"
	return speed, nil
}

// sample returns runs of a store, at most a thousand, at equal distances in the order of their IDs.
func sample(store *results.Store) (runs []results.Run) {
	const most = 1000
	ids, _ := store.IDs()
	var some []string
	for i := range min(most, len(ids)) {
		some = append(some, ids[i*len(ids)/min(most, len(ids))])
	}
	for r, err := range results.Each(some, store.View) {
		if err == nil {
			runs = append(runs, r)
		}
	}
	return runs
}

// productSpeed guesses the speed of a run from that of matrix products here, of which the runs of
// the reports reached a fifth to a half.
func productSpeed() cluster.Speed {
	const n, products, share = 512, 5, 0.25
	m := func() blas32.General { return blas32.General{Rows: n, Cols: n, Stride: n, Data: make([]float32, n*n)} }
	a, b, c := m(), m(), m()
	fastest := time.Hour
	for range products {
		began := time.Now()
		blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, a, b, 0, c)
		fastest = min(fastest, time.Since(began))
	}
	return cluster.Speed{Flops: share * 2 * n * n * n / fastest.Seconds(),
		Known: "a quarter of the speed of matrix products here"}
}

// fits says how long runs take, and returns an error if one takes longer than a task may.
func (s *submission) fits(p *sweep.Plan) (err error) {
	all := append(slices.Clone(p.Jobs), p.Follow...)
	if s.speed, err = s.speedOf(all); err != nil {
		return err
	}
	longest, usable := s.speed.Time(cluster.Dearest(all).Material.Cost), s.settings.Usable()
	if longest > usable && !s.across {
		return fmt.Errorf("--time %s: the dearest run takes about %s, by %s; of a task's time it can use %s: raise "+
			"--time, or give --across-limits, with which a run goes on from its checkpoint in the next task",
			s.settings.Time, spoken(longest), s.speed.Known, spoken(usable))
	}
	return s.say("the dearest run takes about %s, by %s", spoken(longest), s.speed.Known)
}

// phase submits an array for the shards of a phase that have missing runs and are not queued. If
// missing is nil, the runs are not known yet, and all of them are missing. Of a later phase nothing
// is submitted if it is queued already and waits for nothing new.
func (s *submission) phase(phase string, jobs []sweep.Job, missing map[string]bool) error {
	of, queued := s.shards(phase, jobs)
	if missing == nil && len(queued) > 0 && !s.new {
		return s.say("%s: %s queued or running already", phase, number.Count(len(queued), "task"))
	}
	var shards []int
	for i, shard := range sweep.ShardsOf(jobs, of) {
		if missing == nil || missing[jobs[i].ID] && !queued[shard] {
			shards = append(shards, shard)
		}
	}
	slices.Sort(shards)
	if shards = slices.Compact(shards); len(shards) == 0 {
		return s.say("%s: what is missing is queued or running already, in %s", phase,
			number.Count(len(queued), "task"))
	}
	run, err := s.task()
	if err != nil {
		return err
	}
	job := slurm.Job{Phase: phase, Shards: shards, Of: of, Run: run, Lenient: phase == tuningPhase}
	switch before := phaseOrder[:slices.Index(phaseOrder, phase)]; phase {
	case tuningPhase:
	case reportedPhase:
		job.After = s.arrays(before...)
	default:
		job.Failed = s.arrays(before[1:]...)
	}
	longest := cluster.Longest(jobs, of, s.speed, s.workers)
	what := fmt.Sprintf("%s of about %s at most", number.Count(len(shards), "task"), spoken(longest))
	if longest > s.settings.Usable() {
		what += ", more than --time allows: they are requeued until they are done"
	}
	return s.replace(job, what)
}

// shards returns the number of shards of a phase, and those that are queued or run. While some are,
// the number stays.
func (s *submission) shards(phase string, jobs []sweep.Job) (of int, queued map[int]bool) {
	queued = make(map[int]bool)
	for _, t := range s.live {
		if t.Phase == phase {
			of = max(of, t.Of)
		}
	}
	for _, t := range s.live {
		if t.Phase == phase && t.Of == of {
			queued[t.Shard] = true
		}
	}
	if of == 0 {
		of = min(s.tasks, len(jobs))
	}
	if of == 0 {
		of = cluster.Tasks(jobs, s.speed, s.workers, s.settings.Usable(), s.most)
	}
	return of, queued
}

// arrays returns the IDs of the arrays of some phases that are queued or run.
func (s *submission) arrays(phases ...string) (ids []string) {
	for _, t := range s.live {
		if slices.Contains(phases, t.Phase) && !slices.Contains(ids, t.Array) {
			ids = append(ids, t.Array)
		}
	}
	return ids
}

// tables submits the job that writes tables and figures when all arrays have ended.
func (s *submission) tables() error {
	if len(s.arrays(tablesPhase)) > 0 && !s.new {
		return nil
	}
	run, err := s.task()
	if err != nil {
		return err
	}
	job := slurm.Job{
		Phase: tablesPhase, Run: []string{run[0], "table", s.dir}, Then: [][]string{{run[0], "plot", s.dir}},
	}
	job.After = s.arrays(phaseOrder[:len(phaseOrder)-1]...)
	return s.replace(job, "tables and figures")
}

// replace submits a job, and cancels what waits in the queue for a later phase: it would not wait
// for the new job, and is submitted anew.
func (s *submission) replace(job slurm.Job, what string) error {
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	logs, err := filepath.Abs(filepath.Join(s.dir, clusterFolder))
	if err != nil {
		return err
	}
	job.Settings, job.Name, job.Chdir, job.Logs = s.settings, s.name, here, logs
	if job.Of == 0 { // it trains nothing
		job.CPUs, job.GPUs = 1, 0
	}
	if s.dry {
		s.new = true
		s.live = append(s.live, cluster.Task{Array: "ID-OF-" + strings.ToUpper(job.Phase), Phase: job.Phase,
			State: cluster.Queued})
		return s.say("\n# %s: %s\n%s", job.Phase, what, job.Script())
	}
	id, err := job.Submit(s.cmd.Context())
	if err != nil {
		return err
	}
	if err := s.drop(job.Phase); err != nil {
		return err
	}
	s.new = true
	s.live = append(s.live, cluster.Task{Array: id, Phase: job.Phase, State: cluster.Queued})
	after := ""
	if others := append(job.After, job.Failed...); len(others) > 0 {
		after = ", after " + strings.Join(others, ", ")
	}
	return s.say("%s: %s, job %s%s", job.Phase, what, id, after)
}

// drop cancels the tasks of later phases that wait in the queue.
func (s *submission) drop(phase string) error {
	var ids []string
	at := slices.Index(phaseOrder, phase)
	stale := func(t cluster.Task) bool {
		return t.State == cluster.Queued && slices.Index(phaseOrder, t.Phase) > at
	}
	for _, t := range s.live {
		if stale(t) {
			ids = append(ids, t.ID)
		}
	}
	s.live = slices.DeleteFunc(s.live, stale)
	if len(ids) == 0 {
		return nil
	}
	return slurm.Cancel(s.cmd.Context(), ids)
}

// spoken writes a time that is only estimated.
func spoken(d time.Duration) string {
	if d < time.Second {
		return "a second"
	}
	return roundTime(d)
}

func (s *submission) say(format string, args ...any) error {
	_, err := fmt.Fprintf(s.cmd.OutOrStdout(), format+"\n", args...)
	return err
}
