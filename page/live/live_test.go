package live

import (
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"ranksweep/page"
	"ranksweep/page/pagetest"
)

// serving starts a server until the test ends, with a page that was shown.
func serving(t *testing.T, address string, withToken bool) *Server {
	t.Helper()
	s, err := Listen(address, withToken)
	check(t, err)
	ctx, end := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- s.Serve(ctx) }()
	t.Cleanup(func() {
		end()
		check(t, <-ended)
	})
	p, err := page.New(page.Source{Experiments: []page.Experiment{{Dir: "runs/mine", Name: "mine"}}})
	check(t, err)
	p.Live, p.Version = true, "1"
	check(t, s.ShowPage(p))
	s.ShowState([]string{"1 of 2 runs"}, []Run{{Place: "rank=4", Points: [][2]float64{{1, 2.5}}}})
	return s
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ask sends a request with a Host header of its own.
func ask(t *testing.T, method, url, host string) (status int, body string, header http.Header) {
	t.Helper()
	r, err := http.NewRequest(method, url, nil)
	check(t, err)
	if host != "" {
		r.Host = host
	}
	reply, err := http.DefaultClient.Do(r)
	check(t, err)
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	check(t, err)
	return reply.StatusCode, string(text), reply.Header
}

// The page and the state are answered, with the policy of the page, and nothing else is.
func TestServe(t *testing.T) {
	s := serving(t, "127.0.0.1:0", false)
	status, body, header := ask(t, "GET", s.Address(), "")
	if status != 200 || !strings.Contains(body, "<h1>mine</h1>") || !strings.Contains(body, `data-version="1"`) {
		t.Errorf("status %d: %.200s", status, body)
	}
	if got := header.Get("Content-Security-Policy"); got != page.Policy(true)+"; frame-ancestors 'none'" {
		t.Errorf("policy %s", got)
	}
	status, body, _ = ask(t, "GET", s.Address()+"state", "")
	want := `{"version":"1","said":["1 of 2 runs"],` +
		`"running":[{"place":"rank=4","progress":"","by":"","points":[[1,2.5]]}]}`
	if status != 200 || body != want {
		t.Errorf("status %d: %s\nwant %s", status, body, want)
	}
	for path, want := range map[string]int{"other": 404, "../../etc/passwd": 404, "state/": 404} {
		if status, _, _ := ask(t, "GET", s.Address()+path, ""); status != want {
			t.Errorf("%s: status %d, want %d", path, status, want)
		}
	}
	if status, _, _ := ask(t, "POST", s.Address(), ""); status != 405 {
		t.Errorf("POST: status %d", status)
	}
}

// A page of another site whose name leads to this machine gets nothing: the browser sends the name. Names of this
// machine are answered at its port alone.
func TestOtherHosts(t *testing.T) {
	s := serving(t, "127.0.0.1:0", false)
	_, port, _ := net.SplitHostPort(s.listener.Addr().String())
	for host, want := range map[string]int{
		"127.0.0.1:" + port: 200, "localhost:" + port: 200, "[::1]:" + port: 200,
		"evil.example:" + port: 403, "evil.example": 403, "localhost": 403, "127.0.0.1:1": 403, "10.0.0.1:" + port: 403,
		"127.0.0.1.evil.example:" + port: 403, "localhost.:" + port: 403,
	} {
		status, body, _ := ask(t, "GET", s.Address(), host)
		if status != want || strings.Contains(body, "mine") != (want == 200) {
			t.Errorf("host %s: status %d, want %d", host, status, want)
		}
	}
}

