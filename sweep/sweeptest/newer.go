package sweeptest

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Newer replaces a text in a file of a record, and gives the file its checksum, as if a newer
// program had written the record.
func Newer(file, old, new string) error {
	sums := filepath.Join(filepath.Dir(file), "SHA256SUMS")
	was, err := os.ReadFile(file)
	list, sumsErr := os.ReadFile(sums)
	if err := errors.Join(err, sumsErr); err != nil {
		return err
	}
	now := bytes.Replace(was, []byte(old), []byte(new), 1)
	sum := func(text []byte) []byte { return fmt.Appendf(nil, "%x", sha256.Sum256(text)) }
	renewed := bytes.Replace(list, sum(was), sum(now), 1)
	if bytes.Equal(renewed, list) {
		return fmt.Errorf("sweeptest: %s does not hold %q, or has no checksum", file, old)
	}
	return errors.Join(os.WriteFile(file, now, 0o666), os.WriteFile(sums, renewed, 0o666))
}
