package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"ranksweep/data"
	"ranksweep/lora/peft"
	"ranksweep/nn"
	"ranksweep/paper/number"
)

// evaluation is what sweep eval prints.
type evaluation struct {
	Loss         float64  `json:"loss"` // nats per token
	Perplexity   float64  `json:"perplexity"`
	BitsPerByte  *float64 `json:"bits_per_byte"` // null if no byte is scored
	Tokens       int      `json:"tokens"`        // number of tokens scored
	Bytes        int      `json:"bytes"`         // number of bytes in these tokens
	Adapter      string   `json:"adapter,omitempty"`
	warningTexts []string
}

// evalTokens is roughly the number of tokens that are computed at once.
const evalTokens = 4096

func newEval() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "eval --model MODEL --data DATA",
		Short: "Print loss, perplexity and bits per byte of a model on a file, with or without an adapter",
		Long: "Eval scores a file with a model. A plain text is encoded by the tokenizer's template\n" +
			"and scored on every token after the first. A completion is scored with the EOS that\n" +
			"ends it; its prompt is not scored. The embedded model takes minutes for a megabyte.\n\n" +
			modelHelp,
		Example: "  sweep eval --model base --data notes.txt\n" +
			"  sweep eval --model SmolLM2 --adapter my-adapter --data test.jsonl --json",
		Args: exactly(),
	}
	model := cmd.Flags().String("model", "", "`MODEL` to score with")
	adapter := cmd.Flags().String("adapter", "",
		"`FOLDER` of a PEFT adapter, or its name org/name[@revision] on the hub")
	source := cmd.Flags().String("data", "",
		"`DATA`: a .jsonl, .json or .txt file, or one of "+strings.Join(data.Recipes(), ", "))
	longest := cmd.Flags().Int("context", 0, "longest sequence, in `TOKENS` (default the model's context)")
	asJSON := cmd.Flags().Bool("json", false, "print JSON")
	form := storageFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if *model == "" || *source == "" {
			return usageError{fmt.Errorf("eval: --model and --data are required; see sweep eval --help")}
		}
		e, err := evaluate(cmd, *form, *model, *adapter, *source, *longest)
		if err != nil {
			return err
		}
		for _, w := range e.warningTexts {
			fmt.Fprintf(cmd.ErrOrStderr(), "sweep: %s\n", w)
		}
		if *asJSON {
			return json.NewEncoder(cmd.OutOrStdout()).Encode(e)
		}
		bits := "none, since no byte is scored"
		if e.BitsPerByte != nil {
			bits = fmt.Sprintf("%.4f", *e.BitsPerByte)
		}
		if e.Adapter != "" {
			fmt.Fprintf(cmd.OutOrStdout(), "adapter        %s\n", e.Adapter)
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(),
			"loss           %.6f nats/token\nperplexity     %.4f\nbits per byte  %s\ntokens         %d\n",
			e.Loss, e.Perplexity, bits, e.Tokens)
		return err
	}
	return cmd
}

func evaluate(cmd *cobra.Command, form storage, model, adapter, source string, length int) (*evaluation, error) {
	l := localTrainer(cmd)
	l.Stored = form == asStored
	c, err := l.Model(model)
	if err != nil {
		return nil, err
	}
	switch longest := c.Model.Config.Context; {
	case length == 0:
		length = longest
	case length < 2 || length > longest:
		return nil, usageError{fmt.Errorf("eval: --context %d: must be from 2 to %d, the model's own", length, longest)}
	}
	corpus, err := data.Load(source)
	if err != nil {
		return nil, err
	}
	d, err := data.Encode(cmd.Context(), corpus, c.Tokenizer, data.Settings{Loss: data.LossCompletion, Context: length})
	if err != nil {
		return nil, err
	}
	tokens := evalTokens
	for _, s := range d.Train {
		tokens = max(tokens, s.Len())
	}
	if err := roomFor(c.Model, tokens); err != nil {
		return nil, err
	}
	e := &evaluation{warningTexts: d.Stats.Warnings()}
	var maps map[string]nn.Map
	if adapter != "" {
		folder, err := adapterFolder(cmd, adapter)
		if err != nil {
			return nil, err
		}
		set, err := peft.Load(folder, c.Model, tokens)
		if err != nil {
			return nil, err
		}
		maps, e.Adapter = set.Maps(), summary(set.Trained())
	}
	pass, err := nn.NewPass(c.Model, tokens, maps)
	if err != nil {
		return nil, err
	}
	defer help(1)()
	if err := e.score(cmd.Context(), pass, d.Train, tokens); err != nil {
		return nil, err
	}
	return e, nil
}

// roomFor returns an error if a pass over that many tokens needs more memory than there is.
func roomFor(m *nn.Model, tokens int) error {
	need := nn.Arena{Counting: true}
	if _, err := nn.NewPassIn(&need, m, tokens, nil); err != nil {
		return err
	}
	if most := memory(); need.Bytes > most {
		return fmt.Errorf("eval: %d tokens at once need %s GB of memory, and there are %s GB: give a lower "+
			"--context, or raise GOMEMLIMIT", tokens, number.Significant(float64(need.Bytes)/1e9, 3),
			number.Significant(float64(most)/1e9, 3))
	}
	return nil
}

// score evaluates sequences, as many at once as fit into the given number of tokens.
func (e *evaluation) score(ctx context.Context, pass *nn.Pass, sequences []data.Sequence, tokens int) error {
	var sum float64
	var b nn.Batch
	for i, s := range sequences {
		s.AppendTo(&b)
		e.Bytes += s.Bytes
		if i+1 < len(sequences) && len(b.Tokens)+sequences[i+1].Len() <= tokens {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		part, err := pass.Loss(&b)
		if err != nil {
			return err
		}
		sum += part
		e.Tokens += b.Scored()
		b.Reset()
	}
	e.Loss = sum / float64(e.Tokens)
	e.Perplexity = math.Exp(e.Loss)
	if math.IsNaN(e.Perplexity) || math.IsInf(e.Perplexity, 0) {
		return fmt.Errorf("eval: loss %s: the model's outputs are not finite numbers", number.Brief(e.Loss))
	}
	if e.Bytes > 0 {
		bits := sum / (math.Ln2 * float64(e.Bytes))
		e.BitsPerByte = &bits
	}
	return nil
}
