package external

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ranksweep/metrics"
	"ranksweep/results"
	"ranksweep/train"
	"ranksweep/train/resume"
)

// obedient is another process that trains from a step on, and answers save before its next
// step. Its state is the step as text.
type obedient struct {
	step, steps int
	file        string                    // to be written before the next step
	answer      func(o *obedient) message // nil: it passes save over
}

func (o *obedient) say(m any) {
	if s, ok := m.(save); ok {
		o.file = s.File
	}
}

func (o *obedient) listenFor(context.Context) (message, error) {
	if o.file != "" && o.answer != nil {
		m := o.answer(o)
		o.file = ""
		return m, nil
	}
	if o.step > o.steps {
		return message{Type: "done"}, nil
	}
	o.step++
	return stepMessage(o.step - 1), nil
}

// stepMessage reports a step of tinyConfig.
func stepMessage(step int) message {
	m := message{Type: "step", Step: step, Values: values{}}
	if step < 10 {
		m.Values["train_loss"] = jsonNumber(step + 1)
	}
	if step%4 == 0 || step == 10 {
		m.Values["val_loss"] = 1
	}
	if step == 5 {
		m.Maps = map[string]values{"model.layers.0.mlp.up_proj": {"grad_norm": 1}}
	}
	return m
}

// writes writes the file as it was asked to.
func writes(o *obedient) message {
	if err := os.WriteFile(o.file, fmt.Append(nil, o.step), 0o600); err != nil {
		return message{Type: "failed", Reason: err.Error()}
	}
	return message{Type: "saved", Step: o.step}
}

// converse trains a run whose program begins at the step in the file resume of the request. It
// rings for a checkpoint first.
func converse(t *testing.T, ctx context.Context, k *resume.Keeper, by string, answer func(*obedient) message) (
	request, train.Outcome, error,
) {
	t.Helper()
	w := work(t, tinyConfig(t, "llama"))
	m := requestOf(w)
	m.save = filepath.Join(t.TempDir(), "state")
	other := &obedient{steps: w.Config.Train.Steps, answer: answer}
	talk := &conversation{partner: other, curve: newCurve(w), by: by, report: quietly}
	talk.resume(&m, k)
	if m.Resume != "" {
		text, err := os.ReadFile(m.Resume)
		check(t, err)
		fmt.Sscan(string(text), &other.step)
	}
	k.Bell.Ring()
	o, err := talk.train(ctx, m)
	return m, o, err
}

// TestSavedRunsGoOn: a run that goes on from a checkpoint gets its own file back, and the curve
// that the whole run has.
func TestSavedRunsGoOn(t *testing.T) {
	var notes []string
	k := keeper(t, &notes)
	m, want, err := converse(t, t.Context(), k, "x", writes)
	check(t, err)
	if m.Resume != "" || want.Status != results.Done || want.Tokens == 0 {
		t.Fatalf("the first time: resume %q, %s, %d tokens", m.Resume, want.Status, want.Tokens)
	}
	m, got, err := converse(t, t.Context(), k, "x", writes)
	check(t, err)
	if m.Resume == "" {
		t.Error("starts anew")
	}
	run := func(o train.Outcome) results.Run {
		return results.Run{Status: o.Status, Steps: o.Steps, Tokens: o.Tokens, Curve: o.Curve, Modules: o.Modules}
	}
	if d := results.Difference(run(got), run(want)); d != "" || len(notes) > 0 {
		t.Errorf("%s; noted %q", d, notes)
	}
	m, _, err = converse(t, t.Context(), k, "another GPU", writes)
	if err != nil || m.Resume != "" || len(notes) != 1 ||
		!strings.Contains(notes[0], "x computed it, which may round otherwise than another GPU") {
		t.Errorf("on another device: resumes %q, noted %q, %v", m.Resume, notes, err)
	}
}

// TestSavedWithoutRoom: a program that cannot write its file says why, and the run goes on.
func TestSavedWithoutRoom(t *testing.T) {
	var notes []string
	_, o, err := converse(t, t.Context(), keeper(t, &notes), "x", func(o *obedient) message {
		return message{Type: "saved", Step: o.step, Reason: "no room"}
	})
	if err != nil || o.Status != results.Done || len(notes) != 1 ||
		notes[0] != "its checkpoint at step 1 is not written: no room" {
		t.Errorf("%s, %v, noted %q", o.Status, err, notes)
	}
}

