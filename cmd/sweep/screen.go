package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// screen shows progress: on a terminal as a frame of lines, which the next frame replaces;
// elsewhere as plain lines.
type screen struct {
	w     io.Writer
	live  bool     // whether it is a terminal
	drawn []string // the frame on the screen, at whose first line the cursor is
	fits  window   // the window in which there is room for drawn below the cursor
}

// window is the size of a terminal, in characters.
type window struct{ width, height int }

func newScreen(w io.Writer) screen {
	if safe, ok := w.(safeWriter); ok {
		w = safe.Writer // a frame controls the terminal, and its lines are made safe one by one
	}
	f, ok := w.(*os.File)
	return screen{w: w, live: ok && term.IsTerminal(int(f.Fd()))}
}

// size returns the size of the terminal.
func (s *screen) size() window {
	if f, ok := s.w.(*os.File); ok {
		if w, h, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			return window{w, h}
		}
	}
	return window{80, 24}
}

// frame draws as many lines as the window has in place of those of the last frame, and leaves
// the cursor at the first of them. There it stays whatever the terminal does with the lines below
// when its window changes, so that the next frame begins at the same place.
//
// Terminals change their window before they say so. Then the frame is drawn as if the window still
// had its old size: so no line wraps, and none is below the last one of the window, where a
// terminal would scroll and move the first one away.
//
// One thing stays behind: if a window becomes so narrow and so low at once that the lines on it, when
// the terminal wraps them, are more than it has, the terminal moves the first of them into its history
// before it says anything. From there no program can take them back.
func (s *screen) frame(lines []string) {
	w := s.size()
	lines = lines[:min(len(lines), max(1, w.height))]
	if w != s.fits || len(lines) > len(s.drawn) {
		s.makeRoom(len(lines))
	}
	s.drawn, s.fits = nil, w
	for _, l := range lines {
		s.drawn = append(s.drawn, cut(safe(l), w.width-1))
	}
	s.paint()
}

// makeRoom scrolls until there are as many lines as given from the cursor's on.
func (s *screen) makeRoom(lines int) {
	if below := lines - 1; below > 0 {
		fmt.Fprintf(s.w, "\r\x1b[J%s\x1b[%dA", strings.Repeat("\n", below), below)
	}
}

// paint draws the frame from the cursor on, and brings the cursor back.
func (s *screen) paint() {
	const (
		saveCursor, restoreCursor = "\x1b7", "\x1b8"
		wrapOff, wrapOn           = "\x1b[?7l", "\x1b[?7h"
		down                      = "\x1b[B" // never scrolls
		eraseLine, eraseBelow     = "\x1b[K", "\x1b[J"
	)
	io.WriteString(s.w, "\r"+saveCursor+wrapOff+strings.Join(s.drawn, eraseLine+"\r"+down)+eraseBelow+wrapOn+
		restoreCursor)
}

// end leaves the frame on the screen, and the cursor below it.
func (s *screen) end() {
	if len(s.drawn) > 0 {
		s.paint()
		io.WriteString(s.w, strings.Repeat("\n", len(s.drawn)))
		s.drawn = nil
	}
}

// say writes a line that stays, above the next frame.
func (s *screen) say(line string) {
	if len(s.drawn) > 0 {
		io.WriteString(s.w, "\r\x1b[J")
		s.drawn = nil
	}
	fmt.Fprintln(s.w, safe(line))
}

// cut shortens a line of text to a width, so that it does not wrap.
func cut(s string, width int) string {
	if r := []rune(s); len(r) > width {
		return string(r[:max(0, width-1)]) + "…"
	}
	return s
}
