package paper

import (
	"slices"
	"strings"
	"testing"
)

func TestDrawingsAreNamedOnce(t *testing.T) {
	names := FigureNames()
	slices.Sort(names)
	if once := slices.Compact(slices.Clone(names)); len(once) != len(names) {
		t.Errorf("a name is there twice: %q", names)
	}
	for _, d := range drawings {
		if d.shows == "" {
			t.Errorf("%s does not say what it shows", d.name)
		}
	}
}

func TestClaimsShowFiguresThatThereAre(t *testing.T) {
	for _, c := range claims {
		for _, name := range c.Shows {
			if _, err := drawingNamed(name); err != nil {
				t.Errorf("claim %s: %v", c.Key, err)
			}
		}
	}
}

// A name that is not in the table is an error, in a claim as on the command line.
func TestUnknownFigures(t *testing.T) {
	s := Study{View: view(sweep())}
	if _, err := s.shown(Claim{Key: "a claim", Shows: []string{"gradientnorm"}}); err == nil ||
		!strings.Contains(err.Error(), "a claim") || !strings.Contains(err.Error(), `did you mean "gradient-norm"`) {
		t.Errorf("error %v, want one with the claim and the nearest name", err)
	}
	if _, err := Figures(s.View, "activation"); err == nil ||
		!strings.Contains(err.Error(), `did you mean "activations"`) {
		t.Errorf("error %v, want one with the nearest name", err)
	}
}

// Each figure has the name by which it is asked for.
func TestDrawingsHaveTheirNames(t *testing.T) {
	for _, name := range []string{"loss", "gradient-norm", "onset", "differences"} {
		if f := figureOf(t, name, view(sweep())); f.Name != name {
			t.Errorf("%s is drawn for %s", f.Name, name)
		}
	}
}
