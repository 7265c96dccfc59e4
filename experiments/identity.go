package experiments

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// ID identifies a run: a hash of every field of its config, of the content of
// its model and data, and of the version of the arithmetic. The names of
// model and data are left out, since their content stands for them: a store
// and what it was made of can be moved.
func (c Config) ID(modelHash, dataHash string, numerics int) string {
	return c.hash("run", modelHash, dataHash, numerics, "model", "data.source")
}

// CellID identifies a cell: it is the ID with the seed left out.
func (c Config) CellID(modelHash, dataHash string, numerics int) string {
	return c.hash("cell", modelHash, dataHash, numerics, "model", "data.source", "seed")
}

// hash is of the config with some fields left out.
func (c Config) hash(what, modelHash, dataHash string, numerics int, except ...string) string {
	return digest(what, modelHash, dataHash, numerics, c.describe(except...))
}

// digest returns 16 hexadecimal digits: among a million runs, two are alike
// with a probability of 3e-8.
func digest(what, modelHash, dataHash string, numerics int, description string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\nnumerics %d\nmodel %s\ndata %s\n%s",
		what, numerics, modelHash, dataHash, description))
	return hex.EncodeToString(sum[:8])
}

// describe writes a config as one line a field, in alphabetical order, so
// that the order of declaration does not count. A late field with its default
// has no line, see [Config].
func (c Config) describe(except ...string) string {
	var lines []string
	for _, f := range fields {
		if !slices.Contains(except, f.path) && !(f.late && f.isDefault(c)) {
			lines = append(lines, fmt.Sprintf("%s %q\n", f.path, format(f.get(c))))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}
