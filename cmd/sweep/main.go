// Sweep trains low-rank adapters over a grid of ranks and scaling schemes, and
// draws what happens to loss and gradients.
//
//	sweep run quickstart
//	sweep table runs/quickstart
//	sweep plot runs/quickstart
//
// Results go to standard output, everything else to standard error. The exit
// status is 0 only where all that was asked for is there, 1 where something
// failed, 2 for a usage error, and 130 after an interrupt, with every finished
// run kept.
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

	"ranksweep/nn/kernel"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is the whole program but for the process around it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	err := kernel.Use()
	if err == nil {
		root := newRoot()
		root.SetArgs(args)
		root.SetOut(stdout)
		root.SetErr(stderr)
		err = root.ExecuteContext(ctx)
	}
	switch {
	case err == nil:
		return 0
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "sweep: interrupted; what is finished is kept: the same command goes on from there")
		return 130
	}
	// Errors of package sweep have the prefix already.
	fmt.Fprintf(stderr, "sweep: %s\n", strings.TrimPrefix(err.Error(), "sweep: "))
	if errors.Is(err, syscall.ENOSPC) {
		fmt.Fprintln(stderr, "sweep: the disk is full: what is stored is kept; make room and run the same command "+
			"again")
	}
	if _, usage := errors.AsType[usageError](err); usage {
		return 2
	}
	return 1
}
