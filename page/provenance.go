package page

import (
	"fmt"
	"strings"
	"time"

	"ranksweep/paper/table"
	"ranksweep/results"
)

// made is how a run was made.
type made struct {
	results.Provenance
	imported string // the file that the run comes from; empty if it was trained here
}

// origin is the runs that were made in one way.
type origin struct {
	made
	runs        int
	first, last time.Time // at which training began
	seconds     float64
}

// provenance has a row for each way in which runs were made.
func provenance(runs []results.Run) table.Table {
	t := table.Table{Name: "provenance", Title: "What the runs were made with, and when"}
	table.Fill(&t, origins(runs),
		table.Numbers("runs", func(o *origin) int { return o.runs }, "runs"),
		table.Words("program", func(o *origin) string { return o.Program }, "program"),
		table.Words("Go and system", func(o *origin) string { return o.Go }, "go"),
		table.Words("kernel, or libraries and device", func(o *origin) string { return o.Kernel }, "kernel"),
		table.Words("arithmetic", func(o *origin) string { return o.arithmetic() }, "numerics"),
		table.Words("base model", func(o *origin) string { return o.ModelHash }, "model_hash"),
		table.Words("data", func(o *origin) string { return o.DataHash }, "data_hash"),
		table.Words("imported from", func(o *origin) string { return o.imported }, "imported"),
		table.Words("first started", func(o *origin) string { return dated(o.first) }, "first_started"),
		table.Words("last started", func(o *origin) string { return dated(o.last) }, "last_started"),
		table.Numbers("training time", (*origin).took, "seconds"),
	)
	t.Caption = "base model and data: SHA-256. training time: of all runs together, one after another."
	return t
}

// origins are the ways in which runs were made, in order of first appearance.
func origins(runs []results.Run) (all []*origin) {
	known := make(map[made]*origin)
	for _, r := range runs {
		how := made{Provenance: r.Provenance}
		if r.Imported != nil {
			how.imported, _, _ = strings.Cut(r.Imported.Source, ":")
		}
		o := known[how]
		if o == nil {
			o = &origin{made: how}
			known[how], all = o, append(all, o)
		}
		o.add(r.Timing)
	}
	return all
}

func (o *origin) add(t results.Timing) {
	o.runs++
	o.seconds += t.Seconds
	if t.Started.IsZero() {
		return
	}
	if o.first.IsZero() || t.Started.Before(o.first) {
		o.first = t.Started
	}
	if t.Started.After(o.last) {
		o.last = t.Started
	}
}

func (o *origin) arithmetic() string {
	if o.Numerics == 0 {
		return ""
	}
	return fmt.Sprintf("version %d", o.Numerics)
}

// took is the time of training; empty if it is not known.
func (o *origin) took() table.Entry {
	if o.seconds == 0 {
		return table.Entry{Values: []string{""}}
	}
	whole := time.Duration(o.seconds * float64(time.Second)).Round(time.Second)
	return table.Exact(whole.String(), o.seconds)
}

// dated is a time to the minute; empty if it is not known.
func dated(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}
