package pretrain

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"ranksweep/checkpoint"
	"ranksweep/nn"
	"ranksweep/userfile"
	"ranksweep/wholefile"
)

const (
	stateFile   = "state.safetensors"
	weightsFile = "model.safetensors"
	recipeFile  = "recipe.yaml"

	// progressTensor holds step, tokens and seconds. Float32 is exact for whole numbers up
	// to 2²⁴, so the number of tokens is split into thousands and a rest.
	progressTensor = "pretrain.progress"
	weightPrefix   = "weight."
)

// save writes a checkpoint: the weights and the optimizer's state in float32, and the progress.
func (t *training) save() error {
	seconds := t.before + time.Since(t.began).Seconds()
	progress := []float32{float32(t.step), float32(t.tokens / 1000), float32(t.tokens % 1000), float32(seconds)}
	tensors := []nn.Tensor{{Name: progressTensor, Shape: []int{len(progress)}, Data: progress}}
	for _, w := range t.model.Model.Tensors() {
		w.Name = weightPrefix + w.Name
		tensors = append(tensors, w)
	}
	tensors = append(tensors, t.opt.State()...)
	// The log is written first: resume cuts a log that is ahead of the state.
	if err := t.log.write(); err != nil {
		return err
	}
	return checkpoint.WriteTensors(filepath.Join(t.dir, stateFile), tensors, checkpoint.F32, nil)
}

// resume continues from the folder's state, if it has one, and reports whether the folder's
// model is done. It returns an error for the folder of another recipe.
func (t *training) resume() (done bool, err error) {
	t.log = &log{path: filepath.Join(t.dir, "log.csv")}
	if err := t.claim(); err != nil {
		return false, err
	}
	tensors, err := checkpoint.ReadTensors(os.DirFS(t.dir), stateFile)
	if err == nil {
		return false, t.restore(tensors)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	if _, err := os.Stat(filepath.Join(t.dir, weightsFile)); err != nil {
		return false, nil
	}
	return true, t.log.read(t.recipe.Train.Steps)
}

// claim writes the recipe into the folder. If the folder has a recipe already, it compares the
// two, and the texts with the hashes in the old recipe.
func (t *training) claim() error {
	path := filepath.Join(t.dir, recipeFile)
	text, err := userfile.Read(path, userfile.Settings)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Join(t.dir, weightsFile)); err == nil {
			return fmt.Errorf("pretrain: %s holds a model that no recipe of this command made: choose another "+
				"folder", t.dir)
		}
		return writeFile(path, []byte(t.recipe.text()))
	}
	if err != nil {
		return fmt.Errorf("pretrain: %w", err)
	}
	there, err := ParseRecipe(path, text)
	if err != nil {
		return err
	}
	if there.unpinned() != t.recipe.unpinned() {
		return fmt.Errorf("pretrain: %s is of another recipe: choose another folder, or pass --recipe %s to go on "+
			"with it", t.dir, path)
	}
	return there.checkTexts(t.recipe.SHA256)
}

// restore sets the training to the saved state.
func (t *training) restore(tensors []nn.Tensor) error {
	var optimizer []nn.Tensor
	byName := make(map[string]nn.Tensor)
	for _, s := range tensors {
		byName[s.Name] = s
		if s.Name != progressTensor && !strings.HasPrefix(s.Name, weightPrefix) {
			optimizer = append(optimizer, s)
		}
	}
	for _, w := range t.model.Model.Tensors() {
		saved := byName[weightPrefix+w.Name]
		if len(saved.Data) != len(w.Data) {
			return fmt.Errorf("pretrain: %s: %s has %d values, the recipe's model %d: it belongs to another recipe",
				stateFile, w.Name, len(saved.Data), len(w.Data))
		}
		copy(w.Data, saved.Data)
	}
	if err := nn.RestoreState(t.opt, optimizer); err != nil {
		return err
	}
	p := byName[progressTensor].Data
	if len(p) != 4 {
		return fmt.Errorf("pretrain: %s: %s is missing", stateFile, progressTensor)
	}
	t.step, t.tokens, t.before = int(p[0]), int64(p[1])*1000+int64(p[2]), float64(p[3])
	return t.log.read(t.step)
}

// log is the history of the training. It has a row for each held-out loss.
type log struct {
	path string
	rows []string
}

const logHeader = "step,tokens,train_loss,held_bits_per_byte,grad_norm,lr,seconds"

func (l *log) add(p Progress) {
	g := func(x float64) string { return strconv.FormatFloat(x, 'g', 6, 64) }
	l.rows = append(l.rows, strings.Join([]string{
		strconv.Itoa(p.Step), strconv.FormatInt(p.Tokens, 10),
		g(p.TrainLoss), g(p.Held), g(p.GradNorm), g(p.LR), strconv.FormatFloat(p.Seconds, 'f', 0, 64),
	}, ","))
}

func (l *log) write() error {
	text := logHeader + "\n" + strings.Join(l.rows, "\n") + "\n"
	return writeFile(l.path, []byte(text))
}

// read reads the rows of earlier sessions up to a step.
func (l *log) read(step int) error {
	text, err := userfile.Read(l.path, userfile.Settings)
	if err != nil {
		return fmt.Errorf("pretrain: %w", err)
	}
	for _, row := range strings.Fields(string(text)) {
		if at, err := strconv.Atoi(strings.Split(row, ",")[0]); err == nil && at <= step {
			l.rows = append(l.rows, row)
		}
	}
	return nil
}

// writeFile replaces a file atomically.
func writeFile(path string, content []byte) error {
	if err := wholefile.WriteBytes(path, content); err != nil {
		return fmt.Errorf("pretrain: %w", err)
	}
	return nil
}
