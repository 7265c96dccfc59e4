package sweep

import "sync"

// spare manages the cores that no worker uses: cores beyond the number of workers and,
// towards the end of a sweep, the cores of workers that have no run left.
type spare struct {
	use  func(done <-chan struct{}) // uses a core until done is closed; nil: spare cores stay idle
	done chan struct{}
	all  sync.WaitGroup

	mu    sync.Mutex
	cores int // negative if there are more workers than cores
}

func newSpare(cores, workers int, use func(done <-chan struct{})) *spare {
	s := &spare{use: use, done: make(chan struct{}), cores: -workers}
	for range cores {
		s.free()
	}
	return s
}

// free adds one core.
func (s *spare) free() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cores++
	if s.cores > 0 && s.use != nil {
		s.all.Go(func() { s.use(s.done) })
	}
}

// stop ends the use of all spare cores.
func (s *spare) stop() {
	close(s.done)
	s.all.Wait()
}
