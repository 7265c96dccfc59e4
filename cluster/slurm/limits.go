package slurm

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
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

// partition is a part of the cluster, and for how long it lets a job run; 0: as long as it likes, or not known.
type partition struct {
	name    string
	usual   bool // jobs go there that name none
	longest time.Duration
}

// partitions returns those of the cluster.
func partitions(ctx context.Context) (all []partition, err error) {
	text, err := tell(ctx, "", "sinfo", "--noheader", "--format=%P|%l")
	for _, line := range lines(text) {
		name, limit, _ := strings.Cut(line, "|")
		p := partition{longest: duration(limit)}
		p.name, p.usual = strings.CutSuffix(name, "*")
		if !slices.Contains(all, p) { // it has a line for each kind of nodes
			all = append(all, p)
		}
	}
	return all, err
}

// duration reads a time limit as Slurm writes it, DAYS-HOURS:MINUTES:SECONDS without what it can do without;
// 0 of any other text, as infinite and n/a.
func duration(limit string) (d time.Duration) {
	units := []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second}
	days, clock, ok := strings.Cut(limit, "-")
	parts := append([]string{days}, strings.Split(clock, ":")...)
	if !ok {
		if parts = strings.Split(limit, ":"); len(parts) != 2 && len(parts) != 3 {
			return 0
		}
		units = units[len(units)-len(parts):]
	}
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 16)
		if err != nil || i >= len(units) {
			return 0
		}
		d += time.Duration(n) * units[i]
	}
	return d
}

// CheckPartition returns an error if no partition has the name, or if none that a job may go to lets it run
// for the time of its limit: it would wait for ever. An empty name is that of the default partition.
func CheckPartition(ctx context.Context, name string, limit time.Duration) error {
	all, err := partitions(ctx)
	if err != nil {
		return err
	}
	var known, longest []string
	for _, p := range all {
		known = append(known, p.name)
	}
	slices.Sort(known)
	for _, want := range strings.Split(name, ",") { // a job may go to the first that is free
		at := slices.IndexFunc(all, func(p partition) bool { return p.name == want || want == "" && p.usual })
		switch {
		case at < 0 && want == "":
			return nil // sbatch says that there is no default
		case at < 0:
			return fmt.Errorf("slurm: partition %q: there is none of this name: choose from %s", want,
				strings.Join(known, ", "))
		case all[at].longest == 0 || all[at].longest >= limit:
			return nil
		}
		longest = append(longest, fmt.Sprintf("%s at most %s", all[at].name, all[at].longest))
	}
	return fmt.Errorf("slurm: a task of %s would never start, since partitions allow less: %s: give a shorter --time, "+
		"or another --partition of %s", limit, strings.Join(longest, ", "), strings.Join(known, ", "))
}