// With a token only its address is answered, whatever the host. Two servers have different tokens.
func TestToken(t *testing.T) {
	s, other := serving(t, "0.0.0.0:0", true), serving(t, "127.0.0.1:0", true)
	if len(s.token) < 20 || s.token == other.token {
		t.Errorf("tokens %q and %q", s.token, other.token)
	}
	root := strings.TrimSuffix(s.Address(), s.token+"/")
	for path, want := range map[string]int{
		s.token + "/": 200, s.token + "/state": 200, "": 403, "state": 403, other.token + "/": 403,
		s.token[1:] + "/": 403, s.token + "x/": 403, s.token + "/other": 404,
	} {
		if status, body, _ := ask(t, "GET", root+path, ""); status != want || strings.Contains(body, s.token) {
			t.Errorf("%s: status %d, want %d: %.100s", path, status, want, body)
		}
	}
	if status, _, _ := ask(t, "GET", s.Address(), "machine.example:80"); status != 200 {
		t.Errorf("with the token, under another name: status %d", status)
	}
}

// Addresses that cannot be or must not be are refused, and say what to do.
func TestListenRefuses(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	defer taken.Close()
	for address, want := range map[string]string{
		"0.0.0.0:0": "add --token", ":8080": "add --token", "[::]:0": "add --token", "192.0.2.1:80": "add --token",
		"example.org:80": "add --token", "127.0.0.1": "as in 127.0.0.1:8080", "": "as in 127.0.0.1:8080",
		"127.0.0.1:99999": "invalid port", "127.0.0.1:http x": "live: address",
		taken.Addr().String(): "another program uses this port: choose another one",
	} {
		s, err := Listen(address, false)
		if err == nil {
			s.listener.Close()
			t.Errorf("address %q is taken", address)
		} else if !strings.Contains(err.Error(), want) {
			t.Errorf("address %q: %v, want %q", address, err, want)
		}
	}
}

// Who sends nothing is cut off, and who asks before there is a page waits for it.
func TestPatience(t *testing.T) {
	s, err := Listen("127.0.0.1:0", false)
	check(t, err)
	ctx, end := context.WithCancel(context.Background())
	defer end()
	go s.Serve(ctx)
	first := make(chan string, 1)
	go func() {
		reply, err := http.Get(s.Address())
		if err != nil {
			first <- err.Error()
			return
		}
		defer reply.Body.Close()
		text, _ := io.ReadAll(reply.Body)
		first <- string(text)
	}()
	time.Sleep(10 * time.Millisecond) // as a rule the question is there first; either order must work
	p, err := page.New(page.Source{Experiments: []page.Experiment{{Dir: "runs/mine", Name: "mine"}}})
	check(t, err)
	check(t, s.ShowPage(p))
	if text := <-first; !strings.Contains(text, "<h1>mine</h1>") {
		t.Errorf("got %.200s", text)
	}
	silent, err := net.Dial("tcp", s.listener.Addr().String())
	check(t, err)
	defer silent.Close()
	if n, err := silent.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("who sends nothing gets %d bytes, %v", n, err)
	}
}

// The losses that runs tell are drawn as they come.
func TestLossesGrowInChromium(t *testing.T) {
	b := pagetest.Open(t)
	s := serving(t, "127.0.0.1:0", true)
	tab := b.Show(t, s.Address(), pagetest.Look{})
	line := `document.querySelector("#live-plot path.run")?.getAttribute("d").split("L").length`
	for _, n := range []int{2, 5} {
		r := Run{Place: `rank=4 <b>`, Progress: "step 5 of 9", By: "process 1 of here"}
		for step := range n {
			r.Points = append(r.Points, [2]float64{float64(step), 3 - 0.1*float64(step)})
		}
		s.ShowState([]string{"1 of 2 runs"}, []Run{r})
		for end := time.Now().Add(time.Minute); tab.Text(line) != strconv.Itoa(n); time.Sleep(50 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("a line of %s points, want %d; on the console: %q", tab.Text(line), n, tab.Complaints())
			}
		}
	}
	want := "rank=4 <b>step 5 of 9process 1 of here"
	if got := tab.Text(`document.querySelector("#live-runs tbody").textContent`); got != want {
		t.Errorf("runs in training: %q, want %q", got, want)
	}
	for _, complaint := range tab.Complaints() {
		t.Errorf("on the console: %s", complaint)
	}
}
