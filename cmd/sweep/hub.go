package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"ranksweep/hub"
)

// adapterFolder returns the folder of an adapter. An adapter that is not here is fetched
// from the hub.
func adapterFolder(cmd *cobra.Command, name string) (string, error) {
	n, ok := hub.ParseName(name)
	n.Adapter = true
	return find(cmd.Context(), cmd.ErrOrStderr(), name, n, ok && n.File == "")
}

// find returns the path behind a name. It is the name itself if such a file or folder
// exists, or if the name cannot be one of the hub's. Otherwise the hub is asked for n.
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
	c.Note = func(text string) { p.say("sweep: " + text) }
	defer p.end()
	path, err := c.Fetch(ctx, n)
	if err != nil {
		return "", fmt.Errorf("there is no file or folder %s; %w", name, err)
	}
	return path, nil
}
