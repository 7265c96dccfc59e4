//go:build !amd64 && !arm64

package kernel

// Element-wise functions in assembly: none on other platforms.

func (u *micro) expVectors(_, _ []float32, _ float32) int { return 0 }

func (u *micro) swigluVectors(_, _, _ []float32) int { return 0 }

func (u *micro) swigluBackwardVectors(_, _, _, _, _ []float32) int { return 0 }
