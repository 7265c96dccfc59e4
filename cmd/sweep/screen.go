package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// screen shows progress: on a terminal as a frame of lines, which the next frame replaces;
// elsewhere as plain lines.
type screen struct {
	w     io.Writer
	live  bool     // whether it is a terminal
	drawn []string // the frame on the screen
}

func newScreen(w io.Writer) screen {
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

// frame draws lines in place of those of the last frame. Lines are cut to the width.
func (s *screen) frame(lines []string) {
	width, _ := s.size()
	var text strings.Builder
	text.WriteString(s.back(width))
	s.drawn = nil
	for _, l := range lines {
		l = cut(l, width-1)
		fmt.Fprintf(&text, "\r%s\x1b[K\n", l)
		s.drawn = append(s.drawn, l)
	}
	text.WriteString("\x1b[J")
	io.WriteString(s.w, text.String())
}

// say writes a line that stays, above the next frame.
func (s *screen) say(line string) {
	if len(s.drawn) > 0 {
		width, _ := s.size()
		io.WriteString(s.w, s.back(width)+"\x1b[J")
		s.drawn = nil
	}
	fmt.Fprintln(s.w, line)
}

// back moves up to the first line of the frame. If the window has become narrower since, a
// line of the frame takes several lines of the screen.
func (s *screen) back(width int) string {
	rows := 0
	for _, l := range s.drawn {
		rows += max(1, (utf8.RuneCountInString(l)+width-1)/width)
	}
	if rows == 0 {
		return ""
	}
	return fmt.Sprintf("\x1b[%dA", rows)
}

// cut shortens a line of text to a width, so that it does not wrap.
func cut(s string, width int) string {
	if r := []rune(s); len(r) > width {
		return string(r[:max(0, width-1)]) + "…"
	}
	return s
}
