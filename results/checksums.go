package results

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
)

// hashOf is the SHA-256 of data in hexadecimal digits.
func hashOf(data []byte) string { return fmt.Sprintf("%x", sha256.Sum256(data)) }

// checksums returns the content of SHA256SUMS for files.
func checksums(files []file) []byte {
	var b bytes.Buffer
	for _, f := range files {
		b.WriteString(checksum(f))
	}
	return b.Bytes()
}

// checksum is a file's line of SHA256SUMS; empty if it has none.
func checksum(f file) string {
	if f.name == timingFile || f.name == sumsFile {
		return ""
	}
	return hashOf(f.data) + "  " + f.name + "\n"
}

// listed names the files of which sums, the content of SHA256SUMS, has checksums.
func listed(sums []byte) (names []string) {
	for line := range strings.Lines(string(sums)) {
		if _, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  "); ok {
			names = append(names, name)
		}
	}
	return names
}

// verify holds files, in order of name, to the checksums among them. Each file has its
// checksum, whether this program knows the file or not.
func verify(files []file) error {
	byName := contents(files)
	for _, name := range []string{runFile, sumsFile} {
		if _, ok := byName[name]; !ok {
			return damaged(name, errMissing)
		}
	}
	own, all := make(map[string]string, len(files)), ""
	for _, f := range files {
		own[f.name] = checksum(f)
		all += own[f.name]
	}
	sums := string(byName[sumsFile])
	for line := range strings.Lines(sums) {
		_, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if !ok {
			return damaged(sumsFile, errors.New("malformed"))
		}
		if _, ok := byName[name]; !ok {
			return damaged(name, errMissing)
		}
		if line != own[name] {
			return damaged(name, errors.New("does not have its checksum"))
		}
	}
	if sums != all {
		return damaged(sumsFile, errors.New("does not list every file"))
	}
	return nil
}

func contents(files []file) map[string][]byte {
	byName := map[string][]byte{}
	for _, f := range files {
		byName[f.name] = f.data
	}
	return byName
}
