package hub

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"path/filepath"

	"ranksweep/userfile"
)

// sumOf returns the checksum of a content of so many bytes, of the kind of like: a sha256, or the
// sha1 that git computes of a blob.
func sumOf(ctx context.Context, content io.Reader, size int64, like string) (string, error) {
	var sum hash.Hash
	if len(like) == 2*sha256.Size {
		sum = sha256.New()
	} else {
		sum = sha1.New()
		fmt.Fprintf(sum, "blob %d\x00", size)
	}
	const chunk = 16 << 20
	for {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		if _, err := io.CopyN(sum, content, chunk); err == io.EOF {
			return hex.EncodeToString(sum.Sum(nil)), nil
		} else if err != nil {
			return "", err
		}
	}
}

// verify compares files of a snapshot with their checksums, which are the names of their blobs,
// once for each client. A file that is no link to a blob is not compared. A GB costs 0.6 s on a core
// of an AMD EPYC, and is read a second time when the model is loaded.
func (c *Client) verify(ctx context.Context, n Name, commit string, files []string) error {
	for _, file := range files {
		path, err := filepath.EvalSymlinks(filepath.Join(c.snapshot(n, commit), filepath.FromSlash(file)))
		if err != nil {
			continue // it is not there
		}
		sum := filepath.Base(path)
		if c.checked[path] || !commitFormat.MatchString(sum) && !sha256Format.MatchString(sum) {
			continue
		}
		if err := verifyBlob(ctx, path, sum); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		c.checked[path] = true
	}
	return nil
}

func verifyBlob(ctx context.Context, path, sum string) error {
	f, err := userfile.Open(path, userfile.Weights)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	got, err := sumOf(ctx, f, info.Size(), sum)
	if err == nil && got != sum {
		err = fmt.Errorf("the copy in the cache has the checksum %s, but must have %s: it was damaged or edited: "+
			"remove %s, and it is fetched again", got, sum, path)
	}
	return err
}
