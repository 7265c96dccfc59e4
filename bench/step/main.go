// Step measures how long training steps take. It trains adapters on a model of fixed shape, or on
// a real one, without any metrics. bench/compare and bench/real compare the time with other
// programs; for these, Step writes the same weights, adapters and batches to a file. A batch has
// 8×256 tokens, or 2×256 for a real model.
//
//	step -rank 8 -write FILE           writes them to a safetensors file
//	step -rank 8 -runs 2 -steps 5      trains two runs side by side
//	step -rank 8 -model DIR -spare 1   trains on the model in DIR, with a second core's help
//	step -model FILE -save DIR         writes that model to a Hugging Face folder, in float32
//
// After warming up it prints "ready" and waits for a line, so that several programs can be started
// together. At the end it prints one line of JSON.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sync"
	"time"

	"ranksweep/checkpoint"
	"ranksweep/nn/kernel"
)

type options struct {
	model                          string
	stored, bf16                   bool
	rank, runs, spare, warm, steps int
	write, save                    string
}

func main() {
	var o options
	flag.StringVar(&o.model, "model", "", "`FILE` or folder of the model (default random weights)")
	flag.BoolVar(&o.stored, "stored", false, "keep the model's weights in the form of its file")
	flag.BoolVar(&o.bf16, "bf16", false, "multiply by random weights in bfloat16")
	flag.IntVar(&o.rank, "rank", 8, "rank of the adapters")
	flag.IntVar(&o.runs, "runs", 1, "runs side by side, a thread each")
	flag.IntVar(&o.spare, "spare", 0, "threads that take parts of the runs' work")
	flag.IntVar(&o.warm, "warm", 1, "steps before the clock starts")
	flag.IntVar(&o.steps, "steps", 3, "steps by the clock")
	flag.StringVar(&o.write, "write", "", "write what is trained on to `FILE`, weights of -model aside, and train "+
		"nothing")
	flag.StringVar(&o.save, "save", "", "write -model to the folder `DIR`, and train nothing")
	flag.Parse()
	if err := o.start(); err != nil {
		fmt.Fprintln(os.Stderr, "step:", err)
		os.Exit(1)
	}
}

func (o options) start() error {
	if o.save != "" {
		c, err := checkpoint.Load(o.model)
		if err != nil {
			return err
		}
		return checkpoint.Save(o.save, c, checkpoint.F32)
	}
	if err := kernel.Use(); err != nil {
		return err
	}
	w, err := o.work()
	if err != nil {
		return err
	}
	if o.write != "" {
		return w.write(o.write, o.rank, o.model == "")
	}
	return o.time(w)
}

func (o options) work() (*work, error) {
	if o.model == "" {
		return newRandomWork(o.bf16)
	}
	return newModelWork(o.model, o.stored)
}

func (o options) time(w *work) error {
	runs := make([]*run, o.runs)
	for i := range runs {
		var err error
		if runs[i], err = w.newRun(o.rank); err != nil {
			return err
		}
	}
	for range o.spare {
		go kernel.Help(nil)
	}
	if err := train(runs, o.warm); err != nil {
		return err
	}
	fmt.Println("ready")
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		return err
	}
	began := time.Now()
	if err := train(runs, o.steps); err != nil {
		return err
	}
	seconds := time.Since(began).Seconds()
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"kernel": kernel.Name(), "tokens": o.runs * o.steps * w.tokens(), "seconds": seconds,
		"losses": runs[0].losses, "flops": float64(o.runs*o.steps) * runs[0].flops(),
	})
}

// train takes steps of every run, with a goroutine per run.
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
