package chart

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"

	"ranksweep/misspelt"
)

// inch is in points, of which TeX calls these big points.
const inch = 72.0

// A Venue is where figures are printed, with the widths of its column and of its page, in inches.
type Venue struct {
	Name, Where string
	Inches      float64
}

// Venues has the usual ones. Widths change from year to year: the instructions to authors have the last word.
var Venues = []Venue{
	{"neurips", "NeurIPS, the text", 5.5},
	{"iclr", "ICLR, the text", 5.5},
	{"icml", "ICML, a column", 3.25},
	{"icml-page", "ICML, both columns", 6.75},
	{"acl", "ACL, a column: 7.7 cm", 7.7 / 2.54},
	{"acl-page", "ACL, both columns: 16 cm", 16 / 2.54},
	{"cvpr", "CVPR, a column", 3.25},
	{"cvpr-page", "CVPR, both columns", 6.875},
	{"ieee", "IEEE, a column", 3.5},
	{"ieee-page", "IEEE, both columns", 7.16},
	{"jmlr", "JMLR, the text", 6},
	{"nature", "Nature, a column: 89 mm", 89 / 25.4},
	{"nature-page", "Nature, both columns: 183 mm", 183 / 25.4},
}

func venueNames() (names []string) {
	for _, v := range Venues {
		names = append(names, v.Name)
	}
	return names
}

// The widths, in inches, between which a figure can be laid out.
const leastWide, mostWide = 2, 20

var units = map[string]float64{"in": inch, "cm": inch / 2.54, "mm": inch / 25.4, "pt": 1}

var length = regexp.MustCompile(`^([0-9.]+) ?(in|cm|mm|pt)$`)

func setWidth(s *Spec, value string) error {
	if i := slices.IndexFunc(Venues, func(v Venue) bool { return v.Name == value }); i >= 0 {
		s.Width = Venues[i].Inches * inch
		return nil
	}
	m := length.FindStringSubmatch(value)
	if m == nil {
		return fmt.Errorf("chart: width %q: must be a length, as 3.25in, 8.2cm, 82mm or 234pt; or a venue: %w", value,
			misspelt.Unknown("venue", value, venueNames()))
	}
	size, err := strconv.ParseFloat(m[1], 64)
	points := size * units[m[2]]
	if err != nil || math.IsInf(points, 0) || points < leastWide*inch || points > mostWide*inch {
		return fmt.Errorf("chart: width %s: must be from %din to %din", value, leastWide, mostWide)
	}
	s.Width = points
	return nil
}
