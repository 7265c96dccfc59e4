package ranksweep_test

import (
	"slices"
	"strings"
	"testing"
)

// TestNoRoomIsTooLarge: no room of the project, with the rooms in it, has more than a fifth of its
// lines of Go, tests aside.
func TestNoRoomIsTooLarge(t *testing.T) {
	lines := make(map[string]int)
	for path, text := range sources(t) {
		room, _, _ := strings.Cut(path, "/")
		lines[room] += strings.Count(text, "\n")
	}
	if len(lines) < 10 {
		t.Fatalf("%d rooms", len(lines))
	}
	for _, room := range tooLarge(lines) {
		t.Errorf("%s has %d lines of Go, more than a fifth of all", room, lines[room])
	}
}

func TestTooLargeSees(t *testing.T) {
	lines := map[string]int{"a": 21, "b": 20, "c": 20, "d": 20, "e": 19}
	if got := tooLarge(lines); !slices.Equal(got, []string{"a"}) {
		t.Errorf("too large: %v, want a", got)
	}
}

// tooLarge names the rooms with more than a fifth of all lines.
func tooLarge(lines map[string]int) (rooms []string) {
	all := 0
	for _, n := range lines {
		all += n
	}
	for room, n := range lines {
		if 5*n > all {
			rooms = append(rooms, room)
		}
	}
	return rooms
}
