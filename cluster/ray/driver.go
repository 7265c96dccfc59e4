package ray

import (
	"bufio"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"ranksweep/child"
	"ranksweep/wholefile"
)

// source is the Python program, with the requirements that it was tested with.
//
//go:embed program/*.py program/*.txt program/ranksweep_ray/*.py
var source embed.FS

// driver is the Python program at work, and the conversation with it.
type driver struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	to     chan []byte  // lines for it; closed when there will be none
	said   chan message // what it says; closed when it has ended, after which ended is set
	ended  error
	log    child.Tail
	folder string // of the program
}

// patience is how long the program may take to end once it is told to.
const patience = 10 * time.Second

// launch starts the program. The caller closes it.
func launch(python string) (*driver, error) {
	path, err := exec.LookPath(python)
	if err != nil {
		return nil, fmt.Errorf("ray: %w: "+
			"--python names a Python 3.10 or later that has Ray: pip install 'ray[client]'", err)
	}
	d := &driver{to: make(chan []byte, 2*most), said: make(chan message)}
	if d.folder, err = wholefile.TempFolder("ranksweep-ray"); err != nil {
		return nil, err
	}
	if err := d.start(path); err != nil {
		return nil, errors.Join(err, os.RemoveAll(d.folder))
	}
	return d, nil
}

func (d *driver) start(python string) error {
	files, err := fs.Sub(source, "program")
	if err == nil {
		err = os.CopyFS(filepath.Join(d.folder, "program"), files)
	}
	if err != nil {
		return err
	}
	d.cmd = exec.Command(python, filepath.Join(d.folder, "program", "driver.py"))
	// Ray tells the nodes the folder in which a program starts: this one says nothing of the user's.
	d.cmd.Dir, d.cmd.Stderr, d.cmd.WaitDelay = d.folder, &d.log, time.Second
	child.Group(d.cmd)
	stdin, inErr := d.cmd.StdinPipe()
	stdout, outErr := d.cmd.StdoutPipe()
	if err := errors.Join(inErr, outErr, d.cmd.Start()); err != nil {
		return fmt.Errorf("ray: %w", err)
	}
	d.stdin = stdin
	go d.speak()
	go d.listen(bufio.NewReader(stdout))
	return nil
}

// speak writes lines. An error shows in what the program answers: nothing.
func (d *driver) speak() {
	for line := range d.to {
		d.stdin.Write(append(line, '\n'))
	}
	d.stdin.Close()
}

// listen passes on what the program says, and waits for its end.
func (d *driver) listen(out *bufio.Reader) {
	defer close(d.said)
	for {
		line, err := out.ReadBytes('\n')
		var m message
		if err == nil {
			err = json.Unmarshal(line, &m)
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				child.Kill(d.cmd)
			}
			d.cmd.Wait()
			d.ended = err
			return
		}
		d.said <- m
	}
}

// tell sends a message.
func (d *driver) tell(m any) error {
	line, err := json.Marshal(m)
	if err == nil {
		d.to <- line
	}
	return err
}

// hear returns the next message. It is an error if the program has ended, or if ctx ends.
func (d *driver) hear(ctx context.Context) (message, error) {
	select {
	case m, ok := <-d.said:
		if !ok {
			return m, d.lastWords()
		}
		return m, nil
	case <-ctx.Done():
		return message{}, context.Cause(ctx)
	}
}

// lastWords says how the program ended.
func (d *driver) lastWords() error {
	how := d.cmd.ProcessState.String()
	if !errors.Is(d.ended, io.EOF) {
		how = fmt.Sprintf("what it said is no message: %v", d.ended)
	}
	return fmt.Errorf("ray: the connection to the cluster is lost: its program ended: %s; its log ends: %s: what was "+
		"trained is kept, and the same command goes on", how, &d.log)
}

// close ends the program, which says to the cluster that nobody waits any more.
func (d *driver) close() error {
	close(d.to)
	late := time.AfterFunc(patience, func() { child.Kill(d.cmd) })
	defer late.Stop()
	for range d.said {
	}
	return os.RemoveAll(d.folder)
}
