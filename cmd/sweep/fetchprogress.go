package main

import (
	"fmt"
	"io"
	"time"
)

// fetchProgress shows how much of a file has arrived, and how long the rest will take.
type fetchProgress struct {
	screen  // on a terminal a line that is redrawn; elsewhere a line now and then
	file    string
	first   int64 // number of bytes that were here already
	started time.Time
	shown   time.Time
}

func newFetchProgress(w io.Writer) *fetchProgress {
	return &fetchProgress{screen: newScreen(w)}
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
		p.frame([]string{p.line(have, size)})
	} else {
		p.say(p.line(have, size))
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
