package results

import (
	"math"

	"ranksweep/metrics"
)

// A columnForm is a column of a table as packs store it: a number as the eight bytes that it is, or, if it follows from
// others of its row, as how far it is from what follows. A table in this form is
//
//	the number of rows
//	the header, as in the text
//	each column: its place in the header, its kind, the places of the columns it follows from, its content
//	the two upper bytes of each number that is stored whole, and then the six lower ones
//
// A column is after those it follows from. The content of a column of texts is its cells, each with a line's end. That
// of numbers is a byte a row, its code. After the codes, a column of roots has the number of entries of each number
// that is near. Single numbers are as [encoding/binary.AppendUvarint] writes them, the lowest byte of all comes first.
type columnForm struct {
	place int
	kind  columnKind
	from  []*columnForm

	cells   []string  // of texts, by row, and so are the others
	codes   []byte    // of numbers
	entries []uint64  // of roots
	values  []float64 // NaN where absent
}

type columnKind byte

const (
	textColumn   columnKind = iota
	numberColumn            // that follow from no others
	normColumn              // a number is the norm of those in two others
	rootColumn              // the root of a mean square: a norm, divided by the root of the number of entries
	columnKinds
)

// columnsFrom counts the columns that one of a kind follows from.
var columnsFrom = [columnKinds]int{normColumn: 2, rootColumn: 1}

// The codes of numbers. One from near on also says by how many values of float64 the number is off, by zigzag.
const (
	absent byte = iota
	whole
	near
)

// following has the quantities that follow from others, after those.
var following = []struct {
	quantity metrics.Quantity
	kind     columnKind
	from     []metrics.Quantity
}{
	{metrics.GradNorm, normColumn, []metrics.Quantity{metrics.GradNormA, metrics.GradNormB}},
	{metrics.GradRMS, rootColumn, []metrics.Quantity{metrics.GradNorm}},
	{metrics.GradRMSA, rootColumn, []metrics.Quantity{metrics.GradNormA}},
	{metrics.GradRMSB, rootColumn, []metrics.Quantity{metrics.GradNormB}},
}

// follows returns what follows for a row, up to rounding: the same on every processor, since each product is rounded
// before it is added.
func (c *columnForm) follows(row int) float64 {
	first := c.from[0].values[row]
	if c.kind == rootColumn {
		return first / math.Sqrt(float64(c.entries[row]))
	}
	second := c.from[1].values[row]
	return math.Sqrt(float64(first*first) + float64(second*second))
}

// zigzag counts 0, -1, 1, -2 … as 0, 1, 2, 3 …
func zigzag(n int64) uint64 { return uint64(n)<<1 ^ uint64(n>>63) }

func unzigzag(n uint64) int64 { return int64(n>>1) ^ -int64(n&1) }
