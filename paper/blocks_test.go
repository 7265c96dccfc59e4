package paper

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const testProgram = "ranksweep v1 0123456789abcdef0123456789abcdef01234567"

func TestBlocksReadBack(t *testing.T) {
	b := Blocks{{"d1", "one", 2, "", testProgram}, {"d2", "two, too", 3, "g", "ranksweep (devel), " + testProgram}}
	path := filepath.Join(t.TempDir(), "blocks.csv")
	if err := b.Write(path); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadBlocks(path); err != nil || !reflect.DeepEqual(got, b) {
		t.Errorf("read back as %+v (%v)", got, err)
	}
	if got, err := ReadBlocks(path + "x"); err != nil || got != nil {
		t.Errorf("without a file: %v, %v", got, err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for was, now := range map[string]string{"study,": "studies,", ",2,": ",two,", ",g,": ","} {
		if err := os.WriteFile(path, []byte(strings.Replace(string(text), was, now, 1)), 0o666); err != nil {
			t.Fatal(err)
		}
		if b, err := ReadBlocks(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%q in place of %q is read as %v (%v)", now, was, b, err)
		}
	}
}

// Runs are added once. A study that is not whole has no block yet.
func TestBlocksGrow(t *testing.T) {
	found := func(digest string, s Standing) Reproduction {
		return Reproduction{{Standing: s, made: Made{Name: "n", Digest: digest, Block: 4, Asked: "g", Program: "p"},
			Larger: new(Finding)}}
	}
	b := Blocks(nil).Add(found("d", Partial))
	if b = b.Add(found("d", Seen)); !reflect.DeepEqual(b, Blocks{{"d", "n", 4, "g", "p"}}) {
		t.Errorf("%v", b)
	}
	if b = b.Add(found("d", NotSeen)); len(b) != 1 {
		t.Errorf("added twice: %v", b)
	}
	again := found("d", Seen)
	again[0].made.Program = "q"
	if b = b.Add(again).Add(again); !reflect.DeepEqual(b, Blocks{{"d", "n", 4, "g", "p, q"}}) {
		t.Errorf("made again by another program: %v", b)
	}
}

// A program is named by its commit, if it has one.
func TestBlockText(t *testing.T) {
	b := Block{"d", "s", 2, "", "ranksweep (devel), " + testProgram}
	if got := b.text(); got != "block 2 of seeds, a program of no commit and again by program `0123456789ab`" {
		t.Error(got)
	}
}

// Means over blocks are of the judgements by the present rule alone, each block once. Errors of independent blocks add
// as squares; those of losses, which share their validation examples, as they are.
func TestOverBlocks(t *testing.T) {
	nan := math.NaN()
	c := claims[0]
	of := func(study, rule string, value, half float64) Judgement {
		return Judgement{Claim: c.Key, Rule: rule, Study: study, Standing: Seen,
			Numbers: []Number{{"x", value, value - half, value + half}, {"share", 0.5, nan, nan}}}
	}
	hash := c.Rule.Hash()
	past := History{of("a", "other", 9, 1), of("b", hash, 7, 1), of("b", hash, 1, 0.3), of("c", hash, 3, 0.4)}
	f := Finding{Claim: c, Numbers: past[3].Numbers}
	if text, _ := f.overBlocks(Past{History: past}); text != "The mean over the 2 blocks of seeds that this rule "+
		"has judged: x: 2 [1.75, 2.25]. The blocks differ from each other by more than chance lets them, corrected by "+
		"Holm's method over 1 number, in: x (p = 4.5e-15). Whether that is chance all the same, or a fault, is open." {
		t.Error(text) // √(0.3² + 0.4²)/2 = 0.25, and 2/√((0.3² + 0.4²)/1.96²) = 7.84 standard errors apart
	}
	f.Rule.Test = "rank-gain/3"
	for i := range past[1:] {
		past[i+1].Rule = f.Rule.Hash()
	}
	if text, _ := f.overBlocks(Past{History: past}); !strings.Contains(text, "x: 2 [1.65, 2.35].") { // (0.3 + 0.4)/2
		t.Error(text)
	}
	grids := Blocks{{Digest: "b", Grid: "1"}, {Digest: "c", Grid: "2"}}
	if text, _ := f.overBlocks(Past{past, grids}); !strings.Contains(text, "has judged, whose grids differ: x: 2") {
		t.Error(text)
	}
	if text, _ := f.overBlocks(Past{History: past[:2]}); !strings.HasPrefix(text, "This rule has judged one block") {
		t.Error(text)
	}
	if text, _ := f.overBlocks(Past{History: past[1:2]}); text != "" {
		t.Error(text)
	}
	for i := range past {
		past[i].Numbers = past[i].Numbers[1:]
	}
	f.Numbers = past[3].Numbers
	if text, _ := f.overBlocks(Past{History: past}); !strings.Contains(text, "only a share") {
		t.Error(text)
	}
}
