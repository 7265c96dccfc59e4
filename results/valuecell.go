package results

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"ranksweep/grid"
	"ranksweep/lora"
)

// power is the p of a scheme's γ = α/r^p; its cell is empty if γ is no power of rank.
type power struct{ scheme *lora.Scheme }

// known is a number whose cell is empty if it is 0, which means that nobody measured it.
type known struct{ number *int64 }

// powerOf returns the p of a scheme's γ = α/r^p; empty if γ is no power of rank. Anything
// else in a scheme that depends on rank is part of its name.
func powerOf(s lora.Scheme) string {
	if s.Log {
		return ""
	}
	return FormatFloat(s.P)
}

// formatCell writes the value that v points to as a cell.
func formatCell(v any) string {
	switch v := v.(type) {
	case *string:
		return TextCell(*v)
	case *Status:
		return string(*v)
	case *int:
		return strconv.Itoa(*v)
	case *int64:
		return strconv.FormatInt(*v, 10)
	case *uint64:
		return strconv.FormatUint(*v, 10)
	case *float64:
		return FormatFloat(*v)
	case *bool:
		return strconv.FormatBool(*v)
	case *time.Time:
		return formatTime(*v)
	case *[]string:
		return formatList(*v)
	case *[]grid.Coordinate:
		return formatAxes(*v)
	case power:
		return powerOf(*v.scheme)
	case known:
		if *v.number == 0 {
			return ""
		}
		return strconv.FormatInt(*v.number, 10)
	}
	panic(fmt.Sprintf("results: no cell holds a %T", v))
}

// parseCell reads what formatCell wrote into what v points to.
func parseCell(cell string, v any) (err error) {
	switch v := v.(type) {
	case *string:
		*v, err = parseText(cell)
	case *Status:
		*v = Status(cell)
	case *int:
		*v, err = strconv.Atoi(cell)
		err = wanted(err, "a whole number")
	case *int64:
		*v, err = strconv.ParseInt(cell, 10, 64)
		err = wanted(err, "a whole number")
	case *uint64:
		*v, err = strconv.ParseUint(cell, 10, 64)
		err = wanted(err, "a whole number, at least 0")
	case *float64:
		*v, err = parseNumber(cell)
	case *bool:
		*v, err = strconv.ParseBool(cell)
		err = wanted(err, "true or false")
	case *time.Time:
		*v, err = parseTime(cell)
	case *[]string:
		*v, err = parseList(cell)
	case *[]grid.Coordinate:
		*v, err = parseAxes(cell)
	case power:
		if cell != "" {
			v.scheme.P, err = parseNumber(cell)
		}
	default:
		panic(fmt.Sprintf("results: no cell holds a %T", v))
	}
	return err
}

// wanted turns an error into one that says what the cell must be.
func wanted(err error, what string) error {
	if err == nil {
		return nil
	}
	return errors.New("must be " + what)
}

func parseNumber(cell string) (float64, error) {
	v, err := parseFloat(cell)
	if err != nil || math.IsNaN(v) {
		return 0, errors.New("must be a finite number")
	}
	return v, nil
}

// formatTime writes a time to the second, in UTC; the zero time is an empty cell.
func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func parseTime(cell string) (time.Time, error) {
	if cell == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, cell)
	t = t.UTC().Truncate(time.Second)
	if err != nil || t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}, errors.New("must be a time, as in 2006-01-02T15:04:05Z")
	}
	return t, nil
}

// formatList writes a list of texts as JSON; an empty list is an empty cell.
func formatList(list []string) string {
	if list == nil {
		return ""
	}
	return jsonText(list)
}

func parseList(cell string) (list []string, err error) {
	if cell != "" && json.Unmarshal([]byte(cell), &list) != nil {
		return nil, errors.New(`must be a list of texts in JSON, as in ["a","b"]`)
	}
	return list, nil
}

// formatAxes writes axes as a JSON list of pairs; an empty list is an empty cell.
func formatAxes(axes []grid.Coordinate) string {
	if axes == nil {
		return ""
	}
	pairs := make([][2]string, len(axes))
	for i, a := range axes {
		pairs[i] = [2]string{a.Name, a.Value}
	}
	return jsonText(pairs)
}

func parseAxes(cell string) ([]grid.Coordinate, error) {
	if cell == "" {
		return nil, nil
	}
	wrong := errors.New(`must be pairs of an axis and its value in JSON, as in [["rank","4"]]`)
	var pairs [][]string
	if json.Unmarshal([]byte(cell), &pairs) != nil {
		return nil, wrong
	}
	axes := make([]grid.Coordinate, len(pairs))
	for i, p := range pairs {
		if len(p) != 2 {
			return nil, wrong
		}
		axes[i] = grid.Coordinate{Name: p[0], Value: p[1]}
	}
	return axes, nil
}
