package slurm

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// DefaultArray is Slurm's own default for MaxArraySize.
const DefaultArray = 1001

// MaxArray returns how many tasks an array may have on this cluster: its MaxArraySize, which bounds
// the index, from 0.
func MaxArray(ctx context.Context) (int, error) {
	text, err := tell(ctx, "", "scontrol", "show", "config")
	if err != nil {
		return 0, err
	}
	for _, line := range lines(text) {
		name, value, ok := strings.Cut(line, "=")
		if ok && strings.TrimSpace(name) == "MaxArraySize" {
			n, err := strconv.Atoi(strings.TrimSpace(value))
			if err != nil || n < 2 {
				return 0, fmt.Errorf("slurm: MaxArraySize is %q: this cluster has no arrays: start sweep run "+
					"EXPERIMENT --shard N/M by jobs of your own", strings.TrimSpace(value))
			}
			return n, nil
		}
	}
	return 0, fmt.Errorf("slurm: scontrol show config does not say MaxArraySize")
}

// CheckPartition returns an error that lists the partitions if none has the name.
func CheckPartition(ctx context.Context, name string) error {
	text, err := tell(ctx, "", "sinfo", "--noheader", "--format=%R")
	if err != nil {
		return err
	}
	known := slices.Compact(slices.Sorted(slices.Values(lines(text))))
	for _, part := range strings.Split(name, ",") { // a job may go to the first that is free
		if !slices.Contains(known, part) {
			return fmt.Errorf("slurm: partition %q: there is none of this name: choose from %s", part,
				strings.Join(known, ", "))
		}
	}
	return nil
}
