// Package heaptest tells tests how much memory their code keeps in use, and how often it asks for some.
package heaptest

import (
	"runtime"
	"slices"
	"strings"
)

// Grown returns how many more bytes of heap are in use after build than before. build
// returns the value whose memory is measured, so that it stays in use. Only memory that
// build and the functions below it asked for is counted, by the stacks in the runtime's
// profile: not memory that the runtime takes for itself, such as the headers of goroutines,
// nor values of less than 16 bytes, which share blocks. Sizes are those of the runtime's
// size classes, which may be larger than the size that was asked for.
func Grown(build func() any) int64 {
	rate := runtime.MemProfileRate
	defer func() { runtime.MemProfileRate = rate }()
	runtime.MemProfileRate = 1
	before := inUse()
	made := build()
	grown := inUse() - before
	runtime.KeepAlive(made)
	return grown
}

// inUse returns the number of bytes in use that were asked for below Grown. It runs the
// garbage collector twice, since memory in a pool survives one run.
func inUse() int64 {
	runtime.GC()
	runtime.GC()
	n, _ := runtime.MemProfile(nil, false)
	records := make([]runtime.MemProfileRecord, n+100)
	n, ok := runtime.MemProfile(records, false)
	if !ok {
		panic("heaptest: the profile of memory grew while it was read")
	}
	var total int64
	for _, r := range records[:n] {
		if ours(r.Stack()) {
			total += r.InUseBytes()
		}
	}
	return total
}

// allocators are the beginnings of the names of the runtime's functions that allocate.
var allocators = []string{"runtime.malloc", "runtime.newobject", "runtime.makeslice", "runtime.growslice"}

// ours reports whether the given stack, whose innermost function comes first, belongs to
// code below Grown that asked for at least 16 bytes.
func ours(stack []uintptr) bool {
	asked := false // true once the allocator's frames were passed
	for frames := runtime.CallersFrames(stack); ; {
		frame, more := frames.Next()
		name := frame.Function
		switch {
		case name == "ranksweep/nn/heaptest.inUse", strings.HasPrefix(name, "runtime.mallocgcTiny"):
			return false
		case name == "ranksweep/nn/heaptest.Grown":
			return asked
		case asked || slices.ContainsFunc(allocators, func(a string) bool { return strings.HasPrefix(name, a) }):
		case strings.HasPrefix(name, "runtime."):
			return false // the runtime asked
		default:
			asked = true
		}
		if !more {
			return false
		}
	}
}
