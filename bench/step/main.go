// Step trains adapters on a model of fixed shape, all metrics off, and says
// how long that took: what bench/compare holds against other programs, to
// which it hands the same weights, adapters and batches.
//
//	step -rank 8 -write FILE           writes them to a safetensors file
//	step -rank 8 -runs 2 -steps 5      trains two runs side by side
//
// Having warmed up, it prints "ready" and waits for a line, so that programs
// can be started together; then it prints one line of JSON.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sync"
	"time"

	"ranksweep/nn/kernel"
)

func main() {
	rank := flag.Int("rank", 8, "rank of the adapters")
	runs := flag.Int("runs", 1, "runs side by side, a thread each")
	warm := flag.Int("warm", 1, "steps before the clock starts")
	steps := flag.Int("steps", 3, "steps by the clock")
	write := flag.String("write", "", "write what is trained on to `FILE`, and train nothing")
	flag.Parse()
	if err := start(*rank, *runs, *warm, *steps, *write); err != nil {
		fmt.Fprintln(os.Stderr, "step:", err)
		os.Exit(1)
	}
}

func start(rank, count, warm, steps int, write string) error {
	if err := kernel.Use(); err != nil {
		return err
	}
	w, err := newWork()
	if err != nil {
		return err
	}
	if write != "" {
		return w.write(write, rank)
	}
	runs := make([]*run, count)
	for i := range runs {
		if runs[i], err = w.newRun(rank); err != nil {
			return err
		}
	}
	if err := train(runs, warm); err != nil {
		return err
	}
	fmt.Println("ready")
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		return err
	}
	began := time.Now()
	if err := train(runs, steps); err != nil {
		return err
	}
	seconds := time.Since(began).Seconds()
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"kernel": kernel.Name(), "tokens": count * steps * batchSize * context, "seconds": seconds,
		"losses": runs[0].losses, "flops": float64(count*steps) * runs[0].flops(),
	})
}

// train takes steps of every run, a goroutine each.
func train(runs []*run, steps int) error {
	var all sync.WaitGroup
	failed := make([]error, len(runs))
	for i, r := range runs {
		all.Go(func() {
			for range steps {
				if failed[i] = r.step(); failed[i] != nil {
					return
				}
			}
		})
	}
	all.Wait()
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	return nil
}
