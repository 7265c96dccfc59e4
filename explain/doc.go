// Package explain reads the settings that other tools take for a low-rank
// adapter, and says what they come to: γ at each rank, the convention that they
// follow, the traps that they fall into, and the same settings elsewhere.
//
// A tool is a file of its own. What a key means is the tool's to say, so each
// file names the source that it was taken from. A key that is not known is
// listed, since it might have changed what is explained.
package explain
