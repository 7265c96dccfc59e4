package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"ranksweep/cluster"
	"ranksweep/cluster/ray"
	"ranksweep/userfile"
	"ranksweep/wholefile"
)

// rayFile, in the cluster folder of a store, says what a submission to Ray has there while it is at work.
const rayFile = "ray.json"

// rayWork is the content of that file.
type rayWork struct {
	wholefile.Writer
	Address string         `json:"address"`
	Tasks   []cluster.Task `json:"tasks"`
}

// The file is written at every beat. One that is older than its term was left by a process that was killed.
const (
	rayBeat = 2 * time.Second
	rayTerm = time.Minute
)

// showRay writes the file until stop is called, which removes it.
func (s *submission) showRay(c *ray.Cluster) (stop func()) {
	ctx, end := context.WithCancel(context.Background())
	done := make(chan struct{})
	folder := filepath.Join(s.dir, clusterFolder)
	go func() {
		defer close(done)
		tick := time.NewTicker(rayBeat)
		defer tick.Stop()
		for ctx.Err() == nil {
			if text, err := wholefile.JSON(rayWork{wholefile.Self(), s.ray, c.Tasks()}); err == nil {
				wholefile.WriteBytes(filepath.Join(folder, rayFile), text) // it is only shown
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
			}
		}
	}()
	return func() {
		end()
		<-done
		os.Remove(filepath.Join(folder, rayFile))
		os.Remove(folder) // if there is nothing else in it
	}
}

// rayWorkOf returns what a submission to Ray says that is at work on a store; nil if none is.
func rayWorkOf(dir string) (*rayWork, error) {
	path := filepath.Join(dir, clusterFolder, rayFile)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	text, err := userfile.Read(path, userfile.Vocabulary)
	if err != nil {
		return nil, err
	}
	var w rayWork
	if err := json.Unmarshal(text, &w); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	here := w.Host == wholefile.Self().Host
	if here && (w.Ended() || time.Since(info.ModTime()) > rayTerm) {
		return nil, nil
	}
	return &w, nil
}

// cancel ends the submission, and waits until it has ended.
func (w *rayWork) cancel(ctx context.Context) error {
	if w.Host != wholefile.Self().Host {
		return fmt.Errorf("it was submitted on host %s, by process %d: end it there, by Ctrl-C or by sweep cancel",
			w.Host, w.Process)
	}
	p, err := os.FindProcess(w.Process)
	if err == nil {
		err = p.Signal(syscall.SIGTERM)
	}
	for err == nil && !w.Ended() {
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return err
}
