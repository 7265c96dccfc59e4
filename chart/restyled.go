package chart

import (
	"fmt"
	"slices"
)

// Restyled returns a spec with what another one says of every figure: which runs, title, width, formats, name. A
// figure of fewer runs has a name of its own, so that it does not take the place of the whole one.
func (s Spec) Restyled(by Spec) Spec {
	switch {
	case by.Name != "":
		s.Name = by.Name
	case by.Where != "":
		s.Name += "-chosen"
	}
	switch {
	case s.Where == "":
		s.Where = by.Where
	case by.Where != "":
		s.Where = fmt.Sprintf("(%s) and (%s)", s.Where, by.Where)
	}
	if by.Title != "" {
		s.Title = by.Title
	}
	if by.Width > 0 {
		s.Width = by.Width
	}
	if by.Format != nil {
		s.Format = slices.Clone(by.Format)
	}
	return s
}
