package external

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"ranksweep/experiments"
	"ranksweep/metrics"
	"ranksweep/results"
	"ranksweep/train"
	"ranksweep/train/local"
	"ranksweep/train/resume"
)

// Numerics is the version of what other processes are asked to compute. Whoever changes it
// raises the version, so that runs from before and after have different IDs.
const Numerics = 1

// Silence is how long a process may be silent before it is taken to hang, unless a trainer's Quiet
// says otherwise.
const Silence = 10 * time.Minute

// CPU is the device on which a process trains unless another is named.
const CPU = "cpu"

// Trainer trains in other processes, each of which stays for many runs. It finds models and
// data, and encodes texts, by the trainer in this process.
type Trainer struct {
	Program Program
	Here    *local.Trainer
	Threads int           // cores of each process
	Quiet   time.Duration // how long a process may be silent
	Keep    bool          // runs bring their adapters

	ctx     context.Context // ends the wait for a process's first words
	devices []string        // one for each process that there may be
	idle    chan *process   // processes that wait for a run
	free    chan string     // the devices whose processes may be started
	facts   atomic.Pointer[message]
	files   files
}

// New returns a trainer that keeps a process for each of the devices, and lets them share
// the cores of this machine. A device that is named twice has two. It starts none before the
// first is needed. If ctx ends, none is waited for.
func New(ctx context.Context, p Program, here *local.Trainer, devices []string) *Trainer {
	t := &Trainer{
		Program: p, Here: here, Threads: max(1, runtime.GOMAXPROCS(0)/len(devices)), Quiet: Silence,
		ctx: ctx, devices: devices, idle: make(chan *process, len(devices)), free: make(chan string, len(devices)),
	}
	t.release()
	return t
}

// release lets a process be started on every device.
func (t *Trainer) release() {
	for _, device := range t.devices {
		t.free <- device
	}
}

// Name returns the trainer's name in configs.
func (t *Trainer) Name() string { return t.Program.Name }

// Abilities asks the other process what it can train.
func (t *Trainer) Abilities() (train.Abilities, error) {
	facts, err := t.ask()
	if err != nil {
		return train.Abilities{}, err
	}
	return train.Abilities(*facts.Abilities), nil
}

// Provenance describes the other process by its versions and its device.
func (t *Trainer) Provenance() results.Provenance {
	made := t.Here.Provenance()
	facts, err := t.ask()
	if err != nil {
		made.Kernel = t.Name()
		return made
	}
	made.Kernel = t.kernel(facts)
	return made
}

// kernel names what trains in a process that said these facts.
func (t *Trainer) kernel(facts *message) string {
	parts := []string{t.Name()}
	for _, name := range slices.Sorted(maps.Keys(facts.Versions)) {
		parts = append(parts, name+" "+facts.Versions[name])
	}
	return strings.Join(append(parts, facts.Device), ", ")
}

// Resolve finds the model and the data of a config, and estimates the run's cost as if the
// trainer in this process trained it.
func (t *Trainer) Resolve(ctx context.Context, c experiments.Config) (train.Material, error) {
	m, err := t.Here.Resolve(ctx, asRead(c))
	if err != nil {
		return m, err
	}
	if _, err := t.files.model(t.Here, c.Model); err != nil {
		return m, experiments.About(err, "model", "trainer")
	}
	m.Numerics = Numerics
	if t.Program.Memory == nil {
		return m, nil
	}
	w, err := t.work(ctx, c)
	if err != nil {
		return m, err
	}
	m.Bytes = t.Program.Memory(w, t.devices[0])
	m.Apart = slices.ContainsFunc(t.devices, func(device string) bool { return device != CPU })
	return m, nil
}

// work finds what a config is trained on.
func (t *Trainer) work(ctx context.Context, c experiments.Config) (local.Work, error) {
	w, err := t.Here.Work(ctx, asRead(c))
	w.Config = c
	return w, err
}

// asRead returns a config with the precision in which the trainer in this process reads models
// for others. Neither tokens nor what theory expects depend on it.
func asRead(c experiments.Config) experiments.Config {
	c.Train.Precision = experiments.Float32Precision
	return c
}

// Train trains one run in a process that is free, or starts one. A process that fails to
// behave is ended, and the next run starts it anew.
func (t *Trainer) Train(ctx context.Context, c experiments.Config, report func(metrics.Point)) (train.Outcome, error) {
	return t.Resume(ctx, c, nil, report)
}

