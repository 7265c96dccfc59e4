// Statistics finds out by simulation how often the project's tests and intervals are wrong. It
// writes the page that lists them, with the assumptions, the source and the error rate of each.
//
//	go run ./bench/statistics -o docs/statistics.md
//
// All draws have fixed seeds, so that the page is the same each time.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	out := flag.String("o", "", "write the page to `FILE` (default: print it)")
	flag.Parse()
	page := markdown(sections())
	if *out == "" {
		fmt.Print(page)
		return
	}
	if err := os.WriteFile(*out, []byte(page), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, "statistics:", err)
		os.Exit(1)
	}
}
