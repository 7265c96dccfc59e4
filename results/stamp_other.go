//go:build !unix

package results

import "errors"

// stamp fails, since the system does not say when a file was changed.
func (disk) stamp(string) (stamp, error) { return stamp{}, errors.ErrUnsupported }
