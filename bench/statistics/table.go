package main

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"runtime"
	"strconv"
	"sync"
)

// A share is the part of simulated studies that had some outcome.
type share struct{ hits, draws int }

func (s share) value() float64 { return float64(s.hits) / float64(s.draws) }

// text returns the share in percent.
func (s share) text() string { return strconv.FormatFloat(100*s.value(), 'f', 1, 64) + "%" }

// A study simulates one study, and reports whether it has the outcome that is counted.
type study func(rng *rand.Rand) bool

// A table holds shares of studies.
type table struct {
	name   string
	rows   []string
	heads  []string
	shares [][]share // by row and column
	most   []float64 // upper bound of the shares of each row; NaN without a bound
}

// simulate fills a table with shares of the given number of draws. A cell's draws depend only on
// the table's name and the cell's place.
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

// atMost sets the upper bound of the shares of the given rows, or of all rows if none is given.
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

// cells returns the table's texts.
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
