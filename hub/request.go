package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// checkRedirect sends the token to no other host than the hub's.
func checkRedirect(to *http.Request, via []*http.Request) error {
	if len(via) >= 10 {
		return errors.New("redirected 10 times")
	}
	if from := via[0].URL; to.URL.Host != from.Host || to.URL.Scheme != from.Scheme {
		to.Header.Del("Authorization")
	}
	return nil
}

// get requests an address of the hub, from a byte on. An answer other than success is an
// error.
func (c *Client) get(ctx context.Context, n Name, address string, from int64) (_ *answer, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer func() {
		if err != nil {
			cancel(nil)
		}
	}()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "ranksweep")
	// Checksums and ranges refer to the content without compression.
	req.Header.Set("Accept-Encoding", "identity")
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	if from > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, unreachable{err}
	}
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusPartialContent {
		resp.Body.Close()
		return nil, c.refusal(n, resp)
	}
	return c.watch(ctx, cancel, resp), nil
}

// unreachable is an error without any answer from the hub.
type unreachable struct{ error }

func (u unreachable) Unwrap() error { return u.error }

// refusal is an answer other than success.
type refusal struct {
	status int
	text   string
}

func (r refusal) Error() string { return fmt.Sprintf("%s (HTTP status %d)", r.text, r.status) }

// passing reports whether the same request may succeed later.
func (r refusal) passing() bool {
	return r.status == http.StatusTooManyRequests || r.status == http.StatusRequestTimeout || r.status >= 500
}

// refusal returns the error for an answer other than success.
func (c *Client) refusal(n Name, resp *http.Response) error {
	page := c.Endpoint + "/" + n.Repo
	text := "the hub answers " + http.StatusText(resp.StatusCode)
	code := resp.Header.Get("X-Error-Code")
	switch {
	case code == "GatedRepo" && c.Token == "":
		text = "the model is gated: ask for access at " + page + ", then set HF_TOKEN to your token"
	case code == "GatedRepo" || resp.StatusCode == http.StatusForbidden:
		text = "your token may not read it: ask for access at " + page
	case code == "RevisionNotFound":
		text = fmt.Sprintf("has no revision %q", n.Revision)
	case resp.StatusCode == http.StatusUnauthorized && c.Token == "":
		text = "there is no such model, or it is private: check the name, or set HF_TOKEN to a token that may read it"
	case resp.StatusCode == http.StatusUnauthorized:
		text = "there is no such model, or your token may not read it: check the name and HF_TOKEN"
	case resp.StatusCode == http.StatusNotFound:
		text = "there is no such model, revision or file"
	}
	return refusal{resp.StatusCode, text}
}

// entry is a file of a repository.
type entry struct {
	Type string `json:"type"` // file or directory
	Path string `json:"path"`
	Size int64  `json:"size"`
	OID  string `json:"oid"` // sha1 of a git blob, or of a pointer to a large file
	LFS  *struct {
		OID  string `json:"oid"` // sha256
		Size int64  `json:"size"`
	} `json:"lfs"`
}

// blob returns the name of the file's content, its checksum, and its length.
func (e entry) blob() (name string, size int64, err error) {
	name, size = e.OID, e.Size
	known := commitFormat // it matches every sha1
	if e.LFS != nil {
		name, size, known = e.LFS.OID, e.LFS.Size, sha256Format
	}
	if !known.MatchString(name) || size < 0 {
		return "", 0, fmt.Errorf("%s: the hub answers with the invalid checksum %q or size of %d bytes", e.Path, name,
			size)
	}
	return name, size, nil
}

// commit requests the commit of a revision.
func (c *Client) commit(ctx context.Context, n Name) (string, error) {
	var info struct {
		SHA string `json:"sha"`
	}
	address := c.Endpoint + "/api/models/" + n.Repo + "/revision/" + url.PathEscape(n.Revision)
	if _, err := c.getJSON(ctx, n, address, &info); err != nil {
		return "", err
	}
	if !commitFormat.MatchString(info.SHA) {
		return "", fmt.Errorf("the hub answers with the invalid commit %q", info.SHA)
	}
	return info.SHA, nil
}

// tree requests the list of files of a commit, by path.
func (c *Client) tree(ctx context.Context, n Name, commit string) (map[string]entry, error) {
	files := make(map[string]entry)
	address := c.Endpoint + "/api/models/" + n.Repo + "/tree/" + commit + "?recursive=true"
	const pages = 100 // each has a thousand files
	for range pages {
		var page []entry
		next, err := c.getJSON(ctx, n, address, &page)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			if e.Type == "file" {
				files[e.Path] = e
			}
		}
		if len(files) > maxFiles {
			return nil, fmt.Errorf("the list of files has more than %d of them", maxFiles)
		}
		if next == "" {
			return files, nil
		}
		if !strings.HasPrefix(next, c.Endpoint+"/") {
			return nil, fmt.Errorf("the list of files continues at another host: %s", next)
		}
		address = next
	}
	return nil, fmt.Errorf("the list of files has more than %d pages", pages)
}

// The bounds of what the hub says of a model.
const (
	maxJSON  = 64 << 20 // bytes of an answer, and of an index of weights
	maxFiles = 200_000
)

// getJSON reads an answer into v, and returns the address of its next page.
func (c *Client) getJSON(ctx context.Context, n Name, address string, v any) (next string, err error) {
	err = c.retry(ctx, func() (bool, error) {
		ctx, stop := context.WithTimeoutCause(ctx, c.listed,
			fmt.Errorf("%s: the answer is not complete after %v", address, c.listed))
		defer stop()
		a, err := c.get(ctx, n, address, 0)
		if err != nil {
			return false, err
		}
		defer a.close()
		content, err := io.ReadAll(io.LimitReader(a, maxJSON+1))
		if err != nil {
			return false, err
		}
		if len(content) > maxJSON {
			return false, fmt.Errorf("%s: the answer has more than %d bytes", address, maxJSON)
		}
		next = nextPage(a.Header)
		if err := json.Unmarshal(content, v); err != nil {
			return false, fmt.Errorf("%s: %w", address, err)
		}
		return true, nil
	})
	return next, err
}

// nextPage reads a Link header (RFC 8288) of one link: <ADDRESS>; rel="next".
func nextPage(h http.Header) string {
	address, rel, ok := strings.Cut(h.Get("Link"), ">")
	if !ok || !strings.Contains(rel, `rel="next"`) {
		return ""
	}
	return strings.TrimPrefix(address, "<")
}
