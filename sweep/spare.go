package sweep

import "sync"

// spare is the cores that no worker has use for: those beyond the workers and,
// as a sweep comes to its end, those of workers that have no run left.
type spare struct {
	use  func(done <-chan struct{}) // nil for nothing
	done chan struct{}
	all  sync.WaitGroup

	mu    sync.Mutex
	cores int // below 0 where workers are more than cores
}

func newSpare(cores, workers int, use func(done <-chan struct{})) *spare {
	s := &spare{use: use, done: make(chan struct{}), cores: -workers}
	for range cores {
		s.free()
	}
	return s
}

// free takes in one core more.
func (s *spare) free() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cores++
	if s.cores > 0 && s.use != nil {
		s.all.Go(func() { s.use(s.done) })
	}
}

// stop ends the use of all of them.
func (s *spare) stop() {
	close(s.done)
	s.all.Wait()
}
