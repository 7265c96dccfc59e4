package figure

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Format is a file format of figures, by its extension.
type Format string

// The formats. The same figure has the same bytes in each of them.
const (
	SVG Format = "svg"
	PNG Format = "png"
	PDF Format = "pdf"
)

// Formats are all of them.
var Formats = []Format{SVG, PNG, PDF}

// dpi is the resolution of a PNG.
const dpi = 300

// Encode returns the figure as a file of the given format.
func (f Figure) Encode(format Format) ([]byte, error) {
	width, height := f.Size()
	var c vg.CanvasWriterTo
	switch format {
	case SVG:
		c = vgsvg.New(width, height)
	case PNG:
		c = vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dpi))}
	case PDF:
		c = newPDF(width, height)
	default:
		return nil, fmt.Errorf("figure: format %q: must be svg, png or pdf", format)
	}
	f.Draw(draw.New(c))
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("figure: %s.%s: %w", f.Name, format, err)
	}
	switch format {
	case SVG:
		return forAnyFont(b.Bytes()), nil
	case PNG:
		return withResolution(b.Bytes()), nil
	}
	return b.Bytes(), nil
}

// withResolution inserts a pHYs chunk into a PNG file, which tells a typesetter how large the
// image is. It goes after the header: 8 bytes of signature and 25 of IHDR (PNG specification,
// sections 5.2, 11.2.1 and 11.3.4.3).
func withResolution(file []byte) []byte {
	const header, perMetre, metre = 33, (dpi*10000 + 127) / 254, 1
	chunk := []byte("pHYs")
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = append(chunk, metre)
	sized := binary.BigEndian.AppendUint32(slices.Clone(file[:header]), uint32(len(chunk)-len("pHYs")))
	sized = append(sized, chunk...)
	sized = binary.BigEndian.AppendUint32(sized, crc32.ChecksumIEEE(chunk))
	return append(sized, file[header:]...)
}
