package sweep_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"ranksweep/experiments"
	"ranksweep/metrics"
	"ranksweep/results"
	"ranksweep/results/storetest"
	"ranksweep/sweep/sweeptest"
	"ranksweep/train"
)

// losing is a slow trainer that has a training loss.
type losing struct{ slow }

func (l losing) Train(ctx context.Context, c experiments.Config, report func(metrics.Point)) (train.Outcome, error) {
	return l.slow.Train(ctx, c, func(p metrics.Point) {
		p.Values = metrics.NoValues()
		p.Values[metrics.TrainLoss] = 10 * float64(p.Step)
		report(p)
	})
}

// TestOthersSeeTheStep: while a run is trained, another host sees in its lease how far it is, a beat of ten
// seconds late at most.
func TestOthersSeeTheStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &storetest.Server{}
		done := make(chan error)
		go func() {
			store := results.OpenOn(&storetest.Host{Server: server}, "/s")
			done <- process(t, store, together(t, 1), losing{slow{step: time.Minute}}, &sweeptest.Observer{})
		}()
		other := results.OpenOn(&storetest.Host{Server: server}, "/s")
		for _, want := range []int{0, 0, 1, 2} { // the step of the last minute
			time.Sleep(time.Minute - time.Second)
			synctest.Wait()
			all, err := other.Holders()
			if err != nil || len(all) != 1 || all[0].Step != want || all[0].Steps != 3 {
				t.Fatalf("%+v, %v; want step %d of 3", all, err, want)
			}
			if loss := all[0].Loss; (loss != nil) != (want > 0) || loss != nil && *loss != 10*float64(want) {
				t.Errorf("step %d has the loss %v", want, loss)
			}
			time.Sleep(time.Second)
		}
		check(t, <-done)
		if all, err := other.Holders(); err != nil || len(all) > 0 {
			t.Errorf("at the end: %+v, %v", all, err)
		}
	})
}
