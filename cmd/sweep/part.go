package main

import (
	"regexp"
	"strings"
)

// withPart returns a page with one part of it replaced; not ok if it has no such part.
// What a program writes of a page lies between two lines, which its readers do not see:
//
//	<!-- begin NAME: COMMAND writes this part -->
//	<!-- end NAME -->
func withPart(page, name, text string) (renewed string, ok bool) {
	name = regexp.QuoteMeta(name)
	part := regexp.MustCompile(`(?s)(<!-- begin ` + name + `:[^\n]* -->\n).*(<!-- end ` + name + ` -->\n)`)
	at := part.FindStringSubmatchIndex(page)
	if at == nil {
		return page, false
	}
	return page[:at[3]] + "\n" + strings.Trim(text, "\n") + "\n\n" + page[at[4]:], true
}
