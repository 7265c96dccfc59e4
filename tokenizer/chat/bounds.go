package chat

import (
	"errors"
	"fmt"

	"github.com/nikolalohinski/gonja/v2/builtins"
	"github.com/nikolalohinski/gonja/v2/builtins/control_structures"
	"github.com/nikolalohinski/gonja/v2/exec"
	"github.com/nikolalohinski/gonja/v2/nodes"
	"github.com/nikolalohinski/gonja/v2/parser"
)

// Beyond these a template is no use, and may exhaust the process.
const (
	maxSource = 128 << 10 // bytes
	maxDepth  = 100       // macros within macros
	maxRange  = 100_000   // numbers, as in Jinja's own sandbox
)

// loading are the tags by which a template loads others, or itself without end.
var loading = []string{"block", "extends", "from", "import", "include"}

// structures are the engine's, within these bounds.
func structures() (*exec.ControlStructureSet, error) {
	all := exec.NewControlStructureSet(map[string]parser.ControlStructureParser{}).Update(builtins.ControlStructures)
	for _, name := range loading {
		if err := all.Replace(name, func(*parser.Parser, *parser.Parser) (nodes.ControlStructure, error) {
			return nil, fmt.Errorf("{%% %s %%}: a chat template may load nothing", name)
		}); err != nil {
			return nil, err
		}
	}
	return all, all.Replace("macro", parseMacro)
}

// depthName is the variable that counts macros; no template can name it.
const depthName = "macro depth"

// macro is the engine's, which would recurse until the stack is full.
type macro struct {
	*controlStructures.MacroControlStructure
}

func parseMacro(p, args *parser.Parser) (nodes.ControlStructure, error) {
	parse, _ := builtins.ControlStructures.Get("macro")
	parsed, err := parse(p, args)
	if err != nil {
		return nil, err
	}
	return macro{parsed.(*controlStructures.MacroControlStructure)}, nil
}

func (m macro) Execute(r *exec.Renderer, _ *nodes.ControlStructureBlock) error {
	call, err := exec.MacroNodeToFunc(m.Macro, r)
	if err != nil {
		return err
	}
	value, _ := r.Environment.Context.Get(depthName)
	depth := value.(*int)
	r.Environment.Context.Set(m.Name, exec.Macro(func(params *exec.VarArgs) *exec.Value {
		*depth++
		defer func() { *depth-- }()
		if *depth > maxDepth {
			return exec.AsValue(fmt.Errorf("macro %s: more than %d macros within one another", m.Name, maxDepth))
		}
		return call(params)
	}))
	return nil
}

// numbers is Jinja's range. The engine's has no bound, and leaves a goroutine
// behind where a loop breaks off.
func numbers(_ *exec.Evaluator, params *exec.VarArgs) ([]int, error) {
	bounds := []int{0, 0, 1}
	for i, arg := range params.Args {
		if i == len(bounds) || !arg.IsInteger() {
			return nil, errors.New("range: wants from 1 to 3 integers")
		}
		bounds[i] = arg.Integer()
	}
	if len(params.Args) == 1 {
		bounds[0], bounds[1] = 0, bounds[0]
	}
	start, stop, step := bounds[0], bounds[1], bounds[2]
	if step == 0 || len(params.Args) == 0 {
		return nil, errors.New("range: wants from 1 to 3 integers, of which the step is not 0")
	}
	list := []int{}
	for i := start; step > 0 && i < stop || step < 0 && i > stop; i += step {
		if len(list) == maxRange {
			return nil, fmt.Errorf("range: more than %d numbers", maxRange)
		}
		list = append(list, i)
	}
	return list, nil
}
