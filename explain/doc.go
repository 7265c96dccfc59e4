// Package explain reads the settings of a low-rank adapter from the config files of other
// tools, and says what they mean: γ at each rank, the convention that they follow, the traps
// that they fall into, and the same settings for each of the other tools.
//
// Each tool has a file of its own, which names the source code that defines the tool's keys.
// An unknown key is listed, since it might change the explanation.
package explain
