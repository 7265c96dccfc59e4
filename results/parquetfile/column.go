// Package parquetfile writes rows of text, as CSV has them, as Parquet: each column has a type, and an empty
// cell is null.
package parquetfile

import (
	"strconv"
	"time"

	"github.com/parquet-go/parquet-go"
)

// Kind is the type of a column.
type Kind int

// The kinds, and what Arrow and pandas make of them.
const (
	Text     Kind = iota // string
	Number               // double
	Whole                // int64
	Unsigned             // uint64
	Truth                // bool
	Time                 // timestamp in milliseconds, UTC; written as RFC 3339
)

// Column is a column of a file.
type Column struct {
	Name string
	Kind Kind
	Read func(cell string) (string, error) // what a cell of text stands for; nil: itself
}

// node is the column's type in a schema.
func (c Column) node() parquet.Node {
	node := parquet.Encoded(parquet.String(), &parquet.RLEDictionary)
	switch c.Kind {
	case Number:
		node = parquet.Leaf(parquet.DoubleType)
	case Whole:
		node = parquet.Int(64)
	case Unsigned:
		node = parquet.Uint(64)
	case Truth:
		node = parquet.Leaf(parquet.BooleanType)
	case Time:
		node = parquet.Timestamp(parquet.Millisecond)
	}
	return parquet.Optional(node)
}

// value reads a cell that is not empty.
func (c Column) value(cell string) (v parquet.Value, err error) {
	switch c.Kind {
	case Number:
		var x float64
		x, err = strconv.ParseFloat(cell, 64)
		v = parquet.DoubleValue(x)
	case Whole:
		var n int64
		n, err = strconv.ParseInt(cell, 10, 64)
		v = parquet.Int64Value(n)
	case Unsigned:
		var n uint64
		n, err = strconv.ParseUint(cell, 10, 64)
		v = parquet.Int64Value(int64(n)) // the same bits
	case Truth:
		var b bool
		b, err = strconv.ParseBool(cell)
		v = parquet.BooleanValue(b)
	case Time:
		var t time.Time
		t, err = time.Parse(time.RFC3339, cell)
		v = parquet.Int64Value(t.UnixMilli())
	default:
		if c.Read != nil {
			cell, err = c.Read(cell)
		}
		v = parquet.ByteArrayValue([]byte(cell))
	}
	return v, err
}
