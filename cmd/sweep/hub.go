package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"ranksweep/hub"
)

// adapterFolder returns the folder of an adapter, which is fetched if it is not
// here.
func adapterFolder(cmd *cobra.Command, name string) (string, error) {
	n, ok := hub.ParseName(name)
	n.Adapter = true
	return find(cmd.Context(), cmd.ErrOrStderr(), name, n, ok && n.File == "")
}

// find returns the path of what is called so: the name itself where there is such
// a file or folder or where it is no name n of the hub's, which is asked otherwise.
func find(ctx context.Context, stderr io.Writer, name string, n hub.Name, ok bool) (string, error) {
	if _, err := os.Stat(name); err == nil || !ok {
		return name, nil
	}
	c, err := hub.FromEnvironment()
	if err != nil {
		return "", err
	}
	p := newFetchProgress(stderr)
	c.Progress = p.update
	c.Note = func(text string) { fmt.Fprintf(stderr, "sweep: %s\n", text) }
	path, err := c.Fetch(ctx, n)
	if err != nil {
		return "", fmt.Errorf("no file or folder %s is here; %w", name, err)
	}
	return path, nil
}
