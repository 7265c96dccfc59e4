//go:build !amd64 && !arm64

package kernel

// accelerated returns the kernels in assembly: none for this platform.
func accelerated() []*micro { return nil }
