package ray

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"ranksweep/models"
	"ranksweep/sweep"
	"ranksweep/train"
	"ranksweep/train/local"
)

// fakeVariable makes the test binary a driver whose cluster has one node: this process. Its value is what goes
// wrong.
const fakeVariable = "RANKSWEEP_FAKE_RAY"

func TestMain(m *testing.M) {
	if fault, fake := os.LookupEnv(fakeVariable); fake {
		fakeDriver(fault)
		return
	}
	os.Exit(m.Run())
}

// here is the scheduler of a node.
func here(at Places) (sweep.Scheduler, error) {
	l := local.New(models.FS)
	l.Data = func(source string) string { return at.Data[source] }
	return sweep.Scheduler{Trainers: train.Trainers{l}, Workers: 1, Memory: 1 << 40}, nil
}

// fakeDriver answers as the Python program does.
func fakeDriver(fault string) {
	say := func(m message) { json.NewEncoder(os.Stdout).Encode(m) }
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	places, first := Places{Data: make(map[string]string)}, ""
	for in.Scan() {
		var o order
		var c content
		json.Unmarshal(in.Bytes(), &o)
		switch o.Kind {
		case startKind:
			if fault == "unable" {
				say(message{Kind: unableKind, Text: "nothing answers"})
				return
			}
			say(message{Kind: readyKind, Versions: "Ray 1", Nodes: []Node{{Name: "a", CPUs: 1}}})
		case contentKind:
			json.Unmarshal(in.Bytes(), &c)
			for name, item := range c.Data {
				places.Data[name] = item.Files[0].Path
			}
		case runKind:
			if first == "" {
				first = o.ID
			}
			misbehave(fault, o.ID == first, o, in.Text(), places, say)
		}
	}
}

// misbehave answers an order as a cluster does where something goes wrong with the first one.
func misbehave(fault string, first bool, o order, line string, places Places, say func(message)) {
	switch {
	case fault == "ends" && first:
		fmt.Fprintln(os.Stderr, "the head was killed")
		os.Exit(1)
	case fault == "lost" && first:
		say(message{Kind: lostKind, ID: o.ID, Text: "its node died ten times"})
		return
	case fault == "node" && first:
		say(message{Kind: startedKind, ID: o.ID, Node: "a"})
		say(message{Kind: steppedKind, ID: o.ID, Node: "a", Step: 1})
		say(message{Kind: startedKind, ID: o.ID, Node: "b"})
	case fault == "refused":
		say(message{Kind: refusedKind, ID: o.ID, Node: "a", Text: "has no room"})
		return
	}
	record := served(places, line)
	if fault == "altered" && first {
		record = strings.Replace(record, `"curve.csv":"`, `"curve.csv":"AAAA`, 1)
	}
	fmt.Print(record)
	if fault == "twice" {
		fmt.Print(record)
	}
}

// served returns what a node says of an order last.
func served(places Places, line string) string {
	first, err := json.Marshal(places)
	if err != nil {
		panic(err)
	}
	var out bytes.Buffer
	in, end := newPipe(string(first) + "\n" + line + "\n")
	go Serve(context.Background(), in, &lastLine{&out, end}, here)
	<-end
	return out.String()
}
