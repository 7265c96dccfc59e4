// Package slurm submits jobs to Slurm, asks what became of them, and cancels them, by Slurm's own
// programs. What these print is asked for in forms that are made for programs. Tested with
// Slurm 22.05.
package slurm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// ErrMissing says that one of Slurm's programs is not there.
var ErrMissing = errors.New("is not on PATH: Slurm's programs are on the login nodes of its cluster")

// tell runs one of Slurm's programs and returns what it prints. An error has what it says.
func tell(ctx context.Context, input, program string, args ...string) (string, error) {
	c := exec.CommandContext(ctx, program, args...)
	var out, said bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(input), &out, &said
	err := c.Run()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return "", fmt.Errorf("slurm: %s %w", program, ErrMissing)
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case err != nil:
		return "", fmt.Errorf("slurm: %s: %w: %s", program, err, strings.Join(strings.Fields(said.String()), " "))
	}
	return out.String(), nil
}

// lines returns the lines of a text that are not empty.
func lines(text string) (all []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\n"); line != "" {
			all = append(all, line)
		}
	}
	return all
}
