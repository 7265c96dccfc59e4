package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"ranksweep/userfile"
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
	release, err := c.lock(ctx, lock)
	if err != nil {
		return "", err
	}
	defer release()
	if isFile(path) {
		return name, nil
	}
	d := download{Client: c, name: n, file: e.Path, address: c.address(n, commit, e.Path), size: size, sum: name}
	return name, d.into(ctx, path)
}

// lock waits until no other process has a lock, and takes it. The file can be locked by all whom
// the umask lets write it, so that several users can share a cache.
func (c *Client) lock(ctx context.Context, path string) (release func() error, err error) {
	if err := userfile.Writable(path); err != nil {
		return nil, err
	}
	l := flock.New(path, flock.SetPermissions(0o666))
	locked, err := l.TryLock()
	if err == nil && !locked {
		c.note("waiting for another process that fetches the same file: it holds %s", path)
		_, err = l.TryLockContext(ctx, 100*time.Millisecond)
	}
	if err != nil {
		return nil, fmt.Errorf("waiting for another process: %s: %w", path, err)
	}
	return l.Unlock, nil
}

// download is a file that is being fetched.
type download struct {
	*Client
	name          Name
	file, address string
	size          int64
	sum           string // sha256, or the sha1 that git computes of a blob
	farthest      int64  // the most bytes that were ever there
}

// into fetches the file to path. It continues from the bytes that arrived earlier.
func (d *download) into(ctx context.Context, path string) error {
	part := path + ".incomplete"
	if err := userfile.Writable(part); err != nil {
		return err
	}
	f, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil {
		d.farthest = min(info.Size(), d.size)
	}
	if err := d.fits(d.size - d.farthest); err != nil {
		return fmt.Errorf("%s: %w", d.file, err)
	}
	if err := d.retry(ctx, func() (bool, error) { return d.more(ctx, f) }); err != nil {
		if info, statErr := f.Stat(); statErr == nil && info.Size() > 0 {
			return fmt.Errorf("%s: %w; %d of %d bytes are kept: run the same command again to fetch the rest",
				d.file, err, info.Size(), d.size)
		}
		return errors.Join(fmt.Errorf("%s: %w", d.file, err), os.Remove(part))
	}
	if err := d.check(ctx, f); err != nil {
		if ctx.Err() != nil { // nothing is known of the file
			return err
		}
		return errors.Join(err, os.Remove(part))
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	d.checked[path] = true
	return os.Rename(part, path)
}

// more appends the rest of the file to f. It got on if there are more bytes than ever before.
func (d *download) more(ctx context.Context, f *os.File) (gotOn bool, err error) {
	have, err := f.Seek(0, io.SeekEnd)
	if have > d.size && err == nil {
		have, err = 0, rewind(f)
	}
	if err != nil || have == d.size {
		return false, err
	}
	a, err := d.get(ctx, d.name, d.address, have)
	if r, ok := errors.AsType[refusal](err); ok && r.status == http.StatusRequestedRangeNotSatisfiable {
		return false, errors.Join(unreachable{err}, rewind(f))
	}
	if err != nil {
		return false, err
	}
	defer a.close()
	if have > 0 && !continues(a.Response, have) {
		if err := rewind(f); err != nil {
			return false, err
		}
		if have = 0; a.StatusCode != http.StatusOK {
			return false, unreachable{errors.New("the hub continues from another byte than the requested one")}
		}
	}
	if err := d.checkHead(a.Response, have); err != nil {
		return false, err
	}
	a.saw = func(n int) {
		have += int64(n)
		d.progress(d.file, have, d.size)
	}
	_, err = io.Copy(f, io.LimitReader(a, d.size-have))
	if err == nil && have < d.size || errors.Is(err, io.ErrUnexpectedEOF) {
		err = unreachable{fmt.Errorf("cut off after %d of %d bytes", have, d.size)}
	}
	gotOn = have > d.farthest
	d.farthest = max(d.farthest, have)
	return gotOn, err
}

// checkHead compares what an answer says of itself with what the hub's list says of the file.
func (d *download) checkHead(resp *http.Response, have int64) error {
	if coding := resp.Header.Get("Content-Encoding"); coding != "" && coding != "identity" {
		return fmt.Errorf("arrives compressed (Content-Encoding %.20q), which was not asked for: "+
			"is there a proxy on the way?", coding)
	}
	if n := resp.ContentLength; n >= 0 && n != d.size-have {
		return fmt.Errorf("%d bytes are going to arrive, but by the hub's list of files it must be %d: "+
			"try again later, or another model", n, d.size-have)
	}
	return nil
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
func (d *download) check(ctx context.Context, f *os.File) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	got, err := sumOf(ctx, f, d.size, d.sum)
	if err == nil && got != d.sum {
		err = fmt.Errorf("%s: checksum %s: must be %s: the file arrived damaged and is removed; try again",
			d.file, got, d.sum)
	}
	return err
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
