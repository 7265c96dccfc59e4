package pretrain

import (
	"fmt"
	"slices"

	"ranksweep/data"
)

// Texts are the hashes of the texts of a recipe.
type Texts struct {
	Data string `yaml:"data"`
	Held string `yaml:"held"`
}

// unpinned returns the recipe without hashes, which accepts any text of its sources.
func (r Recipe) unpinned() Recipe {
	r.SHA256 = Texts{}
	return r
}

// checkTexts returns an error if the texts differ from the hashes in the recipe, if it has any:
// no recipe could describe a training that continued with other texts.
func (r Recipe) checkTexts(now Texts) error {
	for _, s := range []struct{ source, now, then string }{
		{r.Data, now.Data, r.SHA256.Data}, {r.Held, now.Held, r.SHA256.Held},
	} {
		if s.then == "" || s.now == s.then {
			continue
		}
		advice := "the file has changed: bring the old one back"
		if ofGoTree(s.source) {
			advice = "it is of the Go tree, so this is another Go version: go on under the one that it began with, " +
				"by GOTOOLCHAIN=VERSION"
		}
		return fmt.Errorf("pretrain: the text of %s has sha256 %.16s…, and the training began with %.16s…: %s; or "+
			"begin anew in another folder, by a recipe without sha256", s.source, s.now, s.then, advice)
	}
	return nil
}

// ofGoTree reports whether a source's text comes from the Go tree.
func ofGoTree(source string) bool { return slices.Contains(data.Recipes(), source) }
