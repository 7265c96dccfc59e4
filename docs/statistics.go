// Package docs has the pages for users. The report quotes the one that is embedded here.
package docs

import _ "embed" // for the page below

// Statistics is statistics.md: how often the project's tests and intervals are wrong.
//
//go:embed statistics.md
var Statistics string
