package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// The exit statuses of a command that a signal ended. Whoever sends SIGTERM, as the schedulers
// of clusters do before they take a machine away, can tell from 75 that the same command goes
// on: it is EX_TEMPFAIL of sysexits.h.
const (
	interruptedStatus = 130
	againStatus       = 75
)

// signalled is the cause for which the context of a command ends.
type signalled struct{ os.Signal }

func (s signalled) Error() string { return fmt.Sprintf("ended by signal %s", s.Signal) }

// Is makes a signal one of the reasons for which contexts are canceled.
func (signalled) Is(target error) bool { return target == context.Canceled }

// untilSignalled returns a context that ends with the first Ctrl-C or SIGTERM. The second ends
// the program at once.
func untilSignalled() context.Context {
	ctx, end := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		first := <-signals
		signal.Stop(signals)
		end(signalled{first})
	}()
	return ctx
}

// interrupted says how a command goes on that was interrupted, and returns its exit status.
func interrupted(ctx context.Context, stderr io.Writer) int {
	const kept = "finished runs and checkpoints are kept: the same command trains the rest"
	if s, ok := errors.AsType[signalled](context.Cause(ctx)); ok && s.Signal == syscall.SIGTERM {
		fmt.Fprintf(stderr, "sweep: ended by SIGTERM, with exit status %d: start me again; %s\n", againStatus, kept)
		return againStatus
	}
	fmt.Fprintf(stderr, "sweep: interrupted; %s\n", kept)
	return interruptedStatus
}
