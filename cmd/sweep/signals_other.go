//go:build !unix

package main

import "ranksweep/train/resume"

// ringAtRequest does nothing: there is no SIGUSR1.
func ringAtRequest(*resume.Bell) {}
