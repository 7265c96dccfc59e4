package experiments

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// mostFaults is how many errors of a file are shown.
const mostFaults = 10

// faults lists the errors that were joined to one.
func faults(err error) []error {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var list []error
	for _, e := range joined.Unwrap() {
		list = append(list, faults(e)...)
	}
	return list
}

// inFile names the file and the line of every error of a file, in the order of the lines.
func inFile(file string, err error) error {
	list := faults(err)
	slices.SortStableFunc(list, func(a, b error) int { return cmp.Compare(lineOf(a), lineOf(b)) })
	for i, e := range list {
		if line := lineOf(e); line > 0 {
			list[i] = fmt.Errorf("experiments: %s:%d: %w", file, line, e)
		} else {
			list[i] = fmt.Errorf("experiments: %s: %w", file, e)
		}
	}
	if more := len(list) - mostFaults; more > 0 {
		list = append(list[:mostFaults], fmt.Errorf("experiments: %s: has %d more errors", file, more))
	}
	if len(list) == 1 {
		return list[0]
	}
	return errors.Join(list...)
}
