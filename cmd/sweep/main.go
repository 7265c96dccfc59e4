// Sweep trains low-rank adapters over a grid of ranks and scaling schemes, and
// draws what happens to loss and gradients.
//
//	sweep run quickstart
//	sweep table runs/quickstart
//	sweep plot runs/quickstart
//
// Results go to standard output, everything else to standard error. The exit status is 0 if
// everything succeeded, 1 if something failed or is missing, 64 for a wrong command line, 69 if a
// shard needs runs of others, 130 after Ctrl-C and 75 after SIGTERM; it is 2 if the program itself
// broke down, as for lack of memory. Every finished run is kept, and the same command trains the
// rest.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"ranksweep/cluster"
	"ranksweep/nn/kernel"
)

// usageStatus is the exit status of a wrong command line, as in sysexits.h. The Go runtime ends a
// program that breaks down with 2.
const usageStatus = 64

func main() {
	ringAtRequest(&bell)
	os.Exit(run(untilSignalled(), os.Args[1:], os.Stdout, os.Stderr))
}

// run is the whole program, without the process around it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	err := kernel.Use()
	if err == nil {
		root := newRoot()
		root.SetArgs(args)
		root.SetOut(safeWriter{stdout})
		root.SetErr(safeWriter{stderr})
		err = root.ExecuteContext(ctx)
	}
	switch {
	case err == nil:
		return 0
	case errors.Is(err, context.Canceled):
		return interrupted(ctx, err, stderr)
	}
	stderr = safeWriter{stderr}
	// Errors of package sweep already have the prefix.
	fmt.Fprintf(stderr, "sweep: %s\n", strings.TrimPrefix(err.Error(), "sweep: "))
	if errors.Is(err, syscall.ENOSPC) {
		fmt.Fprintln(stderr, "sweep: the disk is full: stored runs are kept; make room and run the same command again")
	}
	if _, usage := errors.AsType[usageError](err); usage {
		return usageStatus
	}
	if _, early := errors.AsType[earlyError](err); early {
		return cluster.EarlyStatus
	}
	return 1
}
