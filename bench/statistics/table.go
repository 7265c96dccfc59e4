package main

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"runtime"
	"strconv"
	"sync"
)

// A share is how many of some simulated studies did something.
type share struct{ hits, draws int }

func (s share) value() float64 { return float64(s.hits) / float64(s.draws) }

// text is the share in percent.
func (s share) text() string { return strconv.FormatFloat(100*s.value(), 'f', 1, 64) + "%" }

// isAtMost allows four standard errors of a share of that size.
func (s share) isAtMost(most float64) bool {
	return s.value() <= most+4*math.Sqrt(most*(1-most)/float64(s.draws))
}

// A study is simulated once, and either does what is counted or does not.
type study func(rng *rand.Rand) bool

// A table has the shares of studies.
type table struct {
	name   string
	rows   []string
	heads  []string
	shares [][]share // by row and column
	most   []float64 // what the shares of each row must not be above; NaN where nothing is asked
}

// simulate fills a table with shares of so many draws. A cell's draws depend on
// the table's name and the cell's place alone.
func simulate(name string, draws int, rows, heads []string, of func(row, column int) study) table {
	t := table{name: name, rows: rows, heads: heads}
	hash := fnv.New64()
	hash.Write([]byte(name))
	var running sync.WaitGroup
	free := make(chan bool, runtime.GOMAXPROCS(0))
	for i := range rows {
		t.shares = append(t.shares, make([]share, len(heads)))
		t.most = append(t.most, math.NaN())
		for j := range heads {
			cell, place := of(i, j), uint64(i*len(heads)+j)
			running.Add(1)
			free <- true
			go func() {
				defer running.Done()
				rng := rand.New(rand.NewPCG(hash.Sum64(), place))
				t.shares[i][j] = count(draws, cell, rng)
				<-free
			}()
		}
	}
	running.Wait()
	return t
}

func count(draws int, of study, rng *rand.Rand) share {
	s := share{draws: draws}
	for range draws {
		if of(rng) {
			s.hits++
		}
	}
	return s
}

// atMost asks that the shares of some rows are no higher; of all, where none are
// named.
func (t table) atMost(most float64, rows ...int) table {
	for i := range t.most {
		if len(rows) == 0 {
			t.most[i] = most
		}
	}
	for _, i := range rows {
		t.most[i] = most
	}
	return t
}

// cells are the table's texts.
func (t table) cells() (texts [][]string) {
	for i, row := range t.shares {
		line := []string{t.rows[i]}
		for _, s := range row {
			line = append(line, s.text())
		}
		texts = append(texts, line)
	}
	return texts
}
