package external

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"

	"ranksweep/child"
)

// process is the other process, and the conversation with it. One goroutine may use it.
type process struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	heard  chan heard    // what it says; closed when it has said all
	done   chan struct{} // closed by stop, so that nobody waits to be heard
	exited chan struct{} // closed when it has ended, after which ended is set
	ended  error
	log    child.Tail
	half   *half         // whether it is in the middle of a line
	device string        // where it trains
	facts  message       // what it says of itself
	quiet  time.Duration // how long it may be silent
}

// heard is a message, or an error in place of one.
type heard struct {
	message
	err error
}

// launch starts a command, in a group of processes of its own.
func launch(command []string, quiet time.Duration) (*process, error) {
	p := &process{
		cmd: exec.Command(command[0], command[1:]...), heard: make(chan heard),
		done: make(chan struct{}), exited: make(chan struct{}), quiet: quiet,
	}
	p.cmd.Stderr = &p.log
	p.cmd.WaitDelay = time.Second // its own children may keep the log open
	child.Group(p.cmd)
	stdin, inErr := p.cmd.StdinPipe()
	stdout, outErr := p.cmd.StdoutPipe()
	if err := errors.Join(inErr, outErr); err != nil {
		return nil, err
	}
	p.stdin, p.half = stdin, &half{r: stdout}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go p.listen(newLines(p.half))
	return p, nil
}

// listen passes on what the process says until it has said all or says what is no message.
// Then it waits for the process to end.
func (p *process) listen(said lines) {
	defer close(p.exited)
	defer func() { p.ended = p.cmd.Wait() }()
	defer close(p.heard)
	for {
		m, err := said.next()
		if errors.Is(err, io.EOF) {
			return
		}
		select {
		case p.heard <- heard{m, err}:
		case <-p.done:
			return
		}
		if err != nil {
			return
		}
	}
}

// say sends a message. An error shows in what the process answers: nothing.
func (p *process) say(m any) {
	text, err := json.Marshal(m)
	if err != nil {
		panic(err) // every message can be written
	}
	go p.stdin.Write(append(text, '\n')) // it may never read
}

// listenFor returns the next message. It is an error if the process ends or is silent for
// too long, or if ctx ends.
func (p *process) listenFor(ctx context.Context) (message, error) {
	silence := time.NewTimer(p.quiet)
	defer silence.Stop()
	select {
	case h, ok := <-p.heard:
		if !ok {
			return message{}, p.lastWords(ctx)
		}
		return h.message, h.err
	case <-silence.C:
		return message{}, p.silence()
	case <-ctx.Done():
		return message{}, ctx.Err()
	}
}

// silence says that the process is silent for too long.
func (p *process) silence() error {
	if p.half.open.Load() {
		return broken{fmt.Sprintf("said half a line, and nothing more for %s", p.quiet),
			": a message ends with a new line"}
	}
	return broken{fmt.Sprintf("said nothing for %s", p.quiet),
		": a trainer that is busy says working; --silence allows more time"}
}

// lastWords says how a process ended that has closed its standard output.
func (p *process) lastWords(ctx context.Context) error {
	select {
	case <-p.exited:
	case <-time.After(p.quiet):
		return broken{"closed its standard output", ", but goes on"}
	case <-ctx.Done():
		return ctx.Err()
	}
	if child.Killed(p.ended) {
		return broken{"was killed", ", as the system does when memory runs out"}
	}
	if p.ended == nil {
		return broken{"ended", ": exit status 0"}
	}
	return broken{"ended", ": " + p.ended.Error()}
}

// stop ends the process and all its children, and returns when it has ended.
func (p *process) stop() {
	select {
	case <-p.done:
	default:
		close(p.done)
	}
	p.stdin.Close()
	child.Kill(p.cmd)
	<-p.exited
}
