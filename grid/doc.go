// Package grid has the words in which experiments and results speak of a grid: where each
// run lies on the axes, which runs tune and which are reported, and which values tuning
// chose. It reads no experiment and no store.
package grid
