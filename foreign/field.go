package foreign

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"ranksweep/csvcell"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/misspelt"
	"ranksweep/paper/number"
)

// field is a setting that a file may state. read returns the one text for all that mean the same.
type field struct {
	name string
	read func(text string) (string, error)
}

// The fields that code asks for by name.
const (
	rankField   = "rank"
	schemeField = "scheme"
	rsLoRAField = "use_rslora"
	alphaField  = "alpha"
	gammaField  = "gamma"
	rateField   = "lr"
	seedField   = "seed"
	optimField  = "optimizer"
	modelField  = "model"
	dataField   = "data"
	stepsField  = "steps"
)

var fields = []field{
	{rankField, whole(1, 1<<20)}, {schemeField, schemeText}, {rsLoRAField, truth}, {alphaField, above(1e9)},
	{gammaField, above(1e9)}, {rateField, above(1e6)}, {seedField, whole(0, 1<<53)}, {optimField, plain},
	{modelField, plain}, {dataField, plain}, {stepsField, whole(1, mostSteps)},
}

const mostSteps = 1e9

// fieldNamed returns a field, or an error with the nearest name.
func fieldNamed(name string) (field, error) {
	i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
	if i < 0 {
		return field{}, misspelt.Unknown("field", name, fieldNames())
	}
	return fields[i], nil
}

func fieldNames() (names []string) {
	for _, f := range fields {
		names = append(names, f.name)
	}
	return names
}

// quantityNames are the names of what may have been measured.
func quantityNames() (names []string) {
	for _, q := range metrics.Quantities() {
		names = append(names, q.Name())
	}
	return names
}

var (
	decimalText = regexp.MustCompile(`^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$`)
	commaText   = regexp.MustCompile(`^[-+]?\d*,\d+([eE][-+]?\d+)?$`)
	noNumber    = regexp.MustCompile(`(?i)^[-+]?(nan|inf|infinity)$`)
)

var errFormula = errors.New("is a formula: export values in place of formulas")

// numberOf reads a finite number.
func numberOf(text string) (float64, error) {
	switch {
	case strings.HasPrefix(text, "="):
		return 0, errFormula
	case commaText.MatchString(text):
		return 0, errors.New(`has a decimal comma: write decimal: "," into the map`)
	case noNumber.MatchString(text):
		return 0, errors.New("is no number")
	case !decimalText.MatchString(text):
		return 0, errors.New("must be a number, as 0.5 or 1e-4")
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, errors.New("is too large for a number")
	}
	return v, nil
}

// whole reads a whole number; 16.0 is one.
func whole(low, high float64) func(string) (string, error) {
	return func(text string) (string, error) {
		v, err := numberOf(text)
		if err == nil && (v != float64(int64(v)) || v < low || v > high) {
			err = fmt.Errorf("must be a whole number from %.0f to %.0f", low, high)
		}
		return strconv.FormatInt(int64(v), 10), err
	}
}

// above reads a number above 0.
func above(high float64) func(string) (string, error) {
	return func(text string) (string, error) {
		v, err := numberOf(text)
		if err == nil && !(v > 0 && v <= high) {
			err = fmt.Errorf("must be above 0 and at most %s", number.Brief(high))
		}
		return strconv.FormatFloat(v, 'g', -1, 64), err
	}
}

// schemeText reads a scheme's name, or full for full fine-tuning.
func schemeText(text string) (string, error) {
	if text == lora.FullMethod {
		return text, nil
	}
	s, err := lora.ParseScheme(text)
	if err != nil {
		return "", errors.New(strings.TrimPrefix(err.Error(), "lora: "))
	}
	return s.String(), nil
}

func truth(text string) (string, error) {
	v, err := strconv.ParseBool(strings.ToLower(text))
	if err != nil {
		err = errors.New("must be true or false")
	}
	return strconv.FormatBool(v), err
}

// plain reads a text as a file has it; one that a spreadsheet would run is refused.
func plain(text string) (string, error) {
	switch {
	case strings.HasPrefix(text, "'"):
		text = csvcell.Unguard(text)
	case csvcell.Guard(text) != text:
		return "", errFormula
	}
	if !utf8.ValidString(text) {
		return "", errors.New("is no UTF-8: save the file as UTF-8")
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		return "", errors.New("has a control character, as a line break: take it out")
	}
	return text, nil
}
