package page

import (
	"encoding/csv"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/page/pagetest"
	"ranksweep/results"
)

// shownFrom opens a page as a file.
func shownFrom(t *testing.T, b *pagetest.Browser, from Source, how pagetest.Look) *pagetest.Tab {
	t.Helper()
	p, err := New(from)
	check(t, err)
	return openIn(t, b, p, how)
}

// openIn writes a page and opens it from the disk.
func openIn(t *testing.T, b *pagetest.Browser, p Page, how pagetest.Look) *pagetest.Tab {
	t.Helper()
	var text strings.Builder
	check(t, p.Write(&text))
	file := filepath.Join(t.TempDir(), "report.html")
	check(t, os.WriteFile(file, []byte(text.String()), 0o666))
	tab := b.Show(t, "file://"+file, how)
	if !how.NoScripts {
		await(tab, `!document.querySelector("#explore").hidden`)
	}
	return tab
}

// await waits until a condition holds in the page.
func await(tab *pagetest.Tab, condition string) {
	tab.Eval(`new Promise((done) => {
		const look = () => (`+condition+` ? done() : setTimeout(look, 10));
		look();
	})`, nil)
}

// quiet fails if the page or the browser said anything on the console.
func quiet(t *testing.T, tab *pagetest.Tab) {
	t.Helper()
	for _, complaint := range tab.Complaints() {
		t.Errorf("on the console: %s", complaint)
	}
}

// In a browser the figure is drawn, filtered, pointed at and walked along by keys, axes are chosen, tables sorted,
// and data saved.
func TestPageInChromium(t *testing.T) {
	b := pagetest.Open(t)
	folder := t.TempDir()
	tab := shownFrom(t, b, sourceOf(madeUp()), pagetest.Look{Downloads: folder})

	t.Run("drawn", func(t *testing.T) {
		expect(t, tab, `document.querySelectorAll("#legend li").length`, "2")
		expect(t, tab, `[...document.querySelectorAll("#legend li")].map((e) => e.textContent).join()`,
			"LoRA,rsLoRA")
		expect(t, tab, `document.querySelectorAll("#plot path.line").length`, "2")
		expect(t, tab, `document.querySelector("#selection").textContent`, "All 18 runs are shown.")
	})
	t.Run("hovered", func(t *testing.T) {
		tab.Eval(`(() => {
			const image = document.querySelector("#plot svg"), frame = image.getBoundingClientRect();
			for (let x = 0; x < frame.width; x += 4) for (let y = 0; y < frame.height; y += 4) {
				const at = { clientX: frame.left + x, clientY: frame.top + y };
				image.dispatchEvent(new PointerEvent("pointermove", at));
				if (/rsLoRA, rank 64: .*mean of 3 seeds/.test(document.querySelector("#tip").textContent)) return;
			}
			throw new Error("no point at all");
		})()`, nil)
		expect(t, tab, `document.querySelector("#tip").hidden`, "false")
	})
	t.Run("walked along by keys", func(t *testing.T) {
		tab.Eval(`document.querySelector("#plot svg").focus()`, nil)
		tab.Call("Input.dispatchKeyEvent", map[string]any{"type": "keyDown", "key": "ArrowRight"}, nil)
		first := tab.Text(`document.querySelector("#tip").textContent`)
		tab.Call("Input.dispatchKeyEvent", map[string]any{"type": "keyDown", "key": "ArrowRight"}, nil)
		if second := tab.Text(`document.querySelector("#tip").textContent`); first == "" || first == second {
			t.Errorf("first %q, then %q", first, second)
		}
	})
	t.Run("filtered", func(t *testing.T) {
		tab.Click(`input[name=rank][value="64"]`)
		expect(t, tab, `document.querySelector("#selection").textContent`, "12 of 18 runs are shown.")
		expect(t, tab, `document.querySelectorAll("#runs-table tbody tr").length`, "12")
		tab.Click(`input[name=seed][value="0"]`)
		expect(t, tab, `document.querySelectorAll("#plot path.line").length`, "0") // means are of all seeds
		expect(t, tab, `/Some seeds are left out/.test(document.querySelector("#remark").textContent)`, "true")
		tab.Click(`input[name=seed][value="0"]`)
		tab.Click(`input[name=rank][value="64"]`)
	})
	t.Run("axes", func(t *testing.T) {
		pick(tab, "x axis", "step")
		expect(t, tab, `document.querySelectorAll("#plot path.band").length`, "6")
		pick(tab, "y axis", "training loss")
		expect(t, tab, `document.querySelector("#plot svg").getAttribute("aria-label").split(",")[0]`,
			"training loss against step")
		pick(tab, "x axis", "scheme")
		expect(t, tab, `[...document.querySelectorAll("#plot .tick")].slice(0, 2).map((e) => e.textContent).join()`,
			"LoRA,rsLoRA")
		pick(tab, "x axis", "rank")
	})
	t.Run("theory", func(t *testing.T) {
		pick(tab, "y axis", "onset gradient norm")
		expect(t, tab, `document.querySelectorAll("#plot path.theory").length`, "2")
		expect(t, tab, `document.querySelector("#legend").lastChild.textContent`, "theory")
		pick(tab, "y axis", "validation loss")
		expect(t, tab, `document.querySelectorAll("#plot path.theory").length`, "0")
	})
	t.Run("sorted", func(t *testing.T) {
		column := `[...document.querySelector("#table-summary tbody").rows]
			.map((r) => r.cells[1].textContent).join()`
		expect(t, tab, column, "4,16,64,4,16,64")
		tab.Click("#table-summary th:nth-child(2) button")
		expect(t, tab, column, "4,4,16,16,64,64")
		tab.Click("#table-summary th:nth-child(2) button")
		expect(t, tab, column, "64,64,16,16,4,4")
		expect(t, tab, `document.querySelector("#table-summary th:nth-child(2)").getAttribute("aria-sort")`,
			"descending")
	})
	t.Run("saved", func(t *testing.T) {
		tab.Click("#save-runs")
		rows, err := csv.NewReader(strings.NewReader(tab.Saved(folder, "runs.csv"))).ReadAll()
		check(t, err)
		if len(rows) != 19 || rows[0][0] != "run" || rows[18][0] != "rslora-64-2" {
			t.Errorf("%d rows, from %q to %q", len(rows), rows[0][0], rows[len(rows)-1][0])
		}
		tab.Click(`a[download="summary.csv"]`)
		if text := tab.Saved(folder, "summary.csv"); !strings.HasPrefix(text, "scheme,rank,gamma,") {
			t.Errorf("summary.csv: %.100s", text)
		}
		tab.Click("#save-curves")
		if text := tab.Saved(folder, "curves.csv"); strings.Count(text, "\n") != 1+18*11*3 {
			t.Errorf("curves.csv has %d lines", strings.Count(text, "\n"))
		}
	})
	quiet(t, tab)
}

