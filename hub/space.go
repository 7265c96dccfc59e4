package hub

import (
	"fmt"
	"os"
)

// fits checks that the disk of the cache has room for some more bytes.
func (c *Client) fits(bytes int64) error {
	if err := os.MkdirAll(c.Cache, 0o777); err != nil {
		return err
	}
	free, known := c.free(c.Cache)
	if known && bytes > free {
		return fmt.Errorf("%d bytes are missing, but the disk of %s has room for %d: make room, or name another "+
			"disk's folder as HF_HUB_CACHE", bytes, c.Cache, free)
	}
	return nil
}
