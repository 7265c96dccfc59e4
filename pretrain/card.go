package pretrain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"ranksweep/checkpoint"
	"ranksweep/data"
	"ranksweep/nn"
	"ranksweep/nn/kernel"
)

// cardFile describes a finished model to its users.
const cardFile = "README.md"

// writeCard measures the finished model on the whole held-out text and writes its card. It
// measures the stored model, whose weights are rounded to bfloat16.
func (t *training) writeCard(ctx context.Context) error {
	stored, err := checkpoint.Load(t.dir)
	if err != nil {
		return err
	}
	text, err := data.Load(t.recipe.Data)
	if err != nil {
		return err
	}
	held, err := data.Load(t.recipe.Held)
	if err != nil {
		return err
	}
	bits, size, err := bitsPerByte(ctx, stored, held)
	if err != nil {
		return err
	}
	packed, err := xz(held)
	if err != nil {
		return err
	}
	last := strings.Split(t.log.rows[len(t.log.rows)-1], ",")
	c, r := stored.Model.Config, t.recipe
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n\n", filepath.Base(t.dir))
	fmt.Fprintf(&b, "A LLaMA-style language model, trained from nothing by `sweep pretrain` on %s:\n"+
		"see recipe.yaml and log.csv. It reads tokens of a byte-level BPE that was learned\n"+
		"from the same text. It is meant for experiments on fine-tuning, not for use as\n"+
		"a model of language. This card was written by the same command.\n\n", r.Data)
	row := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "| %s | %s |\n", name, fmt.Sprintf(format, args...))
	}
	row("parameters", "%d, stored as bfloat16", c.Params())
	b.WriteString("|---|---|\n")
	row("architecture", "dim %d, %d layers, %d heads, feed-forward %d, context %d, tied head", c.Dim, c.Layers,
		c.Heads, c.Hidden, c.Context)
	row("text", "%d documents, sha256 %.16s…", text.Len(), text.Hash)
	row("training", "%s steps, %s tokens, %s s on %d cores, %s/%s, kernel %s", last[0], last[1], last[6],
		runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, kernel.Name())
	if ofGoTree(r.Data) {
		row("Go", "%s, whose tree is the text", runtime.Version())
	}
	row("held-out text", "%d documents, %d bytes, sha256 %.16s…", held.Len(), size, held.Hash)
	row("held-out bits per byte", "**%.3f**", bits)
	if packed > 0 {
		row("`xz -9e` on the same text", "%.3f bits per byte", 8*float64(packed)/float64(size))
	}
	if ofGoTree(r.Data) {
		row("licence", "that of this project; the text is the Go authors', BSD-3-Clause")
	}
	return writeFile(filepath.Join(t.dir, cardFile), b.Bytes())
}

// bitsPerByte returns the model's loss on all documents, in windows of its context, and the
// number of their bytes. A document's first byte is not scored, since nothing precedes it; its
// end is scored.
func bitsPerByte(ctx context.Context, c *checkpoint.Checkpoint, held *data.Corpus) (bits float64, size int, err error) {
	for _, text := range held.Texts() {
		size += len(text)
	}
	d, err := data.Encode(ctx, held, c.Tokenizer, data.Settings{Loss: data.LossAll, EOS: true,
		Context: c.Model.Config.Context})
	if err != nil {
		return 0, 0, err
	}
	pass, err := nn.NewPass(c.Model, c.Model.Config.Context, nil)
	if err != nil {
		return 0, 0, err
	}
	var nats float64
	scored := 0
	for i := range d.Train {
		var b nn.Batch
		data.Fill(&b, d.Train[i:i+1])
		sum, err := pass.Loss(&b)
		if err != nil {
			return 0, 0, err
		}
		nats += sum
		scored += d.Train[i].Bytes
	}
	return nats / (math.Ln2 * float64(scored)), size, nil
}

// xz returns the size of all documents together after xz -9e, for comparison; 0 if the machine
// has no xz.
func xz(c *data.Corpus) (int, error) {
	path, err := exec.LookPath("xz")
	if errors.Is(err, exec.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("pretrain: %w", err)
	}
	cmd := exec.Command(path, "-9e", "--stdout")
	cmd.Stdin = strings.NewReader(strings.Join(c.Texts(), ""))
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("pretrain: xz: %w", err)
	}
	return len(out), nil
}