// ratedRuns are made-up runs at four learning rates. The lowest loss of rank 4 lies at 1e-3, that of rank 16 and 64 at
// the highest, 1e-2, at which rank 64 diverged under rsLoRA.
func ratedRuns() (runs []results.Run) {
	for i, lr := range []string{"1e-05", "0.0001", "0.001", "0.01"} {
		for _, r := range madeUp() {
			r.ID, r.Cell = r.ID+lr, r.Cell+lr
			r.LR, _ = strconv.ParseFloat(lr, 64)
			r.Axes = append(r.Axes, grid.Coordinate{Name: "lr", Value: lr})
			best := 3
			if r.Rank == 4 {
				best = 2
			}
			r.Curve[10].Values[metrics.ValLoss] = 2 + 0.1*math.Abs(float64(i-best)) + 0.01*float64(r.Seed)
			if r.Rank == 64 && r.Scheme == "rslora" && i == 3 {
				r.Status = results.Diverged
			}
			runs = append(runs, r)
		}
	}
	return runs
}

// A heat map has a tile for each pair of values, in a panel for each scheme, and frames the lowest mean of each row.
func TestHeatMapInChromium(t *testing.T) {
	folder := t.TempDir()
	tab := shownFrom(t, pagetest.Open(t), sourceOf(ratedRuns()), pagetest.Look{Downloads: folder})
	pick(tab, "figure", "heat map")
	expect(t, tab, `[...document.querySelectorAll("#chooser label")].map((l) => l.firstChild.data + " " +
		(l.lastChild.selectedOptions?.[0].textContent ?? "")).join()`,
		"figure heat map,color validation loss,x axis learning rate,rows rank")
	expect(t, tab, `document.querySelectorAll("#plot rect.tile").length`, "23")
	expect(t, tab, `document.querySelectorAll("#plot rect.lowest").length`, "6")
	tiles := `[...document.querySelectorAll("#plot text")].map((e) => e.textContent)`
	expect(t, tab, tiles+`.filter((s) => /→/.test(s)).join()`, "2.01→,2.01→,2.01→")
	expect(t, tab, tiles+`.filter((s) => s === "×").length`, "1")
	tab.Click("#numbers summary")
	tab.Click("#save-figure")
	rows, err := csv.NewReader(strings.NewReader(tab.Saved(folder, "figure.csv"))).ReadAll()
	check(t, err)
	lowest := make(map[string]string)
	for _, row := range rows[1:] {
		if row[8] == "lowest" {
			lowest[row[0]+" "+row[2]] = row[1]
		}
	}
	want := map[string]string{"LoRA 4": "0.001", "LoRA 16": "0.01", "LoRA 64": "0.01", "rsLoRA 4": "0.001",
		"rsLoRA 16": "0.01", "rsLoRA 64": "0.001"}
	if len(rows) != 25 || !maps.Equal(lowest, want) {
		t.Errorf("%d rows; the lowest are at %v, want %v", len(rows), lowest, want)
	}
	tab.Eval(`document.querySelector("#plot svg").focus()`, nil)
	tab.Call("Input.dispatchKeyEvent", map[string]any{"type": "keyDown", "key": "ArrowRight"}, nil)
	expect(t, tab, `document.querySelector("#tip").textContent`,
		"LoRA, rank 4, learning rate 1e-5: validation loss 2.21 nats/token, 95% interval 2.1852 to 2.2348, "+
			"mean of 3 seeds.")
	pick(tab, "rows", "scheme")
	expect(t, tab, `document.querySelectorAll("#plot rect.lowest").length`, "6")
	pick(tab, "x axis", "scheme") // which the rows had: they change places
	expect(t, tab, `document.querySelector("#chooser").lastChild.lastChild.selectedOptions[0].textContent`,
		"learning rate")
	tab.Click(`input[name=seed][value="0"]`)
	expect(t, tab, `document.querySelectorAll("#plot rect.tile").length`, "0")
	expect(t, tab, `/^Some seeds are left out/.test(document.querySelector("#remark").textContent)`, "true")
	quiet(t, tab)
}

