package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"ranksweep/hub"
)

// adapterFolder returns the folder of an adapter, which is fetched if it is not
// here.
func adapterFolder(cmd *cobra.Command, name string) (string, error) {
	n, ok := hub.ParseName(name)
	n.Adapter = true
	return find(cmd.Context(), cmd.ErrOrStderr(), name, n, ok && n.File == "")
}

// find returns the path of what is called so: the name itself where there is such
// a file or folder or where it is no name n of the hub's, which is asked otherwise.
func find(ctx context.Context, stderr io.Writer, name string, n hub.Name, ok bool) (string, error) {
	if _, err := os.Stat(name); err == nil || !ok {
		return name, nil
	}
	c, err := hub.FromEnvironment()
	if err != nil {
		return "", err
	}
	p := newFetchProgress(stderr)
	defer p.close()
	c.Progress = p.update
	c.Note = func(text string) { fmt.Fprintf(stderr, "sweep: %s\n", text) }
	path, err := c.Fetch(ctx, n)
	if err != nil {
		return "", fmt.Errorf("no file or folder %s is here; %w", name, err)
	}
	return path, nil
}

// fetchProgress shows how much of a file has come, and when the rest will have.
type fetchProgress struct {
	w       io.Writer
	live    bool // a line that is redrawn; elsewhere a line now and then
	file    string
	first   int64 // bytes that were there already
	started time.Time
	shown   time.Time
}

func newFetchProgress(w io.Writer) *fetchProgress {
	f, ok := w.(*os.File)
	return &fetchProgress{w: w, live: ok && term.IsTerminal(int(f.Fd()))}
}

func (p *fetchProgress) update(file string, have, size int64) {
	now := time.Now()
	every := 30 * time.Second
	if p.live {
		every = 200 * time.Millisecond
	}
	if file != p.file {
		p.file, p.first, p.started, p.shown = file, have, now, time.Time{}
	}
	if have < size && now.Sub(p.shown) < every {
		return
	}
	p.shown = now
	if p.live {
		fmt.Fprintf(p.w, "\r%s\x1b[K", p.line(have, size))
	} else {
		fmt.Fprintln(p.w, p.line(have, size))
	}
}

func (p *fetchProgress) line(have, size int64) string {
	text := fmt.Sprintf("fetching %s: %.1f of %.1f MB", p.file, float64(have)/1e6, float64(size)/1e6)
	spent := p.shown.Sub(p.started)
	if came := have - p.first; came > 0 && have < size && spent > 0 {
		rate := float64(came) / spent.Seconds()
		left := time.Duration(float64(size-have) / rate * float64(time.Second))
		text += fmt.Sprintf(", %.1f MB/s, %s left", rate/1e6, roundTime(left))
	}
	return text
}

// close leaves the last line standing.
func (p *fetchProgress) close() {
	if p.live && p.file != "" {
		fmt.Fprintln(p.w)
	}
}
