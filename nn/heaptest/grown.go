// Package heaptest tells tests how much memory their code keeps in use.
package heaptest

import (
	"runtime"
	"slices"
	"strings"
)

// Grown returns how many bytes of heap are in use after build that were not in use
// before; what build made is what it returns. Only what code of this module asked for
// below build is counted, by the stacks in the runtime's profile. What the runtime takes
// for itself meanwhile, such as the headers of goroutines, is not counted, nor are values
// of less than 16 bytes, which share blocks. A size is that of the runtime's class of
// sizes, which may be larger than what was asked for.
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

// inUse returns the number of bytes in use that were asked for below Grown. It collects
// twice, since memory in a pool survives one collection.
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

// allocators are the runtime's functions by which code asks for memory, by their beginnings.
var allocators = []string{"runtime.malloc", "runtime.newobject", "runtime.makeslice", "runtime.growslice"}

// ours reports whether the given stack, its innermost function first, is of code that
// asked for 16 bytes or more below Grown.
func ours(stack []uintptr) bool {
	asked := false // whether the frames of the allocator are behind us
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
