package external

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/checkpoint"
	"ranksweep/lora"
	"ranksweep/nn"
)

// readAdapters reads the adapters that the other process trained.
func readAdapters(m request, targets []*nn.Linear) ([]lora.Trained, error) {
	tensors, err := checkpoint.ReadTensors(os.DirFS(filepath.Dir(m.Adapters)), filepath.Base(m.Adapters))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("said done, but did not write the adapters that train asked for")
	}
	if err != nil {
		return nil, fmt.Errorf("wrote adapters that cannot be read: %w", err)
	}
	byName := make(map[string]nn.Tensor)
	for _, t := range tensors {
		byName[t.Name] = t
	}
	var all []lora.Trained
	for _, l := range targets {
		a, aErr := factor(byName, l.Name+factorA, m.Rank, l.In())
		b, bErr := factor(byName, l.Name+factorB, l.Out(), m.Rank)
		t := lora.Trained{Module: l.Name, A: a, B: b, Gamma: m.Gamma}
		if aErr != nil || bErr != nil {
			return nil, cmp.Or(aErr, bErr)
		}
		if own, ok := byName[l.Name+magnitude]; ok {
			if len(own.Data) != l.Out() {
				return nil, fmt.Errorf("wrote %s with %d entries: must have %d", own.Name, len(own.Data), l.Out())
			}
			t.Magnitude = own.Data
		}
		all = append(all, t)
	}
	return all, nil
}

// factor returns a factor of an adapter, which must have the given shape.
func factor(byName map[string]nn.Tensor, name string, rows, cols int) (blas32.General, error) {
	t, ok := byName[name]
	if !ok {
		return blas32.General{}, fmt.Errorf("wrote no %s", name)
	}
	if !slices.Equal(t.Shape, []int{rows, cols}) {
		return blas32.General{}, fmt.Errorf("wrote %s of shape %v: must be (%d, %d)", name, t.Shape, rows, cols)
	}
	return blas32.General{Rows: rows, Cols: cols, Stride: cols, Data: t.Data}, nil
}
