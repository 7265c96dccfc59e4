package pretrain

import (
	"fmt"
	"slices"

	"ranksweep/data"
)

// Texts is the content of a recipe's sources, by the hashes of their corpora.
type Texts struct {
	Data string `yaml:"data"`
	Held string `yaml:"held"`
}

// unpinned is the recipe for whatever text its sources have.
func (r Recipe) unpinned() Recipe {
	r.SHA256 = Texts{}
	return r
}

// checkTexts refuses texts other than those that the recipe names, if it names
// any: a training that went on with them would be one of no recipe.
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

// ofGoTree reports whether a source's text is the Go tree's.
func ofGoTree(source string) bool { return slices.Contains(data.Recipes(), source) }
