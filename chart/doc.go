// Package chart works out what a figure of one's own shows: it selects runs, takes the values that are
// asked for, and averages them over seeds. It draws nothing.
//
// A figure is asked for by names: of an axis of the grid or another field of a config, of a statistic of
// a run, of a quantity that is measured at every step, or of an adapted map. The names decide what a value
// is taken of: of a run; of a step, if one of the names is step or tokens; of an adapted map, if one of
// them is module, layer or map; or of a step of a map.
package chart
