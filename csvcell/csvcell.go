// Package csvcell keeps spreadsheets from running texts in CSV files as formulas.
package csvcell

import (
	"regexp"
	"strings"
)

// decimal matches what a spreadsheet takes for a number.
var decimal = regexp.MustCompile(`^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$`)

// Guard puts an apostrophe before a text that a spreadsheet would take for a formula, and
// before a text that already begins with an apostrophe. Numbers stay as they are.
func Guard(text string) string {
	if text == "" || decimal.MatchString(text) || !strings.Contains("=+-@\t\r'", text[:1]) {
		return text
	}
	return "'" + text
}

// Unguard undoes Guard.
func Unguard(cell string) string { return strings.TrimPrefix(cell, "'") }
