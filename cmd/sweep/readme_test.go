package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/mattn/go-shellwords"
)

// shrunk cuts a sweep down to two runs of each scaling, of one step: that a
// command of a page works shows in seconds, and what it finds at full size
// is not what is tested here.
var shrunk = strings.Fields("--set steps=1 --set rank=[4,8] --set seed=0 --set context=64 --set validation=2 --set " +
	"probe=1")

// unsteady makes a check short. Theory predicts that a constant multiplier explodes, so it is
// no failure that two ranks and one seed leave it undecided.
var unsteady = append(strings.Fields("--set scaling=constant"), shrunk...)

// rehearsed is every command that can be run for real, with what is appended
// to it. One that a page shows and this lacks is an error.
var rehearsed = map[string][]string{
	"list": nil, "show": nil, "run": shrunk, "status": nil, "table": nil, "plot": nil, "report": nil,
	"export": nil, "eval": nil,
	"merge": nil, "explain": nil, "transfer": nil, "check": unsteady, "trainer": nil, "import": nil,
}

// block is what a page asks of its reader: to save a file, or to run a command,
// which is indented. BibTeX is there to be copied, and JSON is decoded by the test of its
// page; any other fenced block is one too, so that it is not passed over.
var block = regexp.MustCompile("(?m)^```(?:bibtex|json)\n(?:.*\n)*?```$|" +
	"^Save this as `(.+)`:\n\n```yaml\n((?:.*\n)*?)```$|^(```.*)$|^ {4}(.+)$")

// rehearse does in dir what a page asks, in order, up to what does not work.
func rehearse(dir, page string) error {
	if err := furnish(dir, page); err != nil {
		return err
	}
	for _, m := range block.FindAllStringSubmatch(page, -1) {
		file, content, fence, command := m[1], m[2], m[3], m[4]
		var err error
		switch {
		case file+fence+command == "":
			continue
		case file != "":
			err = os.WriteFile(filepath.Join(dir, file), []byte(content), 0o666)
		case fence != "":
			err = fmt.Errorf("%s: a block that says neither what to save it as nor is an indented command", fence)
		default:
			err = perform(dir, command)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// furnish puts in place what a page takes for granted: itself, and a model, an
// adapter, data and results of the reader's own.
func furnish(dir, page string) error {
	if err := os.WriteFile(filepath.Join(dir, "README.md"), []byte(page), 0o666); err != nil {
		return err
	}
	if err := writeModel(filepath.Join(dir, "my-llama"), 1); err != nil {
		return err
	}
	adapter := filepath.Join(dir, "my-adapter")
	if err := writeAdapter(adapter); err != nil {
		return err
	}
	config := `{"peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_modules": ["layers.0.self_attn.q_proj"]}`
	if err := os.WriteFile(filepath.Join(adapter, "adapter_config.json"), []byte(config), 0o666); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, "gsm8k"), 0o777); err != nil {
		return err
	}
	const wandb = "Name,_step,lora_r,learning_rate,seed,train/loss,eval/loss,train/grad_norm,dataset\n" +
		"a,10,8,1e-4,0,2.5,,1,tulu\na,20,8,1e-4,0,2,1.75,,tulu\nb,20,64,1e-4,0,2,1.5,,tulu\n"
	if err := os.WriteFile(filepath.Join(dir, "wandb.csv"), []byte(wandb), 0o666); err != nil {
		return err
	}
	var lines strings.Builder
	for i := range 8 {
		fmt.Fprintf(&lines, "{\"question\": \"Ann has %d pens. She buys %d more.\", \"answer\": \"#### %d\"}\n", i,
			i+1, 2*i+1)
	}
	return os.WriteFile(filepath.Join(dir, "gsm8k", "train.jsonl"), []byte(lines.String()), 0o666)
}

// venv is the Python environment that pages tell their readers to make.
const venv = "~/venv"

// perform runs one command of a page.
func perform(dir, command string) error {
	switch {
	case command == "bash .ci/run":
		_, err := os.Stat("../../.ci/run")
		return err
	case strings.HasPrefix(command, "go test "):
		return gateRuns(dir, command)
	case strings.HasPrefix(command, "python3 -m venv "), strings.HasPrefix(command, venv+"/bin/pip install "):
		return nil // made once, for all tests that need it
	case strings.Contains(command, venv):
		python, ok := os.LookupEnv("RANKSWEEP_PYTHON")
		if !ok {
			return nil // the tests of trainer peft skip too, and say so
		}
		command = strings.Replace(command, venv+"/bin/python", python, 1)
		command = strings.Replace(command, "cuda:0,cuda:1", "cpu,cpu", 1) // tests have no GPU
	}
	words := shellwords.NewParser()
	args, err := words.Parse(strings.Replace(command, "go run ./cmd/sweep ", "sweep ", 1))
	if err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	if words.Position >= 0 {
		return fmt.Errorf("%s: no test knows how to run more than one command", command)
	}
	if len(args) < 2 || args[0] != "sweep" {
		return fmt.Errorf("%s: no test knows how to run this", command)
	}
	extra, ok := rehearsed[args[1]]
	if !ok {
		return fmt.Errorf("%s: no test knows how to run sweep %s", command, args[1])
	}
	c := exec.Command("sweep", append(args[1:], extra...)...)
	c.Dir = dir
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", command, err, out)
	}
	return nil
}

