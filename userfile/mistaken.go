package userfile

import (
	"bytes"
	"errors"
)

// Mistaken says what a file is if its first bytes show that it stands for another file, which was
// not fetched: a pointer of Git LFS, or a web page. Otherwise it returns nil.
func Mistaken(content []byte) error {
	head := bytes.TrimLeft(bytes.TrimPrefix(content[:min(len(content), 256)], byteOrderMark), " \t\r\n")
	switch lower := bytes.ToLower(head); {
	case bytes.HasPrefix(head, []byte("version https://git-lfs.github.com/")):
		return errors.New("is a pointer of Git LFS and not the file itself: fetch that, as by git lfs pull")
	case bytes.HasPrefix(lower, []byte("<!doctype html")), bytes.HasPrefix(lower, []byte("<html")):
		return errors.New("is a web page and not the file itself: download that, as from the page's link " +
			"to the raw file")
	}
	return nil
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// JSON returns a text as JSON, if it is what Python's json module reads as such: without a byte
// order mark, and with numbers that are too large for a float in place of Infinity and NaN, so
// that a setting that has one is an error for whoever needs it, and for nobody else.
func JSON(text []byte) []byte {
	text = bytes.TrimPrefix(text, byteOrderMark)
	var b bytes.Buffer
	for quoted := false; len(text) > 0; {
		n, word := 1, text[:1]
		switch {
		case quoted && text[0] == '\\' && len(text) > 1:
			n, word = 2, text[:2]
		case text[0] == '"':
			quoted = !quoted
		case !quoted && bytes.HasPrefix(text, []byte("Infinity")):
			n, word = len("Infinity"), []byte("1e999")
		case !quoted && bytes.HasPrefix(text, []byte("NaN")):
			n, word = len("NaN"), []byte("1e999")
		}
		b.Write(word)
		text = text[n:]
	}
	return b.Bytes()
}