// expect compares the value of an expression.
func expect(t *testing.T, tab *pagetest.Tab, expression, want string) {
	t.Helper()
	if got := tab.Text(expression); got != want {
		t.Errorf("%s = %q, want %q", expression, got, want)
	}
}

// pick chooses an option of the list with a label.
func pick(tab *pagetest.Tab, label, option string) {
	tab.Eval(`(() => {
		const labels = [...document.querySelectorAll("#chooser label")];
		const list = labels.find((l) => l.firstChild.data === "`+label+`").lastChild;
		list.value = [...list.options].findIndex((o) => o.textContent === "`+option+`");
		list.dispatchEvent(new Event("change"));
	})()`, nil)
}

// Hostile texts run nothing and load nothing, wherever they stand, and are shown as they are.
func TestHostileTextsInChromium(t *testing.T) {
	tab := shownFrom(t, pagetest.Open(t), hostileSource(), pagetest.Look{})
	expect(t, tab, "typeof hacked", "undefined")
	expect(t, tab, `[...document.images].filter((i) => !i.src.startsWith("data:image/svg+xml")).length`, "0")
	expect(t, tab, `document.scripts.length`, "2")
	expect(t, tab, `document.querySelector(".question").textContent`, hostile)
	tab.Click("#numbers summary")
	pick(tab, "x axis", "model")
	expect(t, tab, `document.querySelectorAll("#plot svg").length`, "1")
	quiet(t, tab)
}

// Without scripts everything is there but what needs them, and nothing is offered that does not work.
func TestPageWithoutScripts(t *testing.T) {
	tab := shownFrom(t, pagetest.Open(t), sourceOf(madeUp()), pagetest.Look{NoScripts: true})
	var tree struct {
		Nodes []struct {
			Role, Name struct {
				Value any `json:"value"`
			}
		} `json:"nodes"`
	}
	tab.Call("Accessibility.getFullAXTree", nil, &tree)
	var roles, names []string
	for _, n := range tree.Nodes {
		role, _ := n.Role.Value.(string)
		name, _ := n.Name.Value.(string)
		roles, names = append(roles, role), append(names, name)
	}
	for _, banned := range []string{"button", "checkbox", "combobox"} {
		if slices.Contains(roles, banned) {
			t.Errorf("there is a %s, which does nothing", banned)
		}
	}
	all := strings.Join(names, "\n")
	for _, want := range []string{"Does it?", "onset gradient norm falls with rank", "Scripts are off", "Figure Loss.",
		"Save the table summary as CSV", "name: fake"} {
		if !strings.Contains(all, want) {
			t.Errorf("nobody hears %q", want)
		}
	}
}