// gateRuns compares a test command with the command that .ci/run takes out of the README in
// dir. It does not run the command, which would run this test again.
func gateRuns(dir, command string) error {
	gate, err := os.ReadFile("../../.ci/run")
	if err != nil {
		return err
	}
	take := regexp.MustCompile(`(?m)^command=.*$`).FindString(string(gate))
	c := exec.Command("sh", "-c", take+"\nprintf %s \"$command\"")
	c.Dir = dir
	taken, err := c.Output()
	if err != nil {
		return fmt.Errorf("%s in .ci/run: %w", take, err)
	}
	if string(taken) != command {
		return fmt.Errorf("%s: the gate runs %q instead", command, taken)
	}
	return nil
}

// TestReadmeWorks follows all requests of README.md, and looks for the figures that it
// promises.
func TestReadmeWorks(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	check(t, err)
	dir := t.TempDir()
	check(t, rehearse(dir, string(readme)))

	const figures = "runs/quickstart/figures"
	if said := "into `" + figures + "`, as SVG, PNG and " +
		"PDF"; !strings.Contains(strings.Join(strings.Fields(string(readme)), " "), said) {
		t.Errorf("README.md does not say %q, which is what is looked for", said)
	}
	for _, name := range []string{"loss", "gradient-norm", "onset"} {
		for _, format := range []string{"svg", "png", "pdf"} {
			if _, err := os.Stat(filepath.Join(dir, figures, name+"."+format)); err != nil {
				t.Errorf("after README.md's commands: %v", err)
			}
		}
	}
}

// TestPagesWork does all that the pages in docs tell their readers to do.
func TestPagesWork(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob("../../docs/*.md")
	check(t, err)
	for _, path := range pages {
		if filepath.Base(path) == "clusters.md" {
			continue // TestClustersPage follows it, where there are clusters
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			page, err := os.ReadFile(path)
			check(t, err)
			check(t, rehearse(t.TempDir(), string(page)))
		})
	}
}

func TestRehearsalSees(t *testing.T) {
	t.Parallel()
	for readme, want := range map[string]string{
		"    make install\n":                           "make install: no test knows how to run this",
		"    go run ./cmd/rank list\n":                 "no test knows how to run this",
		"    sweep frobnicate\n":                       "no test knows how to run sweep frobnicate",
		"    sweep pretrain --out base\n":              "no test knows how to run sweep pretrain",
		"    sweep list | head\n":                      "no test knows how to run more than one command",
		"    sweep list\n\n    sweep show mine.yaml\n": "open mine.yaml: no such file",
		"Save this as `a.yaml`:\n\n```yaml\nname: a\n```\n\n    sweep show a.yaml\n": "a: the grid is empty",
		"```sh\nsweep list\n```\n":                         "```sh: a block that says neither",
		"```yaml\nname: a\n```\n":                          "```yaml: a block that says neither",
		"    go test ./...\n":                              `the gate runs "" instead`,
		"## Tests\n\n    go test ./...\n\n    go test .\n": `the gate runs "go test ./...\ngo test ." instead`,
	} {
		if err := rehearse(t.TempDir(), readme); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q:\nerror %v\nwant %s", readme, err, want)
		}
	}
	check(t, rehearse(t.TempDir(), "```bibtex\n@misc{a,\n    year = 1}\n```\n"))
	check(t, rehearse(t.TempDir(), "    bash .ci/run\n\n## Tests\n\n    go test ./...\n"))
}
