package page

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"slices"
	"strings"
)

//go:embed assets
var assets embed.FS

// scripts are the files of the page's script, in the order in which they are put together. A live page has one more.
var (
	scripts = []string{"packed.js", "data.js", "csv.js", "number.js", "scale.js", "filter.js", "series.js",
		"figure.js", "hover.js", "chooser.js", "heat.js", "runs.js", "rest.js", "sort.js", "start.js"}
	liveScript = "live.js"
)

var (
	skeleton = template.Must(template.ParseFS(assets, "assets/page.html"))
	style    = template.CSS(asset("page.css"))
)

// script is the script of a page.
func script(live bool) template.JS {
	if live {
		return template.JS(joined(append(slices.Clip(scripts), liveScript)))
	}
	return template.JS(joined(scripts))
}

// asset is a file of the folder assets. That it is there is known when the program is built.
func asset(name string) string {
	text, err := assets.ReadFile("assets/" + name)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// joined is the text of files in a function of their own, so that nothing else sees their names.
func joined(names []string) string {
	var b strings.Builder
	b.WriteString("(() => {\n\"use strict\";\n")
	for _, name := range names {
		b.WriteString(asset(name))
	}
	b.WriteString("})();\n")
	return b.String()
}

// Policy is what a browser may do with a page: run its script, apply its style, and show the pictures in it. It
// may load nothing; a live page may ask the program that serves it.
func Policy(live bool) string {
	policy := fmt.Sprintf("default-src 'none'; script-src '%s'; style-src '%s'; img-src data:; base-uri 'none'; "+
		"form-action 'none'", hashOf(string(script(live))), hashOf(string(style)))
	if live {
		policy += "; connect-src 'self'"
	}
	return policy
}

// hashOf is how a policy names a text (CSP level 3, section 2.3.1).
func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
