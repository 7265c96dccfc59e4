package page

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
)

// packed is a text compressed by gzip, in base64, as an element of the page has room for it.
func packed(text []byte) (string, error) {
	var b bytes.Buffer
	out, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := out.Write(text); err != nil {
		return "", err
	}
	if err := out.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), nil
}
