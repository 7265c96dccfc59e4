package experiments

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"ranksweep/lora"
)

// other returns a value of a field's type that differs from the given one.
func other(t *testing.T, value any) any {
	switch v := value.(type) {
	case string:
		return v + "x"
	case bool:
		return !v
	case int:
		return v + 1
	case uint64:
		return v + 1
	case float64:
		return v + 1e-9
	case lora.Scheme:
		return lora.Scheme{P: 2}
	case Targets:
		return Targets{"other"}
	}
	t.Fatalf("no other value for a %T", value)
	return nil
}

// A run's ID depends on every field, except the names of model and data, whose content
// stands for them. A cell's ID depends on the same fields without the seed.
func TestEveryFieldChangesTheID(t *testing.T) {
	base := Defaults()
	id, cell := base.ID("m", "d", 1), base.CellID("m", "d", 1)
	for _, f := range fields {
		c := base
		f.set(&c, other(t, f.get(base)))
		named := f.path == "model" || f.path == "data.source"
		if changed := c.ID("m", "d", 1) != id; changed == named {
			t.Errorf("%s: the run's ID changed: %t", f.path, changed)
		}
		if changed := c.CellID("m", "d", 1) != cell; changed == (named || f.path == "seed") {
			t.Errorf("%s: the cell's ID changed: %t", f.path, changed)
		}
	}
	for _, c := range []struct {
		model, data string
		numerics    int
	}{{"M", "d", 1}, {"m", "D", 1}, {"m", "d", 2}} {
		if base.ID(c.model, c.data, c.numerics) == id || base.CellID(c.model, c.data, c.numerics) == cell {
			t.Errorf("%+v changes nothing", c)
		}
	}
	if id == cell || len(id) != 16 || len(cell) != 16 {
		t.Errorf("run %q and cell %q", id, cell)
	}
}

// The list of fields has every field of Config, by another count than the list's own.
func TestFieldsCoverConfig(t *testing.T) {
	var leaves func(reflect.Type) int
	leaves = func(typ reflect.Type) (n int) {
		if typ.Kind() != reflect.Struct || typ == reflect.TypeFor[lora.Scheme]() {
			return 1
		}
		for i := range typ.NumField() {
			n += leaves(typ.Field(i).Type)
		}
		return n
	}
	if n := leaves(reflect.TypeFor[Config]()); n != len(fields) {
		t.Errorf("%d fields, and Config has %d leaves", len(fields), n)
	}
	seen := make(map[string]bool)
	for _, f := range fields {
		if f.key == "" || seen[f.name] {
			t.Errorf("%s: its name %q is empty or not its own", f.path, f.name)
		}
		seen[f.name] = true
		if bounds[f.path].check == nil {
			t.Errorf("%s has no bound", f.path)
		}
	}
	if len(bounds) != len(fields) {
		t.Errorf("%d bounds for %d fields", len(bounds), len(fields))
	}
}

// The ID of a stored run can be computed again from its record.
func TestJSONKeepsTheID(t *testing.T) {
	for _, p := range must(read(t, everything).Configs()) {
		var back Config
		if err := json.Unmarshal(p.Config.JSON(), &back); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(back, p.Config) || back.ID("m", "d", 1) != p.Config.ID("m", "d", 1) {
			t.Errorf("%s: read back as %+v", p, back)
		}
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// A late field at its default is in neither the ID nor the record. With another value
// it is in both, and reads back from the record.
func TestLateFields(t *testing.T) {
	late := 0
	for _, f := range fields {
		if !f.late {
			continue
		}
		late++
		c := Defaults()
		c.Data.Source = "d"
		if strings.Contains(c.describe(), f.path+" ") || strings.Contains(string(c.JSON()), `"`+f.key+`"`) {
			t.Errorf("%s: its default is in the ID or in the record", f.path)
		}
		if got, err := ConfigOf("", c.JSON()); err != nil || !reflect.DeepEqual(got, c) {
			t.Errorf("%s: read back as %+v, %v", f.path, got, err)
		}
		f.set(&c, other(t, f.get(c)))
		if !strings.Contains(c.describe(), f.path+" ") || !strings.Contains(string(c.JSON()), `"`+f.key+`"`) {
			t.Errorf("%s: another value is not in the ID and the record", f.path)
		}
		f.set(&c, f.get(Config{}))
		var back Config
		if err := json.Unmarshal(c.JSON(), &back); err != nil || !reflect.DeepEqual(back, c) {
			t.Errorf("%s: its zero is read back as %v, %v", f.path, f.get(back), err)
		}
	}
	if late == 0 {
		t.Error("no field is late")
	}
}

// TestRecordsKeepTheirForm: a config is written as encoding/json writes it, but for late fields.
func TestRecordsKeepTheirForm(t *testing.T) {
	c := Defaults()
	c.Data.Source, c.Model = "a<b>.txt", `"é"`
	for _, f := range fields {
		if f.late && !f.isUsual(f.get(Config{})) {
			f.set(&c, other(t, f.get(c)))
		}
	}
	want, err := json.Marshal(c)
	if got := string(c.JSON()); err != nil || got != string(want) {
		t.Errorf("%s, %v, want\n%s", got, err, want)
	}
}

// TestConfigOfANewerProgram: a field that this program does not know is an error with its name.
func TestConfigOfANewerProgram(t *testing.T) {
	c := Defaults()
	c.Data.Source = "d"
	for _, before := range []string{`"model":`, `"rank":`} {
		text := strings.Replace(string(c.JSON()), before, `"budget":7,`+before, 1)
		_, err := ConfigOf("x", json.RawMessage(text))
		if err == nil || !strings.Contains(err.Error(), `run x: its config: json: unknown field "budget"`) {
			t.Errorf("with budget before %s: %v", before, err)
		}
	}
}

// Two configs share the text of Unseeded if and only if they differ in nothing but their seed.
func TestUnseeded(t *testing.T) {
	base := Defaults()
	for _, f := range fields {
		c := base
		f.set(&c, other(t, f.get(base)))
		if same := c.Unseeded() == base.Unseeded(); same != (f.path == "seed") {
			t.Errorf("%s: the texts are the same: %t", f.path, same)
		}
	}
}

func BenchmarkID(b *testing.B) {
	c := Defaults()
	for b.Loop() {
		c.ID("model", "data", 1)
	}
}

// An identity gives each seed the ID that the whole config with that seed hashes to.
func TestIdentityOfEverySeed(t *testing.T) {
	base := Defaults()
	base.Model = "\nseed \"0\"\n"
	base.Adapter.Targets = Targets{"\nseed \"0\"\n"}
	for _, seed := range []uint64{0, 1, 1000, math.MaxUint64} {
		c := base
		c.Seed = seed
		want := c.hash("run", "m", "d", 1, "model", "data.source")
		if got := base.Identity("m", "d", 1).ID(seed); got != want || c.ID("m", "d", 1) != want {
			t.Errorf("seed %d: the identity gives %s, the config %s, want %s", seed, got, c.ID("m", "d", 1), want)
		}
	}
}