// Resume is Train of a run that goes on from its checkpoint if it has one. If the other process
// has no checkpoints, the run is trained without.
func (t *Trainer) Resume(ctx context.Context, c experiments.Config, k *resume.Keeper, report func(metrics.Point)) (
	train.Outcome, error,
) {
	w, err := t.work(ctx, c)
	if err != nil {
		return train.Outcome{}, err
	}
	m, err := t.files.handOver(t.Here, w, t.Keep)
	defer func() { t.files.remove(m) }()
	if err != nil {
		return train.Outcome{}, err
	}
	p, err := t.take(ctx)
	if err != nil {
		return train.Outcome{}, err
	}
	talk := &conversation{partner: p, curve: newCurve(w), by: t.kernel(&p.facts), report: report}
	if p.facts.Abilities.Checkpoints {
		talk.resume(&m, k)
	}
	o, err := talk.train(ctx, m)
	_, fit := errors.AsType[refused](err) // for other runs
	if err != nil && !fit {
		p.stop()
		t.free <- p.device
		return o, t.wrap(err, p)
	}
	t.idle <- p
	if out, ok := errors.AsType[outOfMemory](err); ok {
		if advice := t.Program.fitting(w, p.device, out.memory); advice != "" {
			err = fmt.Errorf("%w; %s", err, advice)
		}
	}
	if err != nil {
		return o, t.wrap(err, p)
	}
	o.Kernel = t.kernel(&p.facts)
	if m.Adapters != "" && o.Status == results.Done {
		if o.Adapters, err = readAdapters(m, w.Targets); err != nil {
			return o, fmt.Errorf("external: trainer %s: %w", t.Name(), err)
		}
	}
	return o, t.Here.Expect(ctx, asRead(c), &o)
}

// refused says why a process did not train a run, although it can go on with others.
type refused struct{ error }

func (r refused) Unwrap() error { return r.error }

// partner is the other side of a conversation.
type partner interface {
	say(m any)
	listenFor(ctx context.Context) (message, error)
}

// wrap names the trainer in an error, and adds the end of the process's log.
func (t *Trainer) wrap(err error, p *process) error {
	err = fmt.Errorf("external: trainer %s: %w", t.Name(), err)
	if log := p.log.String(); log != "" && !errors.Is(err, context.Canceled) {
		err = fmt.Errorf("%w; its log ends: %s", err, log)
	}
	return err
}

// take returns an idle process. If there is none, it starts one, or waits for one if there
// are as many as may run at once.
func (t *Trainer) take(ctx context.Context) (*process, error) {
	select {
	case p := <-t.idle:
		return p, nil
	default:
	}
	select {
	case p := <-t.idle:
		return p, nil
	case device := <-t.free:
		p, err := t.start(ctx, device)
		if err != nil {
			t.free <- device
		}
		return p, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// start starts a process on a device, and keeps what it says of itself.
func (t *Trainer) start(ctx context.Context, device string) (*process, error) {
	dir, err := t.files.dir()
	if err != nil {
		return nil, err
	}
	command, err := t.Program.command(dir)
	if err != nil {
		return nil, err
	}
	p, err := launch(command, t.Quiet)
	if err != nil {
		return nil, fmt.Errorf("external: trainer %s cannot be started: %w", t.Name(), err)
	}
	p.device = device
	p.facts, err = introduce(ctx, p, start{Type: "start", Protocol: Version, Device: device, Threads: t.Threads},
		t.Name())
	if err != nil {
		p.stop()
		return nil, t.wrap(err, p)
	}
	t.facts.Store(&p.facts)
	return p, nil
}

// introduce begins a conversation, and returns what the process says of itself.
// It must be the trainer of that name.
func introduce(ctx context.Context, p partner, s start, trainer string) (message, error) {
	p.say(s)
	for {
		m, err := p.listenFor(ctx)
		if err != nil {
			return m, err
		}
		switch {
		case m.Type == "working":
		case m.Type == "unable":
			return m, m.why()
		case m.Type != "ready":
			return m, fmt.Errorf("said %q first: must be ready or unable", m.Type)
		default:
			return m, m.ready(trainer)
		}
	}
}

// ask returns what the other process says of itself. If none was started yet, it starts
// one, which stays for runs.
func (t *Trainer) ask() (*message, error) {
	if facts := t.facts.Load(); facts != nil {
		return facts, nil
	}
	p, err := t.take(t.ctx)
	if err != nil {
		return nil, err
	}
	t.idle <- p
	return &p.facts, t.missing(p.facts.Devices)
}

// Close ends all processes, and removes the files that were handed over. No run may be
// going on.
func (t *Trainer) Close() error {
	for range cap(t.free) {
		select {
		case p := <-t.idle:
			p.stop()
		case <-t.free:
		}
	}
	t.release()
	return t.files.close()
}
