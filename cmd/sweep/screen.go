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
}

func newScreen(w io.Writer) screen {
	if safe, ok := w.(safeWriter); ok {
		w = safe.Writer // a frame controls the terminal, and its lines are made safe one by one
	}
	f, ok := w.(*os.File)
	return screen{w: w, live: ok && term.IsTerminal(int(f.Fd()))}
}

// size returns the width and the height of the terminal, in characters.
func (s *screen) size() (width, height int) {
	if f, ok := s.w.(*os.File); ok {
		if w, h, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			return w, h
		}
	}
	return 80, 24
}

// frame draws lines in place of those of the last frame, and leaves the cursor at the first of
// them. There it stays whatever the terminal does with the lines below when its window changes,
// so that the next frame begins at the same place. No line wraps, even if the window is
// narrower than the terminal says yet.
func (s *screen) frame(lines []string) {
	width, _ := s.size()
	s.drawn = nil
	for _, l := range lines {
		s.drawn = append(s.drawn, cut(safe(l), width-1))
	}
	io.WriteString(s.w, s.text()+fmt.Sprintf("\x1b[%dA", len(lines)))
}

// text draws the frame from its first line on, and leaves the cursor below it.
func (s *screen) text() string {
	const wrapOff, wrapOn, eraseBelow = "\x1b[?7l", "\x1b[?7h", "\x1b[J"
	var b strings.Builder
	b.WriteString(wrapOff)
	for _, l := range s.drawn {
		fmt.Fprintf(&b, "\r%s\x1b[K\n", l)
	}
	return b.String() + eraseBelow + wrapOn
}

// end leaves the frame on the screen, and the cursor below it.
func (s *screen) end() {
	if len(s.drawn) > 0 {
		io.WriteString(s.w, s.text())
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
