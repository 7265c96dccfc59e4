package kernel

// Work shared by cores that have nothing else to do.

import (
	"sync"
	"sync/atomic"
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
	const chunks = 4 // for each worker, so that one who comes late, or is slow, is waited for less
	j := jobs.get()
	j.task, j.n, j.each = t, n, max(each, (n+chunks*workers-1)/(chunks*workers))
	j.next.Store(0)
	for j.offer(workers - 1); j.some(); j.offer(workers - 1) {
	}
	j.running.Wait()
	j.task = nil
	jobs.put(j)
}

// shares is the channel on which helpers wait for a job. It has no buffer, so that a job goes only to a helper that is
// waiting.
var shares = make(chan *job)

// helpers counts the goroutines in Help.
var helpers atomic.Int32

// jobs holds the jobs that are not in use.
var jobs pool[job]

// A job is a task that is being shared.
type job struct {
	task    Task
	n, each int
	next    atomic.Int64 // the first item that nobody has taken
	running sync.WaitGroup
}

// offer hands the job to helpers that are waiting, so many at most, as long as there are items for them.
func (j *job) offer(most int) {
	for range most {
		if int(j.next.Load())+j.each >= j.n {
			return
		}
		j.running.Add(1)
		select {
		case shares <- j:
		default:
			j.running.Done()
			return
		}
	}
}

// some does some of the items that are left, and reports whether there were any.
func (j *job) some() bool {
	to := int(j.next.Add(int64(j.each)))
	from := to - j.each
	if from >= j.n {
		return false
	}
	j.task.Do(from, min(to, j.n))
	return true
}

// Help takes part in the tasks of other goroutines until done is closed. It makes these faster by a core that has
// nothing else to do, and changes no byte of their results.
func Help(done <-chan struct{}) {
	helpers.Add(1)
	defer helpers.Add(-1)
	for {
		select {
		case j := <-shares:
			for j.some() {
			}
			j.running.Done()
		case <-done:
			return
		}
	}
}

// leastShared is the smallest number of multiplications in a product that is shared. A core needs at least ten
// microseconds for them, much longer than handing over a part takes.
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
	p.cut, p.byColumns = g.cut(workers)
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
