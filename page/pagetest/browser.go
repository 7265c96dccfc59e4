// Package pagetest opens pages in Chromium for tests. It speaks the DevTools protocol through a pipe, with a byte
// of zero after each message, which needs no port and no library.
package pagetest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// A Browser is a running Chromium.
type Browser struct {
	mu      sync.Mutex
	in      *os.File
	last    int
	replies map[int]chan message
	tabs    map[string]*Tab // by session
}

// A message goes to the browser or comes from it.
type message struct {
	ID      int             `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  any             `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// patience is how long a test waits for an answer on a busy machine.
const patience = 2 * time.Minute

// Open starts Chromium until the test ends. Without Chromium the test is skipped.
func Open(t *testing.T) *Browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not there: Debian's package chromium has it")
	}
	toBrowser, in, err := os.Pipe()
	check(t, err)
	out, fromBrowser, err := os.Pipe()
	check(t, err)
	cmd := exec.Command(path, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
		"--no-first-run", "--user-data-dir="+t.TempDir())
	cmd.ExtraFiles = []*os.File{toBrowser, fromBrowser} // 3 and 4, as Chromium wants them
	check(t, cmd.Start())
	toBrowser.Close()
	fromBrowser.Close()
	b := &Browser{in: in, replies: make(map[int]chan message), tabs: make(map[string]*Tab)}
	go b.read(out)
	t.Cleanup(func() {
		b.send("", "Browser.close", nil)
		done := time.AfterFunc(10*time.Second, func() { cmd.Process.Kill() })
		cmd.Wait()
		done.Stop()
		in.Close()
		out.Close()
	})
	return b
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// read hands out what the browser says until it ends.
func (b *Browser) read(out *os.File) {
	for in := bufio.NewReader(out); ; {
		text, err := in.ReadBytes(0)
		if err != nil {
			return
		}
		var m struct {
			message
			Params json.RawMessage `json:"params"`
		}
		if json.Unmarshal(text[:len(text)-1], &m) != nil {
			continue
		}
		b.mu.Lock()
		reply, tab := b.replies[m.ID], b.tabs[m.Session]
		delete(b.replies, m.ID)
		b.mu.Unlock()
		switch {
		case m.ID != 0 && reply != nil:
			reply <- m.message
		case tab != nil:
			tab.take(m.Method, m.Params)
		}
	}
}

// send asks for something, and returns where the reply will be.
func (b *Browser) send(session, method string, params any) (chan message, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last++
	text, err := json.Marshal(message{ID: b.last, Session: session, Method: method, Params: params})
	if err != nil {
		return nil, err
	}
	reply := make(chan message, 1)
	b.replies[b.last] = reply
	_, err = b.in.Write(append(text, 0))
	return reply, err
}

// call asks for something and waits for the reply.
func (b *Browser) call(session, method string, params, result any) error {
	reply, err := b.send(session, method, params)
	if err != nil {
		return err
	}
	select {
	case m := <-reply:
		switch {
		case m.Error != nil:
			return fmt.Errorf("pagetest: %s: %s", method, m.Error.Message)
		case result == nil:
			return nil
		}
		return json.Unmarshal(m.Result, result)
	case <-time.After(patience):
		return fmt.Errorf("pagetest: %s: no answer in %s", method, patience)
	}
}
