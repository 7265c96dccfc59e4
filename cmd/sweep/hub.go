package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"ranksweep/hub"
)

// adapterFolder returns the folder of an adapter. An adapter that is not here is fetched
// from the hub.
func adapterFolder(cmd *cobra.Command, name string) (string, error) {
	return find(cmd.Context(), cmd.ErrOrStderr(), name, true)
}

// find returns the path of a model or an adapter. It is the name itself, or the folder of the
// file that the name is, if there is such a file or folder, or if the name cannot be one of the
// hub's. Otherwise the hub is asked.
func find(ctx context.Context, stderr io.Writer, name string, adapter bool) (string, error) {
	name, err := ofAddress(name)
	if err != nil {
		return "", err
	}
	path, err := folderOf(name)
	if err != nil {
		return "", err
	}
	n, ok := hub.ParseName(name)
	n.Adapter = adapter
	switch _, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(name, `/\.`):
		if adapter {
			return "", fmt.Errorf("there is no folder %s: an adapter on the hub is written ORG/NAME", name)
		}
		return "", fmt.Errorf("there is no file or folder %s: a model on the hub is written ORG/NAME, "+
			"and the embedded "+
			"model is base", name)
	case err == nil || !ok || adapter && n.File != "":
		return path, nil
	}
	c, err := hub.FromEnvironment()
	if err != nil {
		return "", err
	}
	p := newFetchProgress(stderr)
	c.Progress = p.update
	c.Note = func(text string) { p.say("sweep: " + text) }
	defer p.end()
	if path, err = c.Fetch(ctx, n); err != nil {
		return "", fmt.Errorf("there is no file or folder %s; %w", name, err)
	}
	return path, nil
}
