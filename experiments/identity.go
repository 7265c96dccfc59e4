package experiments

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// ID identifies a run. It is a hash of every field of the config, of the content of
// model and data, and of the version of the arithmetic. The content stands for model
// and data in place of their names, so that a store, a model or data can be moved.
func (c Config) ID(modelHash, dataHash string, numerics int) string {
	return c.Identity(modelHash, dataHash, numerics).ID(c.Seed)
}

// Identity is what the IDs of runs have in common that differ in their seed alone.
type Identity struct {
	modelHash, dataHash string
	numerics            int
	before, after       string // the lines of the config before and after that of the seed
}

// Identity returns the identity of the config, whatever its seed.
func (c Config) Identity(modelHash, dataHash string, numerics int) Identity {
	before, after, _ := strings.Cut(c.describe("model", "data.source"), seedLine(c.Seed))
	return Identity{modelHash, dataHash, numerics, before, after}
}

// ID returns [Config.ID] for a seed.
func (i Identity) ID(seed uint64) string {
	return digest("run", i.modelHash, i.dataHash, i.numerics, i.before+seedLine(seed)+i.after)
}

// seedLine is the line of a seed in what describe writes, with the end of the line before it. No value has a
// line's end in it, since values are quoted.
func seedLine(seed uint64) string { return "\nseed " + strconv.Quote(format(seed)) + "\n" }

// CellID identifies a cell: it is the ID without the seed.
func (c Config) CellID(modelHash, dataHash string, numerics int) string {
	return c.hash("cell", modelHash, dataHash, numerics, "model", "data.source", "seed")
}

// hash returns the digest of the config without some fields.
func (c Config) hash(what, modelHash, dataHash string, numerics int, except ...string) string {
	return digest(what, modelHash, dataHash, numerics, c.describe(except...))
}

// digest returns 16 hexadecimal digits. The probability that any two of a million
// runs share them is 3e-8.
func digest(what, modelHash, dataHash string, numerics int, description string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\nnumerics %d\nmodel %s\ndata %s\n%s",
		what, numerics, modelHash, dataHash, description))
	return hex.EncodeToString(sum[:8])
}

// Unseeded is a text that two configs share if they differ in nothing but their seed.
func (c Config) Unseeded() string { return c.describe("seed") }

// describe writes one line for each field of a config, in alphabetical order, so that
// the order of declaration does not matter. A late field at its default has no line,
// see [Config].
func (c Config) describe(except ...string) string {
	var lines []byte
	config := reflect.ValueOf(c)
	for _, f := range alphabetical {
		value := f.of(config)
		if !slices.Contains(except, f.path) && !(f.late && f.isUsual(value)) {
			lines = append(append(lines, f.path...), ' ')
			lines = append(strconv.AppendQuote(lines, format(value)), '\n')
		}
	}
	return string(lines)
}

// alphabetical has the fields in the order of their lines. What follows a path there is a space.
var alphabetical = slices.SortedFunc(slices.Values(fields), func(a, b field) int {
	return cmp.Compare(a.path+" ", b.path+" ")
})
