package sweep

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// TestSpareCores: as many cores are in use as the workers that have not ended leave over.
func TestSpareCores(t *testing.T) {
	for _, c := range []struct{ cores, workers, ended, want int }{
		{2, 2, 0, 0}, {2, 2, 1, 1}, {2, 2, 2, 2}, {4, 1, 0, 3}, {4, 1, 1, 4}, {2, 5, 3, 0}, {2, 5, 4, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			var used atomic.Int32
			s := newSpare(c.cores, c.workers, func(done <-chan struct{}) {
				used.Add(1)
				<-done
			})
			for range c.ended {
				s.free()
			}
			synctest.Wait()
			if got := int(used.Load()); got != c.want {
				t.Errorf("%+v: %d cores in use", c, got)
			}
			s.stop()
		})
	}
	newSpare(2, 1, nil).stop()
}
