package heaptest

import "runtime"

// tries is how often Allocations counts. The runtime allocates for itself now and then, but not each time.
const tries = 3

// Allocations returns how many allocations of memory f makes in so many calls, after a first call that is not counted,
// in which buffers that are kept may be made. Unlike testing.AllocsPerRun it returns their sum and no rounded mean, so
// that one allocation in many calls is seen.
func Allocations(calls int, f func()) int {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	f()
	least := -1
	for try := 0; try < tries && least != 0; try++ {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range calls {
			f()
		}
		runtime.ReadMemStats(&after)
		if n := int(after.Mallocs - before.Mallocs); least < 0 || n < least {
			least = n
		}
	}
	return least
}
