//go:build !amd64 && !arm64

package kernel

// No kernels in assembly on other platforms.

// accelerated returns the kernels in assembly: none for this platform.
func accelerated() []*micro { return nil }