// otherwise are wrong answers to save at step 1, by what is wrong with them.
var otherwise = map[string]message{
	"saved step 7: must be step 1":                                         {Type: "saved", Step: 7},
	"saved step 0: must be step 1":                                         {Type: "saved"},
	"said saved before step 1, but did not write the file that save named": {Type: "saved", Step: 1},
	"failed after step 0 of 10: no":                                        {Type: "failed", Reason: "no"},
	"failed after step 0 of 10: said failed without a reason":              {Type: "failed"},
}

// TestSavedOtherwise: a program that saves what nobody asked for, another step, or no file,
// has failed.
func TestSavedOtherwise(t *testing.T) {
	for want, answer := range otherwise {
		var notes []string
		_, _, err := converse(t, t.Context(), keeper(t, &notes), "x", func(*obedient) message { return answer })
		if err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	talk := &conversation{
		partner: said{newLines(strings.NewReader(`{"type":"saved","step":0}` + "\n"))},
		curve:   newCurve(work(t, tinyConfig(t, "llama"))), report: func(metrics.Point) {},
	}
	if _, err := talk.train(t.Context(), request{}); err == nil || !strings.Contains(err.Error(), "nobody asked for") {
		t.Errorf("unasked: %v", err)
	}
}

// TestInterruptedWithoutAnswer: a run that is interrupted before any step has nothing to save
// and ends at once.
func TestInterruptedWithoutAnswer(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	end()
	var notes []string
	talk := &conversation{partner: said{newLines(io.MultiReader())}, curve: newCurve(work(t, tinyConfig(t, "llama"))),
		report: quietly, keeper: keeper(t, &notes)}
	if _, err := talk.train(ctx, request{}); !errors.Is(err, context.Canceled) {
		t.Errorf("ends with %v", err)
	}
}

// TestInterruptedUnsaved: if a run that is interrupted gets no checkpoint, the user hears why.
func TestInterruptedUnsaved(t *testing.T) {
	for want, answer := range otherwise {
		ctx, end := context.WithCancel(t.Context())
		var notes []string
		k := keeper(t, &notes)
		k.Begin(ctx)
		_, o, err := converse(t, ctx, k, "x", func(*obedient) message { end(); return answer })
		want = "its checkpoint at step 1 is not written: " + want
		if !errors.Is(err, context.Canceled) || len(notes) != 1 || notes[0] != want || o.Steps != 0 {
			t.Errorf("ends after %d steps with %v, noted %q, want %s", o.Steps, err, notes, want)
		}
	}
}

// TestSavePassedOver: a program that says it keeps checkpoints and goes on without is noted once.
// Its run goes on, and is not waited for when it is interrupted.
func TestSavePassedOver(t *testing.T) {
	for _, interrupt := range []bool{false, true} {
		ctx, end := context.WithCancel(t.Context())
		defer end()
		var notes []string
		k := keeper(t, &notes)
		k.Begin(ctx)
		k.Note = func(text string) {
			notes = append(notes, text)
			if interrupt {
				end()
			}
		}
		_, o, err := converse(t, ctx, k, "x", nil)
		const want = "its checkpoint at step 1 is not written: the trainer was asked to save it, and reported step 3 " +
			"instead"
		if len(notes) != 1 || notes[0] != want || interrupt != errors.Is(err, context.Canceled) ||
			interrupt != (o.Steps < 10) {
			t.Errorf("ends after %d steps with %v, noted %q", o.Steps, err, notes)
		}
	}
}

// mute is another process that says nothing more once it is asked to save.
type mute struct{ obedient }

func (m *mute) listenFor(ctx context.Context) (message, error) {
	if m.file != "" {
		return message{}, context.DeadlineExceeded
	}
	return m.obedient.listenFor(ctx)
}

// TestMuteAtTheEnd: a program that does not answer in the time that it has is named for that.
func TestMuteAtTheEnd(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	var notes []string
	k := keeper(t, &notes)
	k.Begin(ctx)
	talk := &conversation{partner: &mute{obedient{steps: 10}}, curve: newCurve(work(t, tinyConfig(t, "llama"))),
		keeper: k, report: func(metrics.Point) { end() }}
	const want = "its checkpoint at step 1 is not written: did not answer save within 1m0s after step 0 of 10"
	if _, err := talk.train(ctx, request{save: "x"}); !errors.Is(err, context.Canceled) ||
		len(notes) != 1 || notes[0] != want {
		t.Errorf("ends with %v, noted %q, want %s", err, notes, want)
	}
}
