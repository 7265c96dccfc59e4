package hub

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ranksweep/userfile"
)

// Client fetches models from one hub into one cache.
type Client struct {
	Endpoint string // the hub's address
	Token    string // the access token; empty for none
	Cache    string // the folder that holds models--ORG--NAME
	Offline  bool   // use only the cache, without requests

	// Progress, if not nil, is called while a file arrives, with the number of bytes that
	// have arrived and the file's size.
	Progress func(file string, have, size int64)
	// Note, if not nil, receives messages for the user.
	Note func(text string)

	http     *http.Client
	patience time.Duration // wait after the first failure; it doubles with each further one
	stall    time.Duration // an answer fails if fewer than leastBytes arrive in this time
	listed   time.Duration // a list of files fails if it is not complete after this time
	free     func(folder string) (bytes int64, known bool)
	checked  map[string]bool // blobs whose content was compared with their checksum
}

const attempts = 5 // number of attempts in a row without a byte

// New returns a client of a hub and a cache.
func New(endpoint, cache string) *Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = 30 * time.Second
	return &Client{
		Endpoint: strings.TrimRight(endpoint, "/"), Cache: cache,
		http:     &http.Client{Transport: transport, CheckRedirect: checkRedirect},
		patience: time.Second, stall: time.Minute, listed: 5 * time.Minute,
		free: freeSpace, checked: make(map[string]bool),
	}
}

// maxToken is more bytes than any token has.
const maxToken = 64 << 10

// FromEnvironment returns a client with the settings of HF_ENDPOINT, HF_HUB_CACHE, HF_HOME,
// HF_TOKEN, HF_TOKEN_PATH and HF_HUB_OFFLINE. It reads them as huggingface_hub does.
func FromEnvironment() (*Client, error) {
	home := expand(os.Getenv("HF_HOME"))
	if home == "" {
		cache, err := os.UserHomeDir()
		if err != nil {
			return nil, fmt.Errorf("hub: %w: set HF_HOME", err)
		}
		home = filepath.Join(cmp.Or(expand(os.Getenv("XDG_CACHE_HOME")), filepath.Join(cache, ".cache")), "huggingface")
	}
	c := New(cmp.Or(os.Getenv("HF_ENDPOINT"), "https://huggingface.co"),
		cmp.Or(expand(os.Getenv("HF_HUB_CACHE")), filepath.Join(home, "hub")))
	c.Offline = isTrue(os.Getenv("HF_HUB_OFFLINE"))
	c.Token = strings.TrimSpace(os.Getenv("HF_TOKEN"))
	if c.Token == "" {
		path := cmp.Or(expand(os.Getenv("HF_TOKEN_PATH")), filepath.Join(home, "token"))
		token, err := userfile.Read(path, maxToken)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("hub: the file of the token: %w", err)
		}
		c.Token = strings.TrimSpace(string(token))
	}
	return c, nil
}

func isTrue(s string) bool {
	return slices.Contains([]string{"1", "ON", "YES", "TRUE"}, strings.ToUpper(s))
}

// expand replaces $NAME, and ~ at the beginning.
func expand(path string) string {
	path = os.ExpandEnv(path)
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	return path
}

func (c *Client) note(format string, args ...any) {
	if c.Note != nil {
		c.Note(fmt.Sprintf(format, args...))
	}
}

func (c *Client) progress(file string, have, size int64) {
	if c.Progress != nil {
		c.Progress(file, have, size)
	}
}
