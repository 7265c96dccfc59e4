package external

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// placed returns a trainer on devices; the program finds cpu, gpu:0 and gpu:1.
func placed(t *testing.T, devices ...string) *Trainer {
	x := faulty(t, "placed")
	x = New(t.Context(), x.Program, x.Here, devices)
	t.Cleanup(func() { check(t, x.Close()) })
	return x
}

// TestProcessForEachDevice: each device has a process, and a run's provenance is that of the
// process that trained it.
func TestProcessForEachDevice(t *testing.T) {
	x := placed(t, "gpu:1", "gpu:0")
	first, err := x.take(t.Context())
	check(t, err)
	second, err := x.take(t.Context())
	check(t, err)
	x.idle <- first
	x.idle <- second
	var kernels []string
	for range 2 {
		o, err := x.Train(t.Context(), fakeConfig(t), quietly)
		check(t, err)
		kernels = append(kernels, o.Kernel)
	}
	if want := []string{"fake, fake 1.0, on gpu:1", "fake, fake 1.0, on gpu:0"}; !slices.Equal(kernels, want) {
		t.Errorf("kernels %q, want %q", kernels, want)
	}
}

// TestMissingDevicesAreRefused before a run is given to one.
func TestMissingDevicesAreRefused(t *testing.T) {
	_, err := placed(t, "gpu:0", "gpu:7").Abilities()
	want := "external: trainer fake: device gpu:7: must be one of those that it finds: cpu, gpu:0 Big Chip, " +
		"gpu:1 Small Chip"
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// TestUnusedDevices are named where the CPU trains alone.
func TestUnusedDevices(t *testing.T) {
	for devices, want := range map[string]string{
		"cpu cpu": "[gpu:0 Big Chip gpu:1 Small Chip]", "gpu:1": "[]", "cpu gpu:0": "[]",
	} {
		x := placed(t, strings.Fields(devices)...)
		before := x.Unused()
		_, err := x.Abilities()
		check(t, err)
		if got := fmt.Sprint(x.Unused()); got != want || before != nil {
			t.Errorf("%s: unused %s, before it was asked %s, want %s", devices, got, before, want)
		}
	}
}
