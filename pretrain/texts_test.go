package pretrain

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// stopAt runs a pretraining up to a step and leaves its state.
func stopAt(t *testing.T, dir string, r Recipe, step int) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	err := Run(ctx, dir, r, func(p Progress) {
		if p.Step == step {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("stopped at step %d: %v", step, err)
	}
}

// TestOtherTextIsRefused: a pretraining continues only with the training and held-out texts with
// which it began, and the card of a finished model is written only with these texts.
func TestOtherTextIsRefused(t *testing.T) {
	r, dir := testRecipe(t), t.TempDir()
	goOn := func() error { return Run(context.Background(), dir, r, func(Progress) {}) }
	refused := func(source string) {
		t.Helper()
		text, err := os.ReadFile(source)
		check(t, err)
		check(t, os.WriteFile(source, append(text, '!'), 0o666))
		err = goOn()
		pattern := "^pretrain: the text of " + regexp.QuoteMeta(source) +
			" has sha256 [0-9a-f]{16}…, and the training began with [0-9a-f]{16}…: the file has changed: "
		if err == nil || !regexp.MustCompile(pattern).MatchString(err.Error()) {
			t.Errorf("%s changed: error %v", source, err)
		}
		check(t, os.WriteFile(source, text, 0o666))
	}
	stopAt(t, dir, r, 4)
	state := read(t, dir, stateFile)
	refused(r.Data)
	refused(r.Held)
	if read(t, dir, stateFile) != state {
		t.Error("a refusal changes the state")
	}
	check(t, goOn())
	card := read(t, dir, cardFile)
	refused(r.Held)
	if read(t, dir, cardFile) != card {
		t.Error("a refusal changes the card")
	}
	check(t, goOn())
}

// TestUnpinnedModelIsKept: a finished model whose recipe names no hashes, like that of the
// embedded base, gets its card with any texts.
func TestUnpinnedModelIsKept(t *testing.T) {
	r, dir := testRecipe(t), t.TempDir()
	run := func() { check(t, Run(context.Background(), dir, r, func(Progress) {})) }
	run()
	check(t, os.WriteFile(filepath.Join(dir, recipeFile), []byte(r.unpinned().text()), 0o666))
	if recipe := read(t, dir, recipeFile); strings.Contains(recipe, "sha256") {
		t.Fatalf("the recipe is pinned:\n%s", recipe)
	}
	check(t, os.WriteFile(r.Held, []byte("something else"), 0o666))
	check(t, os.Remove(filepath.Join(dir, cardFile)))
	run()
	if card := read(t, dir, cardFile); !strings.Contains(card, "| 1 documents, 14 bytes, ") {
		t.Errorf("the card:\n%s", card)
	}
}

// TestPinnedRecipe: a recipe that names hashes accepts only these texts from the start.
func TestPinnedRecipe(t *testing.T) {
	r := testRecipe(t)
	r.SHA256 = Texts{Data: strings.Repeat("0", 64)}
	err := Run(context.Background(), t.TempDir(), r, func(Progress) {})
	if want := "the training began with 0000000000000000…"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %q", err, want)
	}
}

// TestGoTreeAdvice: text of the Go tree changes with the Go version.
func TestGoTreeAdvice(t *testing.T) {
	then, now := strings.Repeat("a", 64), strings.Repeat("b", 64)
	r := Recipe{Data: "go-prose", Held: "go-prose-held", SHA256: Texts{then, then}}
	check(t, r.checkTexts(Texts{then, then}))
	for source, texts := range map[string]Texts{"go-prose": {now, then}, "go-prose-held": {then, now}} {
		want := fmt.Sprintf("the text of %s has sha256 %.16s…, and the training began with %.16s…: it is of the Go "+
			"tree, so this is another Go version: ", source, now, then)
		if err := r.checkTexts(texts); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
