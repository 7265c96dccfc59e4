package external

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"ranksweep/nn/kernel"
)

// The environment of the test binary where it is a trainer: which fault it has, and a file
// that it makes before the first time, so that it has the fault once.
const (
	faultKey = "RANKSWEEP_TEST_FAULT"
	onceKey  = "RANKSWEEP_TEST_ONCE"
)

// TestMain lets the test binary also be a trainer, with a fault or without.
func TestMain(m *testing.M) {
	if fault, ok := os.LookupEnv(faultKey); ok {
		fake(fault)
		os.Exit(0)
	}
	if err := kernel.Use(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// fake is a trainer that trains nothing.
func fake(fault string) {
	requests := bufio.NewScanner(os.Stdin)
	requests.Buffer(nil, longest)
	requests.Scan()
	fmt.Fprintln(os.Stderr, "the log begins")
	switch fault {
	case "ahead":
		fmt.Println(`{"type": "ready", "protocol": 99}`)
	case "unable":
		fmt.Println(`{"type": "unable", "reason": "torch is missing"}`)
		return
	case "mute":
		time.Sleep(time.Hour)
	case "chatter":
		fmt.Println("Welcome to my trainer!")
	}
	fmt.Println(`{"type": "working", "what": "importing"}`)
	if fault == "placed" {
		var s start
		if err := json.Unmarshal(requests.Bytes(), &s); err != nil {
			panic(err)
		}
		fmt.Println(strings.Replace(ready, `"device": "cpu"`, `"device": "on `+s.Device+
			`", "devices": ["cpu", "gpu:0 Big Chip", "gpu:1 Small Chip"]`, 1))
		fault = ""
	} else {
		fmt.Println(ready)
	}
	for requests.Scan() {
		var m request
		if err := json.Unmarshal(requests.Bytes(), &m); err != nil {
			panic(err)
		}
		if fault != "" && first() {
			fmt.Fprintln(os.Stderr, "about to fail")
			answer, goesOn := refusals[fault]
			if !goesOn {
				break
			}
			fmt.Println(answer)
			continue
		}
		steps(m.Steps + 1)
		fmt.Println(`{"type": "done", "memory": {"peak": 7, "capacity": 300}}`)
	}
	misbehave(fault)
}

// refusals are what the trainer says of a run that it cannot train, by its fault.
var refusals = map[string]string{
	"failed": `{"type": "failed", "reason": "out of memory: 3 GB more are needed"}`,
	"gives up": `{"type": "step", "step": 0, "values": {"train_loss": 2, "val_loss": 2}}
{"type": "step", "step": 1, "values": {"train_loss": 2}}
{"type": "failed", "reason": "no disk"}`,
	"memory": `{"type": "failed", "reason": "out of memory", "memory": {"peak": 300, "capacity": 300}}`,
}

const ready = `{"type": "ready", "protocol": 1, "trainer": "fake", "versions": {"fake": "1.0"}, "device": "cpu", ` +
	`"abilities": {"optimizers": ["adamw"], "methods": ["lora"], "precisions": ["float32"], "dropout": false}}`

// first reports whether this is the first time that it is called, over all processes.
func first() bool {
	f, err := os.OpenFile(os.Getenv(onceKey), os.O_CREATE|os.O_EXCL, 0o666)
	if err == nil {
		f.Close()
	}
	return err == nil
}

// steps reports the first steps of ten.
func steps(n int) {
	for step := range n {
		fmt.Printf(`{"type": "step", "step": %d, "values": %s}`+"\n", step, valuesAt(step))
	}
}

// valuesAt are the values that a run of tinyConfig must have at a step.
func valuesAt(step int) string {
	all := []string{}
	if step < 10 {
		all = append(all, `"train_loss": 2, "grad_norm": 1`)
	}
	if step%4 == 0 || step == 10 {
		all = append(all, `"val_loss": 2`)
	}
	return "{" + strings.Join(all, ", ") + "}"
}

// misbehave has the fault in the middle of a run.
func misbehave(fault string) {
	switch fault {
	case "crash":
		steps(3)
		os.Exit(7)
	case "killed":
		steps(3)
		self, _ := os.FindProcess(os.Getpid())
		self.Kill()
	case "leaves":
		steps(3)
	case "hang":
		steps(3)
		child := exec.Command("sleep", "3600") // it must end too
		child.Start()
		fmt.Fprintln(os.Stderr, "child", child.Process.Pid)
		time.Sleep(time.Hour)
	case "deaf":
		steps(3)
		os.Stdout.Close()
	case "half":
		steps(3)
		fmt.Print(`{"type": "step", "ste`)
	case "stops":
		steps(3)
		fmt.Print(`{"type": "step", "ste`)
	case "endless":
		steps(11)
	case "unfit":
		steps(3)
		fmt.Println(`{"type": "unable", "reason": "the device vanished"}`)
	case "garbage":
		steps(3)
		fmt.Println("epoch 1: 100%|####|")
		time.Sleep(time.Hour)
	case "skips":
		fmt.Println(`{"type": "step", "step": 4, "values": {"train_loss": 2}}`)
	case "early":
		steps(3)
		fmt.Println(`{"type": "done"}`)
	case "lossless":
		fmt.Println(`{"type": "step", "step": 0, "values": {"grad_norm": 2}}`)
	case "unknown":
		fmt.Println(`{"type": "step", "step": 0, "values": {"train_loss": 2, "speed": 1}}`)
	case "alien":
		fmt.Println(`{"type": "step", "step": 0, "values": {"train_loss": 2, "val_loss": 2}, ` +
			`"maps": {"lm_head": {"grad_norm": 1}}}`)
	case "stranger":
		fmt.Println(`{"type": "checkpoint"}`)
	}
	if fault != "leaves" && fault != "half" {
		time.Sleep(time.Hour)
	}
}
