package wholefile

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"

	"ranksweep/userfile"
)

// Update is [Write], unless the file has that content already: then it is left as it is. So
// thousands of processes that have the same to say do not write it thousands of times. It
// calls write twice if the content differs.
func Update(path string, write func(io.Writer) error) error {
	if has(path, write) {
		return nil
	}
	return Write(path, write)
}

// has reports whether a file has what write writes.
func has(path string, write func(io.Writer) error) bool {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return false
	}
	f, err := userfile.Open(path, userfile.Weights)
	if err != nil {
		return false
	}
	defer f.Close()
	r := bufio.NewReader(f)
	if err := write(comparer{r}); err != nil {
		return false
	}
	_, err = r.Peek(1)
	return err == io.EOF
}

var errDiffers = errors.New("the file has another content")

// comparer holds what is written to what can be read.
type comparer struct{ there io.Reader }

func (c comparer) Write(p []byte) (int, error) {
	q := make([]byte, len(p))
	if _, err := io.ReadFull(c.there, q); err != nil || !bytes.Equal(p, q) {
		return 0, errDiffers
	}
	return len(p), nil
}
