package hub

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// blob makes sure that the cache has a file's content, and returns its name. If several
// processes want the same file, one fetches it and the others wait.
func (c *Client) blob(ctx context.Context, n Name, commit string, e entry) (string, error) {
	name, size, err := e.blob()
	if err != nil {
		return "", err
	}
	path := filepath.Join(c.repo(n), "blobs", name)
	if isFile(path) {
		return name, nil
	}
	lock := filepath.Join(c.Cache, ".locks", filepath.Base(c.repo(n)), name+".lock")
	for _, file := range []string{path, lock} {
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			return "", err
		}
	}
	l := flock.New(lock)
	if _, err := l.TryLockContext(ctx, 100*time.Millisecond); err != nil {
		return "", fmt.Errorf("waiting for another process: %s: %w", lock, err)
	}
	defer l.Unlock()
	if isFile(path) {
		return name, nil
	}
	d := download{Client: c, name: n, file: e.Path, address: c.address(n, commit, e.Path), size: size, sum: name}
	return name, d.into(ctx, path)
}

// download is a file that is being fetched.
type download struct {
	*Client
	name          Name
	file, address string
	size          int64
	sum           string // sha256, or the sha1 that git computes of a blob
}

// into fetches the file to path. It continues from the bytes that arrived earlier.
func (d *download) into(ctx context.Context, path string) error {
	part := path + ".incomplete"
	f, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := d.retry(ctx, func() (bool, error) { return d.more(ctx, f) }); err != nil {
		if info, statErr := f.Stat(); statErr == nil && info.Size() > 0 {
			return fmt.Errorf("%s: %w; %d of %d bytes are kept: run the same command again to fetch the rest",
				d.file, err, info.Size(), d.size)
		}
		return errors.Join(fmt.Errorf("%s: %w", d.file, err), os.Remove(part))
	}
	if err := d.check(f); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(part, path)
}

// more appends the rest of the file to f.
func (d *download) more(ctx context.Context, f *os.File) (gotOn bool, err error) {
	have, err := f.Seek(0, io.SeekEnd)
	if have > d.size && err == nil {
		have, err = 0, rewind(f)
	}
	if err != nil || have == d.size {
		return false, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	resp, err := d.get(ctx, d.name, d.address, have)
	if err != nil {
		return false, err
	}
	defer resp.Body.Close()
	if have > 0 && !continues(resp, have) {
		if err := rewind(f); err != nil {
			return false, err
		}
		if have = 0; resp.StatusCode != http.StatusOK {
			return false, unreachable{errors.New("the hub continues from another byte than the requested one")}
		}
	}
	stalled := time.AfterFunc(d.stall, func() { cancel(fmt.Errorf("no byte has arrived for %v", d.stall)) })
	defer stalled.Stop()
	body := &watched{Reader: resp.Body, saw: func(n int) {
		stalled.Reset(d.stall)
		have += int64(n)
		d.progress(d.file, have, d.size)
	}}
	n, err := io.Copy(f, io.LimitReader(body, d.size-have))
	switch cause := context.Cause(ctx); {
	case err != nil && body.err == nil:
		return false, err // an error in writing
	case cause != nil:
		err = cause
	case have < d.size:
		err = fmt.Errorf("cut off after %d of %d bytes", have, d.size)
	}
	if err != nil {
		err = unreachable{err}
	}
	return n > 0, err
}

// rewind discards the bytes that have arrived.
func rewind(f *os.File) error {
	_, err := f.Seek(0, io.SeekStart)
	return errors.Join(err, f.Truncate(0))
}

// continues reports whether an answer continues from the given byte.
func continues(resp *http.Response, from int64) bool {
	return resp.StatusCode == http.StatusPartialContent &&
		strings.HasPrefix(resp.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", from))
}

// check compares a complete file with its checksum.
func (d *download) check(f *os.File) error {
	var sum hash.Hash
	if len(d.sum) == 2*sha256.Size {
		sum = sha256.New()
	} else {
		sum = sha1.New()
		fmt.Fprintf(sum, "blob %d\x00", d.size)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if _, err := io.Copy(sum, f); err != nil {
		return err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != d.sum {
		return fmt.Errorf("%s: checksum %s: must be %s: the file arrived damaged and is removed; try again",
			d.file, got, d.sum)
	}
	return nil
}

// watched reports how much is read, and remembers why reading failed.
type watched struct {
	io.Reader
	saw func(n int)
	err error
}

func (w *watched) Read(b []byte) (int, error) {
	n, err := w.Reader.Read(b)
	w.saw(n)
	if err != io.EOF {
		w.err = err
	}
	return n, err
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
