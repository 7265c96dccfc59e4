package page

import (
	"encoding/json"
	"os"
	"testing"

	"ranksweep/page/pagetest"
)

// TestAccessibility holds the page to the rules of axe-core, as it is opened and as it is used. RANKSWEEP_AXE names
// the file axe.min.js of the npm package axe-core.
func TestAccessibility(t *testing.T) {
	file, ok := os.LookupEnv("RANKSWEEP_AXE")
	if !ok {
		t.Skip("RANKSWEEP_AXE does not name axe.min.js; .ci/full does")
	}
	axe, err := os.ReadFile(file)
	check(t, err)
	b := pagetest.Open(t)
	from := sourceOf(ratedRuns())
	from.Doubts = []string{"a doubt"}
	for name, how := range map[string]pagetest.Look{
		"light": {}, "dark": {Dark: true}, "narrow": {Width: 390, Height: 844},
	} {
		t.Run(name, func(t *testing.T) {
			tab := shownFrom(t, b, from, how)
			tab.Eval(string(axe)+"; 0", nil)
			holds(t, tab)
			tab.Click("#numbers summary")
			pick(tab, "x axis", "step")
			tab.Click("#table-summary th:nth-child(2) button")
			tab.Click(`input[name=seed][value="0"]`)
			tab.Eval(`document.querySelector("#plot svg").focus()`, nil)
			tab.Call("Input.dispatchKeyEvent", map[string]any{"type": "keyDown", "key": "ArrowRight"}, nil)
			holds(t, tab)
			tab.Click(`input[name=seed][value="0"]`)
			pick(tab, "figure", "heat map")
			holds(t, tab)
		})
	}
	t.Run("the rules find faults", func(t *testing.T) {
		tab := shownFrom(t, b, from, pagetest.Look{})
		tab.Eval(string(axe)+"; document.querySelector('img').removeAttribute('alt')", nil)
		if found := violations(tab); len(found) == 0 {
			t.Error("a picture without a text is no violation")
		}
	})
}

func holds(t *testing.T, tab *pagetest.Tab) {
	t.Helper()
	for _, v := range violations(tab) {
		t.Errorf("%s", v)
	}
}

// violations are what axe finds wrong.
func violations(tab *pagetest.Tab) (all []json.RawMessage) {
	tab.Eval(`axe.run().then((r) => r.violations.map((v) => [v.id, v.nodes.map((n) => n.html)]))`, &all)
	return all
}
