package experiments

import (
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"ranksweep/lora"
)

// design is an experiment file that uses most of the language.
const design = `
name: quickstart
question: Does the gradient norm collapse with rank under each scaling?
model: base                 # embedded; or a folder, or a .gguf file
data: go-functions          # embedded recipe; or a .jsonl or .txt file
adapter: {targets: all-linear, alpha: 16, init: kaiming-uniform}
train:   {optimizer: adamw, lr: 5e-5, schedule: constant, batch: 4, context: 256, steps: 60}
grid:
  rank: [4, 8, 32, 128, 512, 2048]
  scaling: [lora, rslora]
  seed: [0, 1, 2]
nuisance: []                # e.g. lr: [1e-5, 3e-5, 1e-4], tuned away for each cell
`

// read decodes a file and fails the test if it is wrong.
func read(t testing.TB, text string) *Experiment {
	t.Helper()
	e, err := Parse("x.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestDecode(t *testing.T) {
	e := read(t, design)
	want := Defaults()
	want.Data.Source = "go-functions"
	if !reflect.DeepEqual(e.Base, want) {
		t.Errorf("base is %+v\nwant    %+v", e.Base, want)
	}
	if want := []Axis{
		{"rank", []any{4, 8, 32, 128, 512, 2048}},
		{"scaling", []any{lora.Scheme{P: 1}, lora.Scheme{P: 0.5}}},
		{"seed", []any{uint64(0), uint64(1), uint64(2)}},
	}; !reflect.DeepEqual(e.Grid, want) {
		t.Errorf("grid is %v, want %v", e.Grid, want)
	}
	if e.Name != "quickstart" || !strings.HasPrefix(e.Question, "Does") || e.Nuisance != nil {
		t.Errorf("got name %q, question %q, nuisance %v", e.Name, e.Question, e.Nuisance)
	}
}

// Every type of field, in all forms in which it can be written.
func TestDecodeValues(t *testing.T) {
	e := read(t, `
name: values
seed: 18446744073709551615
data: {source: a b.txt, packing: true, loss: all}
adapter: {scaling: "0.75,init=-0.5", alpha: 8, targets: [v_proj, q_proj], dropout: -0.0}
train: {lr_b: 1E+1}
`)
	want := Defaults()
	want.Seed = 1<<64 - 1
	want.Data.Source, want.Data.Packing, want.Data.Loss = "a b.txt", true, "all"
	want.Adapter.Scaling = lora.Scheme{P: 0.75, Init: -0.5}
	want.Adapter.Alpha = 8
	want.Adapter.Targets = Targets{"q_proj", "v_proj"}
	want.Train.LRB = 10
	if !reflect.DeepEqual(e.Base, want) {
		t.Errorf("base is %+v\nwant    %+v", e.Base, want)
	}
	if s := format(e.Base.Adapter.Dropout); s != "0" {
		t.Errorf("dropout -0.0 is %s, which would be another run than 0", s)
	}
}

func TestScalingsByNameAndNumberAreEqual(t *testing.T) {
	for name, number := range map[string]string{"lora": "1", "rslora": "0.50", "constant": "-0.0", "p=0.75": ".75"} {
		a := read(t, "{name: a, adapter: {scaling: "+name+"}}").Base.Adapter.Scaling
		b := read(t, "{name: b, adapter: {scaling: "+number+"}}").Base.Adapter.Scaling
		if a != b {
			t.Errorf("%s is %v, %s is %v", name, a, number, b)
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty file", "# nothing\n", "experiments: x.yaml: is empty"},
		{"null", "~", "experiments: x.yaml:1: an experiment: must be a mapping of keys to values, not null"},
		{"list", "- name: a", "experiments: x.yaml:1: an experiment: must be a mapping of keys to values, not [...]"},
		{"broken YAML", "name: a\n  b: c: d\n",
			"experiments: x.yaml:2: mapping values are not allowed in this context"},
		{"two documents", "name: a\n---\nname: b\n",
			"experiments: x.yaml:2: a second document begins here: a file holds one experiment"},
		{"name that is no folder", "name: a/b",
			`experiments: x.yaml:1: name "a/b": must be a word of letters, digits, dots, dashes and underscores`},
		{"name that is nothing", "name: ",
			`experiments: x.yaml:1: name null: must be a word of letters, digits, dots, dashes and underscores`},
		{"question that is a list", "question: [a]", "experiments: x.yaml:1: question [...]: must be text"},
		{"repeated key", "name: a\nname: b\n", `experiments: x.yaml:2: an experiment: key "name" is already in line 1`},
		{"key that is a list", "[a]: b\nname: c\n", "experiments: x.yaml:1: an experiment: a key must be a " +
			"word, not [...]"},

		{"misspelt key", "name: a\ngird: {}",
			`experiments: x.yaml:2: unknown key "gird": did you mean "grid"? known: ` +
				"name, question, model, data, adapter, train, measure, seed, trainer, grid, zip, nuisance, tune, " +
				"when, exclude, scales, figures"},
		{"misspelt field", "name: a\ndata: {sorce: x}",
			`experiments: x.yaml:2: unknown key of data "sorce": did you mean "source"? known: ` +
				"source, loss, packing, validation, eos"},
		{"unknown field", "name: a\ndata: {epochs: 3}",
			`experiments: x.yaml:2: unknown key of data "epochs": known: source, loss, packing, validation, eos`},
		{"field outside of its group", "lr: 1e-4", "experiments: x.yaml:1: lr belongs in train"},
		{"path as a key", "train.lr: 1e-4", "experiments: x.yaml:1: train.lr belongs in train"},
		{"field of another group", "train:\n  rank: 4", "experiments: x.yaml:2: rank belongs in adapter"},
		{"top-level field in a group", "train: {seed: 4}", "experiments: x.yaml:1: seed belongs at the top level"},
		{"group without keys", "train:\n",
			"experiments: x.yaml:1: train: must be a mapping of keys to values, not null"},

		{"text for a whole number", "adapter: {rank: many}",
			`experiments: x.yaml:1: rank "many": must be a whole number`},
		{"quoted number", "adapter: {rank: '4'}", `experiments: x.yaml:1: rank "4": must be a whole number`},
		{"fraction for a whole number", "adapter: {rank: 4.5}",
			"experiments: x.yaml:1: rank 4.5: must be a whole number"},
		{"octal", "adapter: {rank: 010}",
			"experiments: x.yaml:1: rank 010: must not begin with 0, since YAML would read it as octal"},
		{"rank 0", "adapter:\n  alpha: 1\n  rank: 0", "experiments: x.yaml:3: rank 0: must be at least 1"},
		{"negative rank", "adapter: {rank: -4}", "experiments: x.yaml:1: rank -4: must be at least 1"},
		{"rank past any memory", "adapter: {rank: 2000000}",
			"experiments: x.yaml:1: rank 2000000: must be at most 1048576"},
		{"negative seed", "seed: -1", "experiments: x.yaml:1: seed -1: must be a whole number, at least 0"},
		{"text for a number", "train: {lr: fast}", `experiments: x.yaml:1: lr "fast": must be a finite number`},
		{"NaN", "train: {lr: .nan}", "experiments: x.yaml:1: lr .nan: must be a finite number"},
		{"infinity", "train: {lr: -.inf}", "experiments: x.yaml:1: lr -.inf: must be a finite number"},
		{"overflow", "train: {lr: 1e999}", "experiments: x.yaml:1: lr \"1e999\": must be a finite number"},
		{"rate 0", "train: {lr: 0}", "experiments: x.yaml:1: lr 0: must be above 0 and at most 1e6"},
		{"dropout 1", "adapter: {dropout: 1}", "experiments: x.yaml:1: dropout 1: must be at least 0 and below 1"},
		{"no value", "train: {lr: }", "experiments: x.yaml:1: lr null: must be a finite number"},
		{"list for one value", "train: {lr: [1e-4, 1e-5]}",
			"experiments: x.yaml:1: lr [...]: must be a single value: to vary it, list its values under grid"},
		{"alias of itself", "grid: &a [*a]",
			"experiments: x.yaml:1: aliases stand for more than 1000000 values, or for themselves: write fewer"},
		{"tab", "grid:\n\trank: [4]", "experiments: x.yaml:2: found character that cannot start any token: " +
			"YAML takes no tabs for indents: use spaces"},
		{"text for a switch", "data: {packing: 'true'}",
			`experiments: x.yaml:1: packing "true": must be true or false`},
		{"number for text", "data: 7", "experiments: x.yaml:1: data 7: must be text"},
		{"empty text", "model: ''", `experiments: x.yaml:1: model "": must not be empty`},
		{"unknown choice", "train: {optimizer: adam}",
			`experiments: x.yaml:1: optimizer "adam": must be one of sgd, adamw, adafactor, lion, signsgd, muon, ` +
				`scaled-sgd, scaled-adamw, lora-fa-adamw, lora-rite, ` +
				`lora-muon`},
		{"unknown scaling", "adapter: {scaling: rslorra}",
			`experiments: x.yaml:1: scaling "rslorra": must be lora, rslora, constant, log, lora+, mua or a number, ` +
				`the exponent p of α/r^p, and after it what else depends on rank, as in rslora,init=0.5`},
		{"scaling NaN", "adapter: {scaling: nan}",
			`experiments: x.yaml:1: scaling "nan": exponent p NaN: must be from -4 to 4`},
		{"scaling of no type", "adapter: {scaling: true}",
			`experiments: x.yaml:1: scaling true: must be the name of a scheme or a number, the exponent p of α/r^p`},
		{"scaling out of bounds", "adapter: {scaling: 5}",
			"experiments: x.yaml:1: scaling 5: exponent p 5: must be from -4 to 4"},
		{"targets of no type", "adapter: {targets: [1]}",
			"experiments: x.yaml:1: targets [...]: must be all-linear, attention, mlp or a list of names of maps"},
		{"no targets", "adapter: {targets: []}",
			"experiments: x.yaml:1: targets [...]: must name at least one map or group of maps"},
		{"targets twice", "adapter: {targets: [a, b, a]}",
			"experiments: x.yaml:1: targets [...]: must name each map once"},

		{"misspelt axis", "grid:\n  ranks: [4]",
			`experiments: x.yaml:2: unknown field "ranks": did you mean "rank"? known: ` +
				strings.Join(fieldNames(), ", ")},
		{"grid that is a list", "grid: [rank]",
			"experiments: x.yaml:1: grid: must be a mapping of keys to values, not [...]"},
		{"empty axis", "grid: {rank: []}",
			"experiments: x.yaml:1: rank has an empty list of values: give at least one"},
		{"wrong value on an axis", "grid:\n  rank:\n    - 4\n    - x",
			`experiments: x.yaml:4: rank "x": must be a whole number`},
		{"axis twice", "grid: {lr: 1e-4,\n train.lr: 1e-5}",
			"experiments: x.yaml:2: train.lr is already set in line 1: remove one of the two"},
		{"axis of a fixed field", "train: {lr: 1e-4}\nnuisance: {lr: [1e-5]}",
			"experiments: x.yaml:2: lr is already set in line 1: remove one of the two"},
		{"axis in grid and zip", "grid: {rank: [4]}\nzip:\n  - {rank: [8], alpha: [2]}",
			"experiments: x.yaml:3: rank is already set in line 1: remove one of the two"},

		{"tune that is a list", "tune: [100]",
			"experiments: x.yaml:1: tune: must be a mapping of keys to values, not [...]"},
		{"tune without seeds", "tune: {extend: 2}",
			"experiments: x.yaml:1: tune names no seeds: give the seeds that choose nuisance values, as in " +
				"tune: {seed: [100, 101]}"},
		{"tune with another key", "tune: {seeds: 2}",
			`experiments: x.yaml:1: unknown key of tune "seeds": did you mean "seed"? known: seed, extend, local`},
		{"tune on no seed", "tune: {seed: []}",
			"experiments: x.yaml:1: seed has an empty list of values: give at least one"},
		{"tune on a word", "tune:\n  seed: [1, x]",
			`experiments: x.yaml:2: seed "x": must be a whole number, at least 0`},
		{"tune on a seed twice", "tune: {seed: [1, 2, 1]}", "experiments: x.yaml:1: tune has seed 1 twice"},
		{"extend by a fraction", "tune: {seed: 1, extend: 1.5}",
			"experiments: x.yaml:1: extend 1.5: must be a whole number from 0 to 100"},
		{"extend without end", "tune: {seed: 1, extend: 101}",
			"experiments: x.yaml:1: extend 101: must be a whole number from 0 to 100"},

		{"zip that is a mapping", "zip: {rank: [4]}", "experiments: x.yaml:1: zip: must be a list, not {...}"},
		{"empty group of zip", "zip: [{}]", "experiments: x.yaml:1: a group of zip names no field"},
		{"exclude everything", "exclude: [{}]", "experiments: x.yaml:1: an item of exclude names no field"},
		{"exclude a value of no type", "exclude: [{rank: [4, x]}]",
			`experiments: x.yaml:1: rank "x": must be a whole number`},
		{"when without set", "when: [{if: {rank: 4}}]", "experiments: x.yaml:1: an item of when needs both if and set"},
		{"when with another key", "when: [{iff: {rank: 4}}]",
			`experiments: x.yaml:1: unknown key of when "iff": did you mean "if"? known: if, set`},
		{"when sets an unknown field", "when: [{set: {lt: 4}}]",
			`experiments: x.yaml:1: unknown field "lt": did you mean "lr"? known: ` + strings.Join(fieldNames(), ", ")},
		{"when sets a list", "when: [{set: {lr: [4]}}]",
			"experiments: x.yaml:1: lr [...]: must be a single value: to vary it, list its values under grid"},
		{"when sets nothing", "when: [{if: {rank: 4}, set: {}}]",
			"experiments: x.yaml:1: an item of when needs both if and set"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse("x.yaml", []byte(named(c.text)))
			if err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

// named gives a text a name if it lacks one, which would be an error beside the one that is tested.
func named(text string) string {
	if strings.Contains(text, "name:") || !unicode.IsLetter(rune(text[0])) {
		return text
	}
	return text + "\nname: x\n"
}

// TestAllErrorsOfAFile: they are told at once, by their lines, and each of them once.
func TestAllErrorsOfAFile(t *testing.T) {
	const text = `question: [a]
train: {steps: 0, lr: x, lr: 1}
data: {packing: 7, epochs: 3}
grid:
  rank: [4, -1, x]
  rnk: 4
nuisance: {rank: [4, 8], seed: [-1]}
tune: {seed: [x], extend: -1}
zip:
- [{steps: [a]}, {steps: [b]}]
when:
- {if: {rank: 0}, set: {lr: y, steps: 0}}
- {iff: {}}
`
	var got []string
	_, err := Parse("x.yaml", []byte(text))
	for line := range strings.Lines(err.Error()) {
		got = append(got, strings.TrimSuffix(strings.TrimPrefix(line, "experiments: x.yaml:"), "\n"))
	}
	want := []string{
		"1: question [...]: must be text",
		"1: an experiment needs a name, as in name: mine",
		"2: steps 0: must be at least 1",
		`2: lr "x": must be a finite number`,
		`2: train: key "lr" is already in line 2`,
		"3: packing 7: must be true or false",
		`3: unknown key of data "epochs": known: source, loss, packing, validation, eos`,
		"5: rank -1: must be at least 1",
		`5: rank "x": must be a whole number`,
		"6: unknown field \"rnk\": did you mean \"rank\"? known: " + strings.Join(fieldNames(), ", "),
		" has 10 more errors",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, rest := range []struct {
		text string
		want int
	}{
		{"nuisance: {rank: [4, 8, 0], seed: [-1]}", 2},
		{"tune: {seed: [x], extend: -1, local: 2, more: 1}", 4},
		{"zip:\n- [{steps: [a]}, {steps: [b]}]\n- {lr: x}", 3},
		{"when: [{if: {rank: 0}, set: {lr: y, steps: 0, x: 1}}, {iff: {}}]", 5},
		{"exclude: [{rank: x}, {}]", 2},
		{"scales: {full: {}, small: {rank: [0, x], x: 1}}", 4},
		{"seed: -1\nseed: x\ntrain: {steps: 0}\ngrid: {steps: [0]}", 4},
	} {
		if _, err := Parse("x.yaml", []byte(named(rest.text))); len(faults(err)) != rest.want {
			t.Errorf("%s: %d errors, want %d: %v", rest.text, len(faults(err)), rest.want, err)
		}
	}
}

// TestAllErrorsOfOverrides: each names its own override.
func TestAllErrorsOfOverrides(t *testing.T) {
	e := &Experiment{Base: Defaults()}
	err := e.Set("rank=[4, x, 0]", "steps=5", "lt=1")
	want := `experiments: --set rank=[4, x, 0]: rank "x": must be a whole number
experiments: --set rank=[4, x, 0]: rank 0: must be at least 1
experiments: --set lt=1: unknown field "lt": did you mean "lr"? known: ` + strings.Join(fieldNames(), ", ")
	if err == nil || err.Error() != want || e.Base.Train.Steps != 5 {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// The example in the package's documentation is read as a reader would.
func TestDocumentedExample(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "doc.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for line := range strings.Lines(file.Doc.Text()) {
		if indented, ok := strings.CutPrefix(line, "\t"); ok {
			text.WriteString(indented)
		}
	}
	points, err := read(t, text.String()).Configs()
	if err != nil {
		t.Fatal(err)
	}
	// 3 ranks, 3 scalings, 2 seeds, 2 of zip, 2 rates; 2 of the 9 pairs of rank and scaling excluded.
	if want := 7 * 2 * 2 * 2; len(points) != want {
		t.Errorf("%d points, want %d", len(points), want)
	}
}

// A name may look like a number or a date, also in the file that a store keeps; and an alias is
// what it stands for.
func TestNamesAndAliases(t *testing.T) {
	for _, name := range []string{"7", "2026-05-01", "1e3", "true", "v1.0"} {
		e, err := Parse("x.yaml", []byte("name: "+name+"\ndata: a.jsonl\ngrid: {rank: [4]}\n"))
		if err != nil || e.Name != name {
			t.Fatalf("%s: %v", name, err)
		}
		text, err := e.Resolved()
		if err != nil {
			t.Fatal(err)
		}
		if again, err := Parse("x.yaml", text); err != nil || again.Name != name {
			t.Errorf("%s: written and read again: %v", name, err)
		}
	}
	e, err := Parse("x.yaml", []byte("name: x\ndata: a.jsonl\n"+
		"when:\n- {if: &low {rank: &ranks [4, 8]}, set: {lr: 1e-3}}\ngrid: {rank: *ranks}\nexclude: [*low]\n"))
	if err != nil || len(e.Grid) != 1 || len(e.Grid[0].Values) != 2 || len(e.Exclude) != 1 {
		t.Errorf("aliases: %+v (%v)", e, err)
	}
}
