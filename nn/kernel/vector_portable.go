//go:build !amd64

package kernel

// Stand-ins, on other platforms, for functions that only amd64 has in assembly.

func (u *micro) largestVectors(_ *[parts]float32, _ []float32) int { return 0 }

func (u *micro) totalVectors(_ *[parts]float64, _ []float32) int { return 0 }

func (u *micro) jacobianVectors(_, _ []float32, _ float32) int { return 0 }

func (u *micro) normalizeVectors(_, _, _ []float32, _ float32) int { return 0 }

func (u *micro) dot3Vectors(_ *[parts]float32, _, _, _ []float32) int { return 0 }

func (u *micro) normalizeBackwardVectors(_, _, _, _ []float32, _, _ float32) int { return 0 }

func (u *micro) rotateVectors(_, _, _, _ []float32, _ float32) int { return 0 }

func (u *micro) adamWVectors(_, _, _, _ []float32, _ AdamWStep) int { return 0 }

func (u *micro) dotVectors(_ *[parts]float32, _, _ []float32) int { return 0 }

func (u *micro) sumSquaresVectors(_ *[parts]float64, _ []float32) int { return 0 }

func (u *micro) addVectors(_, _ []float32) int { return 0 }

func (u *micro) timesVectors(_, _ []float32) int { return 0 }

func (u *micro) softcapVectors(_ []float32, _, _ float32) int { return 0 }

func (u *micro) scaleVectors(_ []float32, _ float32) int { return 0 }

func (u *micro) geluVectors(_, _ []float32) int { return 0 }

func (u *micro) geluSlopeVectors(_, _, _ []float32) int { return 0 }

func (u *micro) geluTanhVectors(_, _ []float32) int { return 0 }

func (u *micro) geluTanhSlopeVectors(_, _, _ []float32) int { return 0 }
