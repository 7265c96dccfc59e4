package kernel

// Work shared by cores that have nothing else to do.

import (
	"runtime"
	"sync/atomic"
	"time"
)

// A Task is work on items that do not depend on each other.
type Task interface {
	// Do does the items from from to to, without to. Several goroutines may call it at once, for other items.
	Do(from, to int)
}

// Share does the first n items of a task, on the calling goroutine and on those in [Help] that have nothing else to do.
// It hands out at least so many at a time as each says: a core should need ten microseconds for them, or handing over
// costs more than it saves. Who does an item depends on chance, so that a task must have the same result for any
// division. Share allocates nothing once there were as many tasks at a time.
func Share(t Task, n, each int) {
	workers := int(helpers.Load()) + 1
	if workers == 1 || n <= each {
		t.Do(0, n)
		return
	}
	j := jobs.get()
	j.open(t, n, max(each, (n+chunks*workers-1)/(chunks*workers)))
	j.wake(workers - 1)
	for j.some() {
		posted.CompareAndSwap(nil, j)
	}
	j.close()
	jobs.put(j)
}

var (
	// posted is a job that still has items, for helpers that look for one.
	posted atomic.Pointer[job]
	// shares is the channel on which helpers sleep. It has no buffer, so that a job wakes only who sleeps.
	shares = make(chan *job)
	// helpers counts the goroutines in Help.
	helpers atomic.Int32
	// jobs holds the jobs that are not in use.
	jobs pool[job]
)

// A job is a task that is being shared.
type job struct {
	task    Task
	n, each int
	next    atomic.Int64  // the first item that nobody has taken
	workers atomic.Int64  // helpers that do items of it, and closed, which is below all such numbers, if none may begin
	left    chan struct{} // gets a word from the last helper that leaves a closed job
}

const closed = -1 << 40

// chunks is into how many parts for each worker a task is cut at most, so that one who comes late, or is slow, is
// waited for less.
const chunks = 4

// open begins a task. Helpers may still hold the job from the task before; they may begin on this one.
func (j *job) open(t Task, n, each int) {
	if j.left == nil {
		j.left = make(chan struct{}, 1)
	}
	j.task, j.n, j.each = t, n, each
	j.next.Store(0)
	j.workers.Store(0)
	posted.Store(j)
}

// wake gives the job to helpers that sleep, so many at most, as long as there are items for them.
func (j *job) wake(most int) {
	for range min(most, (j.n-1)/j.each) {
		select {
		case shares <- j:
		default:
			return
		}
	}
}

// join begins on the job as a helper, unless it is closed.
func (j *job) join() bool {
	for {
		now := j.workers.Load()
		if now < 0 {
			return false
		}
		if j.workers.CompareAndSwap(now, now+1) {
			return true
		}
	}
}

// help does items of the job, if there are any.
func (j *job) help() {
	if !j.join() {
		return
	}
	for j.some() {
	}
	if j.workers.Add(-1) == closed {
		j.left <- struct{}{}
	}
}

// close lets no helper begin, and waits for those that have.
func (j *job) close() {
	posted.CompareAndSwap(j, nil)
	if j.workers.Add(closed) != closed {
		for began := time.Now(); j.workers.Load() != closed && time.Since(began) < patience; {
		}
		<-j.left
	}
	j.task = nil
}

// some does some of the items that are left, and reports whether there were any.
func (j *job) some() bool {
	to := int(j.next.Add(int64(j.each)))
	from := to - j.each
	if to >= j.n {
		posted.CompareAndSwap(j, nil)
	}
	if from >= j.n {
		return false
	}
	j.task.Do(from, min(to, j.n))
	return true
}

// patience is how long who has nothing to do looks for work before it sleeps. To wake a core takes about as long.
const patience = 100 * time.Microsecond

// Help takes part in the tasks of other goroutines until done is closed. It makes these faster by a core that has
// nothing else to do, and changes no byte of their results.
func Help(done <-chan struct{}) {
	helpers.Add(1)
	defer helpers.Add(-1)
	for {
		j := awaited()
		if j == nil {
			select {
			case j = <-shares:
			case <-done:
				return
			}
		}
		j.help()
		select {
		case <-done: // while others are still at work
			return
		default:
		}
	}
}

// awaited returns a job that is posted within a while; nil if there is none.
func awaited() *job {
	const looks = 100
	for began := time.Now(); time.Since(began) < patience; runtime.Gosched() {
		for range looks {
			if j := posted.Load(); j != nil {
				return j
			}
		}
	}
	return nil
}

// leastShared is the smallest number of multiplications in a product that is shared. A core needs at least ten
// microseconds for half of them, as each part has, much longer than handing over a part takes.
const leastShared = 1 << 20

// shared computes the product together with the helpers that are waiting.
func (g gemm) shared() {
	workers := int(helpers.Load()) + 1
	if workers == 1 || g.m*g.n*g.k < leastShared {
		g.compute()
		return
	}
	p := products.get()
	p.gemm = g
	const parts = 2 // for each worker; more would pack more, since each part packs what it reads of B
	p.cut, p.byColumns = g.cut(min(parts*workers, 2*g.m*g.n*g.k/leastShared))
	Share(p, p.parts, 1)
	*p = sharedProduct{}
	products.put(p)
}

// products holds the shared products that are not in use.
var products pool[sharedProduct]

// A sharedProduct is a product whose items are the parts of a cut.
type sharedProduct struct {
	gemm
	cut
	byColumns bool
}

// Do computes some parts of the product.
func (p *sharedProduct) Do(from, to int) {
	for i := from; i < to; i++ {
		p.gemm.part(p.cut, i, p.byColumns).compute()
	}
}

// cut divides C into at most the given number of parts. It cuts by columns if each part then
// has some tiles, since each part that is cut by rows has to pack all of B.
func (g gemm) cut(parts int) (c cut, byColumns bool) {
	const tiles = 4
	wide := g.widest()
	if g.n >= parts*tiles*wide {
		return cut{g.n, wide, parts}, true
	}
	return cut{g.m, g.micro.rows, min(parts, (g.m+g.micro.rows-1)/g.micro.rows)}, false
}

// part returns part i of c.
func (g gemm) part(c cut, i int, byColumns bool) gemm {
	start, length := c.part(i)
	if byColumns {
		return g.columns(start, length)
	}
	return g.strips(start, length)
}
