package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"ranksweep/cluster"
)

// interruptedStatus is the exit status of a command that Ctrl-C ended. After SIGTERM, which the
// schedulers of clusters send before they take a machine away, it is [cluster.AgainStatus].
const interruptedStatus = 130

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

// unsaved is the error of a command that ended in the middle of runs, some of which have no
// checkpoint.
type unsaved struct {
	error
	runs []string
}

func (u unsaved) Unwrap() error { return u.error }

// text says which runs start anew; empty if there are none.
func (u unsaved) text() string {
	const most = 4
	if len(u.runs) == 0 {
		return ""
	}
	text := ", anew what has no checkpoint: " + strings.Join(u.runs[:min(most, len(u.runs))], ", ")
	if more := len(u.runs) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// onlyLooked is the error of a command that Ctrl-C or SIGTERM ended and that did nothing but look.
type onlyLooked struct{ error }

func (o onlyLooked) Unwrap() error { return o.error }

// interrupted says how a command goes on that was interrupted, and returns its exit status.
func interrupted(ctx context.Context, err error, stderr io.Writer) int {
	status, text := interruptedStatus, "interrupted"
	if s, ok := errors.AsType[signalled](context.Cause(ctx)); ok && s.Signal == syscall.SIGTERM {
		status = cluster.AgainStatus
		text = fmt.Sprintf("ended by SIGTERM, with exit status %d: start me again", status)
	}
	if _, ok := errors.AsType[onlyLooked](err); !ok {
		without, _ := errors.AsType[unsaved](err)
		fmt.Fprintf(stderr, "sweep: %s; finished runs and checkpoints are kept: the same command trains the rest%s\n",
			text, without.text())
	}
	return status
}
