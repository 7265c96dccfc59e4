package foreign

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"

	"ranksweep/results"
	"ranksweep/userfile"
	"ranksweep/wholefile"
)

// File is the description of an import in the folder of its store, in place of an experiment file.
const File = "import.yaml"

// IsStore reports whether a folder is the store of an import.
func IsStore(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, File))
	return err == nil
}

// about is what File says.
type about struct {
	Name    string   `yaml:"name"`
	Sources []Source `yaml:"sources"`
	LeftOut []string `yaml:"left_out,omitempty"`
}

// Write makes dir the store of an import, by the named program. The same import may be written again. A store of
// anything else is refused.
func (i *Import) Write(dir, program string) error {
	if err := i.write(dir, program); err != nil {
		return fmt.Errorf("foreign: %w", err)
	}
	return nil
}

func (i *Import) write(dir, program string) error {
	text, err := yaml.Marshal(about{i.Name, i.Sources, i.LeftOut})
	if err != nil {
		return err
	}
	if err := errors.Join(userfile.DanglingLink(dir), os.MkdirAll(dir, 0o777)); err != nil {
		return err
	}
	if err := free(dir, text); err != nil {
		return err
	}
	if err := wholefile.WriteBytes(filepath.Join(dir, File), text); err != nil {
		return err
	}
	store := results.Open(dir)
	for _, r := range i.Runs {
		r.Provenance.Program = program
		if err := store.Put(r); err != nil {
			return err
		}
	}
	return results.WriteGrid(i.Grid(), dir)
}

// free reports a folder that is the store of something else.
func free(dir string, text []byte) error {
	there, err := userfile.Read(filepath.Join(dir, File), userfile.Settings)
	if err == nil && !bytes.Equal(there, text) {
		return fmt.Errorf("%s is the store of another import, as its %s says: name another folder by --out", dir, File)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, name := range []string{"experiment.yaml", "runs", "grid.csv"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return fmt.Errorf("%s is the store of an experiment, since it has %s: name another folder by --out",
				dir, name)
		}
	}
	return nil
}
