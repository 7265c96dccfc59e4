package hub

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"ranksweep/userfile"
)

// repo returns the folder of a model in the cache.
func (c *Client) repo(n Name) string {
	return filepath.Join(c.Cache, "models--"+strings.ReplaceAll(n.Repo, "/", "--"))
}

func (c *Client) snapshot(n Name, commit string) string {
	return filepath.Join(c.repo(n), "snapshots", commit)
}

// result returns the path in a snapshot that Fetch returns.
func (c *Client) result(n Name, commit string) string {
	return filepath.Join(c.snapshot(n, commit), filepath.FromSlash(n.File))
}

// cached returns the path of a model in the cache, or an error that says what is missing or damaged.
func (c *Client) cached(ctx context.Context, n Name) (string, error) {
	commit := n.Revision
	if !commitFormat.MatchString(commit) {
		ref := filepath.Join(c.repo(n), "refs", filepath.FromSlash(n.Revision))
		content, err := userfile.Read(ref, userfile.Settings)
		commit = strings.TrimSpace(string(content))
		if err != nil || !commitFormat.MatchString(commit) {
			return "", fmt.Errorf("revision %s is not in the cache %s", n.Revision, c.Cache)
		}
	}
	needed, err := c.needed(n, commit)
	if err != nil {
		return "", err
	}
	for _, file := range needed {
		if !isFile(filepath.Join(c.snapshot(n, commit), filepath.FromSlash(file))) {
			return "", fmt.Errorf("%s is not in the cache %s", file, c.Cache)
		}
	}
	return c.result(n, commit), c.verify(ctx, n, commit, append(needed, companions...))
}

// needed returns the files that a snapshot must have to be a model or adapter.
func (c *Client) needed(n Name, commit string) ([]string, error) {
	if n.Adapter {
		return adapterFiles, nil
	}
	if n.File != "" {
		return []string{n.File}, nil
	}
	index := filepath.Join(c.snapshot(n, commit), indexFile)
	if isFile(filepath.Join(c.snapshot(n, commit), weightsFile)) || !isFile(index) {
		return []string{"config.json", weightsFile}, nil
	}
	all, err := shards(index)
	return append(all, "config.json"), err
}

// link makes path another name of a blob. It makes a relative link, so that the cache can be
// moved. On systems without links it gives the file a second name.
func link(blob, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	target, err := filepath.Rel(filepath.Dir(path), blob)
	if err != nil {
		return err
	}
	if os.Symlink(target, path) == nil || isFile(path) { // another process may have made the link
		return nil
	}
	os.Remove(path) // a link to nothing
	if os.Symlink(target, path) == nil {
		return nil
	}
	return os.Link(blob, path)
}
