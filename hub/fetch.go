package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ranksweep/userfile"
	"ranksweep/wholefile"
)

const (
	weightsFile = "model.safetensors"
	indexFile   = "model.safetensors.index.json"
)

// companions are the files that a model folder may have beside its weights.
var companions = []string{
	"config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja",
}

// adapterFiles are the files of a PEFT adapter.
var adapterFiles = []string{"adapter_config.json", "adapter_model.safetensors"}

// Fetch makes sure that the cache has a model or adapter, and returns its folder or its GGUF
// file. Files that are there already are not fetched again.
func (c *Client) Fetch(ctx context.Context, n Name) (string, error) {
	path, err := c.fetch(ctx, n)
	if err != nil {
		return "", fmt.Errorf("hub: %s: %w", n, err)
	}
	return path, nil
}

func (c *Client) fetch(ctx context.Context, n Name) (string, error) {
	if c.Offline {
		path, err := c.cached(ctx, n)
		if err != nil {
			return "", fmt.Errorf("%w; HF_HUB_OFFLINE forbids requests: unset it to fetch what is missing", err)
		}
		return path, nil
	}
	path, err := c.fetchOnline(ctx, n)
	if _, ok := errors.AsType[unreachable](err); !ok || ctx.Err() != nil {
		return path, err
	}
	path, missing := c.cached(ctx, n)
	if missing != nil {
		return "", fmt.Errorf("%w; %w", err, missing)
	}
	c.note("%s: %v: using the copy in the cache", n, err)
	return path, nil
}

func (c *Client) fetchOnline(ctx context.Context, n Name) (string, error) {
	commit, err := c.commit(ctx, n)
	if err != nil {
		return "", err
	}
	files, err := c.tree(ctx, n, commit)
	if err != nil {
		return "", err
	}
	wanted, err := c.wanted(ctx, n, commit, files)
	if err != nil {
		return "", err
	}
	if err := c.fits(c.missing(n, commit, wanted, files)); err != nil {
		return "", err
	}
	for _, file := range wanted {
		if err := c.file(ctx, n, commit, files[file]); err != nil {
			return "", err
		}
	}
	if n.Revision != commit {
		path := filepath.Join(c.repo(n), "refs", filepath.FromSlash(n.Revision))
		if err := wholefile.WriteBytes(path, []byte(commit)); err != nil {
			return "", err
		}
	}
	return c.result(n, commit), c.verify(ctx, n, commit, wanted)
}

// missing returns the number of bytes of some files that the cache lacks.
func (c *Client) missing(n Name, commit string, wanted []string, files map[string]entry) (bytes int64) {
	for _, file := range wanted {
		e := files[file]
		name, size, err := e.blob()
		if err != nil || isFile(filepath.Join(c.snapshot(n, commit), filepath.FromSlash(file))) {
			continue // fetching it says what is wrong
		}
		if part, err := os.Stat(filepath.Join(c.repo(n), "blobs", name+".incomplete")); err == nil {
			size -= min(size, part.Size())
		}
		bytes += min(size, math.MaxInt64-bytes)
	}
	return bytes
}

// wanted returns the files of a repository that belong to the name.
func (c *Client) wanted(ctx context.Context, n Name, commit string, files map[string]entry) ([]string, error) {
	var all []string
	switch {
	case n.Adapter:
		all = adapterFiles
	case n.File != "":
		all = []string{n.File}
	default:
		for _, file := range companions {
			if _, ok := files[file]; ok {
				all = append(all, file)
			}
		}
		weights, err := c.weights(ctx, n, commit, files)
		if err != nil {
			return nil, err
		}
		all = append(all, weights...)
	}
	for _, file := range all {
		if _, ok := files[file]; !ok {
			return nil, fmt.Errorf("has no file %s at revision %s%s", file, n.Revision, others(n, files))
		}
	}
	return all, nil
}

// weights returns the files of weights: a single file, or an index and its shards.
func (c *Client) weights(ctx context.Context, n Name, commit string, files map[string]entry) ([]string, error) {
	if _, ok := files[weightsFile]; ok {
		return []string{weightsFile}, nil
	}
	index, ok := files[indexFile]
	if !ok {
		return nil, fmt.Errorf("has neither %s nor %s%s", weightsFile, indexFile, others(n, files))
	}
	if err := c.file(ctx, n, commit, index); err != nil {
		return nil, err
	}
	shards, err := shards(filepath.Join(c.snapshot(n, commit), indexFile))
	return append(shards, indexFile), err
}

// shards returns the files that an index names.
func shards(path string) ([]string, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > maxJSON {
		return nil, fmt.Errorf("%s: %d bytes: must be at most %d", indexFile, info.Size(), maxJSON)
	}
	content, err := userfile.Read(path, userfile.Settings)
	if err != nil {
		return nil, err
	}
	var index struct {
		WeightMap map[string]string `json:"weight_map"`
	}
	if err := json.Unmarshal(content, &index); err != nil {
		return nil, fmt.Errorf("%s: %w", indexFile, err)
	}
	names := slices.Compact(slices.Sorted(maps.Values(index.WeightMap)))
	for _, name := range names {
		if !isLocal(name) || !strings.HasSuffix(name, ".safetensors") {
			return nil, fmt.Errorf("%s: shard %q: must be a .safetensors file in the same folder", indexFile, name)
		}
	}
	return names, nil
}

// others says which other weights a repository has.
func others(n Name, files map[string]entry) string {
	var ggufs []string
	pickled := ""
	for _, file := range slices.Sorted(maps.Keys(files)) {
		switch filepath.Ext(file) {
		case ".gguf":
			ggufs = append(ggufs, n.Repo+"/"+file)
		case ".bin", ".pth", ".pt":
			pickled = file
		}
	}
	switch {
	case len(ggufs) > 0 && !n.Adapter:
		return ": name one of " + strings.Join(ggufs, ", ")
	case pickled != "":
		return ": " + pickled + " is a pickle, which can contain a program: convert it to safetensors"
	}
	return ""
}

// file makes sure that a snapshot has a file.
func (c *Client) file(ctx context.Context, n Name, commit string, e entry) error {
	if !isLocal(e.Path) {
		return fmt.Errorf("file %q: its path must stay inside the model's folder", e.Path)
	}
	path := filepath.Join(c.snapshot(n, commit), filepath.FromSlash(e.Path))
	if isFile(path) {
		return nil
	}
	blob, err := c.blob(ctx, n, commit, e)
	if err != nil {
		return err
	}
	return link(filepath.Join(c.repo(n), "blobs", blob), path)
}

func (c *Client) address(n Name, commit, file string) string {
	var parts []string
	for part := range strings.SplitSeq(file, "/") {
		parts = append(parts, url.PathEscape(part))
	}
	return c.Endpoint + "/" + n.Repo + "/resolve/" + commit + "/" + strings.Join(parts, "/")
}
