package pagetest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// A Tab is a page that is open. What goes wrong in it ends the test.
type Tab struct {
	t       *testing.T
	b       *Browser
	session string
	loaded  chan bool

	mu         sync.Mutex
	complaints []string
}

// A Look is how a page is shown.
type Look struct {
	Width, Height int // 0: 1200 × 900
	Dark          bool
	NoScripts     bool
	Downloads     string // the folder for what the page saves
}

// Show opens an address.
func (b *Browser) Show(t *testing.T, address string, how Look) *Tab {
	t.Helper()
	var target struct {
		TargetID string `json:"targetId"`
	}
	check(t, b.call("", "Target.createTarget", map[string]any{"url": "about:blank"}, &target))
	var attached struct {
		SessionID string `json:"sessionId"`
	}
	check(t, b.call("", "Target.attachToTarget",
		map[string]any{"targetId": target.TargetID, "flatten": true}, &attached))
	tab := &Tab{t: t, b: b, session: attached.SessionID, loaded: make(chan bool, 10)}
	b.mu.Lock()
	b.tabs[tab.session] = tab
	b.mu.Unlock()
	tab.look(how)
	for _, domain := range []string{"Page", "Runtime", "Log"} {
		tab.Call(domain+".enable", nil, nil)
	}
	var went struct {
		ErrorText string `json:"errorText"`
	}
	tab.Call("Page.navigate", map[string]any{"url": address}, &went)
	if went.ErrorText != "" {
		t.Fatalf("%s: %s", address, went.ErrorText)
	}
	select {
	case <-tab.loaded:
	case <-time.After(patience):
		t.Fatalf("%s: not loaded in %s", address, patience)
	}
	return tab
}

func (tab *Tab) look(how Look) {
	if how.Width == 0 {
		how.Width, how.Height = 1200, 900
	}
	tab.Call("Emulation.setDeviceMetricsOverride", map[string]any{"width": how.Width, "height": how.Height,
		"deviceScaleFactor": 1, "mobile": how.Width < 600}, nil)
	scheme := map[bool]string{false: "light", true: "dark"}[how.Dark]
	tab.Call("Emulation.setEmulatedMedia", map[string]any{
		"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
	tab.Call("Emulation.setScriptExecutionDisabled", map[string]any{"value": how.NoScripts}, nil)
	if how.Downloads != "" {
		check(tab.t, tab.b.call("", "Browser.setDownloadBehavior", map[string]any{
			"behavior": "allow", "downloadPath": how.Downloads}, nil))
	}
}

// take keeps what a page complains of, and notes when it is loaded.
func (tab *Tab) take(method string, params json.RawMessage) {
	switch method {
	case "Page.loadEventFired":
		tab.loaded <- true
	case "Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled":
		tab.mu.Lock()
		tab.complaints = append(tab.complaints, string(params))
		tab.mu.Unlock()
	}
}

// Complaints are the exceptions, and everything else that the page or the browser wrote to the console.
func (tab *Tab) Complaints() []string {
	tab.Eval("0", nil) // what was said before it is here after it
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return tab.complaints
}

// Call asks the browser for something by the DevTools protocol.
func (tab *Tab) Call(method string, params, result any) {
	tab.t.Helper()
	check(tab.t, tab.b.call(tab.session, method, params, result))
}

// Eval evaluates an expression in the page; a promise is waited for.
func (tab *Tab) Eval(expression string, result any) {
	tab.t.Helper()
	var reply struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		Exception *struct {
			Text      string `json:"text"`
			Exception struct {
				Description string `json:"description"`
			} `json:"exception"`
		} `json:"exceptionDetails"`
	}
	tab.Call("Runtime.evaluate", map[string]any{
		"expression": expression, "returnByValue": true, "awaitPromise": true}, &reply)
	if reply.Exception != nil {
		tab.t.Fatalf("%.80s: %s %s", expression, reply.Exception.Text, reply.Exception.Exception.Description)
	}
	if result != nil {
		if err := json.Unmarshal(reply.Result.Value, result); err != nil {
			tab.t.Fatalf("%.80s: %s: %v", expression, reply.Result.Value, err)
		}
	}
}

// Text is what an expression evaluates to, as text.
func (tab *Tab) Text(expression string) (text string) {
	tab.t.Helper()
	tab.Eval("String("+expression+")", &text)
	return text
}

// Click clicks the first element that a selector finds.
func (tab *Tab) Click(selector string) {
	tab.t.Helper()
	tab.Eval(fmt.Sprintf("document.querySelector(%q).click()", selector), nil)
}

// Saved waits for a file that the page saves, and returns what is in it. The browser makes the file before it fills
// it, so it is whole once it is the same twice and not empty.
func (tab *Tab) Saved(folder, name string) string {
	tab.t.Helper()
	before := ""
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if now := string(text); err == nil && now != "" && now == before {
			return now
		}
		before = string(text)
	}
	tab.t.Fatalf("%s was not saved in %s", name, patience)
	return ""
}

// Picture writes the whole page as PNG.
func (tab *Tab) Picture(path string) {
	tab.t.Helper()
	var reply struct {
		Data string `json:"data"`
	}
	tab.Call("Page.captureScreenshot", map[string]any{"captureBeyondViewport": true}, &reply)
	tab.write(path, reply.Data)
}

// Print writes the page as PDF.
func (tab *Tab) Print(path string) {
	tab.t.Helper()
	var reply struct {
		Data string `json:"data"`
	}
	tab.Call("Page.printToPDF", map[string]any{"printBackground": true}, &reply)
	tab.write(path, reply.Data)
}

func (tab *Tab) write(path, data string) {
	file, err := base64.StdEncoding.DecodeString(data)
	check(tab.t, err)
	check(tab.t, os.WriteFile(path, file, 0o666))
}
