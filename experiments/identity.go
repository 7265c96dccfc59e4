package experiments

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strconv"
)

// ID identifies a run. It is a hash of every field of the config, of the content of
// model and data, and of the version of the arithmetic. The content stands for model
// and data in place of their names, so that a store, a model or data can be moved.
func (c Config) ID(modelHash, dataHash string, numerics int) string {
	return c.hash("run", modelHash, dataHash, numerics, "model", "data.source")
}

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
