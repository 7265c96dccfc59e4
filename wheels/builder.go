package main

import (
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"ranksweep/data"
	"ranksweep/wholefile"
)

// builder holds what the wheels of all platforms share.
type builder struct {
	root     string // of the repository
	goroot   string
	folder   string // of files that are made on the way
	overlay  string // file that tells the go command where the packed Go tree is
	requires []string
}

func newBuilder() (*builder, error) {
	b := new(builder)
	var err error
	if b.root, err = output("", "go", "list", "-m", "-f", "{{.Dir}}"); err != nil {
		return nil, err
	}
	if b.goroot, err = output("", "go", "env", "GOROOT"); err != nil {
		return nil, err
	}
	if b.requires, err = readRequirements(b.root, "peft"); err != nil {
		return nil, err
	}
	if b.folder, err = os.MkdirTemp("", "wheels"); err != nil {
		return nil, err
	}
	if err := b.packTree(); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

func (b *builder) close() { os.RemoveAll(b.folder) }

// packTree packs the Go tree, and lets it stand where data embeds it from, without a file in the
// repository.
func (b *builder) packTree() error {
	packed := filepath.Join(b.folder, "gotree.zip")
	if err := wholefile.Write(packed, data.PackTree); err != nil {
		return err
	}
	replace := map[string]string{filepath.Join(b.root, "data", "gotree.zip"): packed}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return err
	}
	b.overlay = filepath.Join(b.folder, "overlay.json")
	return wholefile.WriteBytes(b.overlay, text)
}

// wheel builds the program for a platform. What the go command stamped into it gives the wheel's
// version and time.
func (b *builder) wheel(p platform) (*wheel, error) {
	path := filepath.Join(b.folder, p.program())
	if err := b.compile(p, path); err != nil {
		return nil, err
	}
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return nil, err
	}
	w := &wheel{platform: p, requires: b.requires}
	if w.version, err = pythonVersion(info.Main.Version); err != nil {
		return nil, err
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.time" {
			w.time, err = time.Parse(time.RFC3339, s.Value)
		}
	}
	if err != nil {
		return nil, err
	}
	if w.licences, err = licences(b.root, b.goroot, info.Deps); err != nil {
		return nil, err
	}
	w.program, err = os.ReadFile(path)
	return w, err
}

// compile builds the program, of whatever the environment says otherwise of the go command's
// output.
func (b *builder) compile(p platform, path string) error {
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=true", "-ldflags=-s -w", "-tags=carrygo",
		"-overlay="+b.overlay, "-o", path, "./cmd/sweep")
	cmd.Dir = b.root
	cmd.Env = append(os.Environ(), "GOOS="+p.system, "GOARCH="+p.cpu, "CGO_ENABLED=0", "GOFLAGS=", "GOEXPERIMENT=",
		"GOAMD64=v1", "GOARM64=v8.0", "GOFIPS140=off")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w: %s", err, text)
	}
	return nil
}

// output runs a command in a folder and returns what it prints.
func output(folder, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = folder
	text, err := cmd.Output()
	if err != nil {
		if exit, ok := err.(*exec.ExitError); ok {
			err = fmt.Errorf("%w: %s", err, exit.Stderr)
		}
		return "", fmt.Errorf("wheels: %s %s: %w", name, strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(text)), nil
}
