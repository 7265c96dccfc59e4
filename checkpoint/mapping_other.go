//go:build !(linux || darwin || freebsd || netbsd || openbsd)

package checkpoint

import (
	"errors"
	"os"
)

func mapFile(*os.File) (*mapping, error) { return nil, errors.ErrUnsupported }

func (m *mapping) close() { m.content = nil }

func (m *mapping) drop([]byte) {}
