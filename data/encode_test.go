package data

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"ranksweep/checkpoint"
	"ranksweep/nn"
	"ranksweep/tokenizer"
)

var _ Tokenizer = tokenizer.Tokenizer(nil)

const byteEOS, bos = 256, 300

// template is a byte tokenizer that puts tokens around a text.
type template struct {
	Tokenizer
	before, after []int32
}

func (t template) EncodeTo(ctx context.Context, text string, yield func([]int32)) error {
	yield(t.before)
	err := t.Tokenizer.EncodeTo(ctx, text, yield)
	yield(t.after)
	return err
}

func (t template) Decode(ctx context.Context, ids []int32) (string, error) {
	return t.Tokenizer.Decode(ctx, slices.DeleteFunc(slices.Clone(ids), func(id int32) bool { return id == bos }))
}

// noEOS is a tokenizer that names no EOS.
type noEOS struct{ Tokenizer }

func (noEOS) EOS() (int32, bool) { return 0, false }

var (
	plainBytes = Tokenizer(tokenizer.NewByteTokenizer())
	withBOS    = template{plainBytes, []int32{bos}, nil}
	withBoth   = template{plainBytes, []int32{bos}, []int32{byteEOS}}
)

// show writes ids as text: ^ is BOS, $ EOS, _ an unscored target.
func show(ids []int32) string {
	var b strings.Builder
	for _, id := range ids {
		switch id {
		case bos:
			b.WriteByte('^')
		case byteEOS:
			b.WriteByte('$')
		case nn.Unscored:
			b.WriteByte('_')
		default:
			b.WriteByte(byte(id))
		}
	}
	return b.String()
}

// batchOf returns a sequence as a batch.
func batchOf(q Sequence) nn.Batch {
	var b nn.Batch
	q.AppendTo(&b)
	return b
}

// mustTokens returns the ids of a whole text.
func mustTokens(t testing.TB, tok Tokenizer, text string) (ids []int32) {
	t.Helper()
	if err := tok.EncodeTo(t.Context(), text, func(some []int32) { ids = append(ids, some...) }); err != nil {
		t.Fatal(err)
	}
	return ids
}

func showAll(sequences []Sequence) []string {
	var list []string
	for _, q := range sequences {
		b := batchOf(q)
		list = append(list, fmt.Sprintf("%s>%s %d", show(b.Tokens), show(b.Targets), q.Bytes))
	}
	return list
}

func corpus(examples ...Example) *Corpus {
	c, _ := newCorpus("test", func(add func(Example)) error {
		for _, x := range examples {
			add(x)
		}
		return nil
	})
	return c
}

func texts(list ...string) *Corpus {
	var examples []Example
	for _, s := range list {
		examples = append(examples, Example{{Text, s}})
	}
	return corpus(examples...)
}

func mustEncode(t testing.TB, c *Corpus, tok Tokenizer, s Settings) *Dataset {
	t.Helper()
	d, err := Encode(t.Context(), c, tok, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestEncode(t *testing.T) {
	chat := Example{{Prompt, "a:"}, {Completion, "bc"}, {Prompt, "d:"}, {Completion, "e"}}
	onlyCompletion := Settings{Loss: LossCompletion, Context: 100}
	all := Settings{Loss: LossAll, Context: 100}
	short := func(s Settings, context int) Settings { s.Context = context; return s }
	eos := func(s Settings) Settings { s.EOS = true; return s }
	packed := func(s Settings) Settings { s.Packing = true; return s }

	for _, c := range []struct {
		name      string
		tokenizer Tokenizer
		settings  Settings
		corpus    *Corpus
		want      []string // tokens>targets bytes
		stats     Stats
	}{
		{"text", plainBytes, onlyCompletion, texts("abcd"), []string{"abc>bcd 3"}, Stats{1, 0, 0, 0, 0}},
		{"text with BOS", withBOS, onlyCompletion, texts("abcd"), []string{"^abc>abcd 4"}, Stats{1, 0, 0, 0, 0}},
		{"text with EOS asked for", withBOS, eos(all), texts("abcd"), []string{"^abcd>abcd$ 4"}, Stats{1, 0, 0, 0, 0}},
		{"the template's EOS is scored", withBoth, all, texts("ab"), []string{"^ab>ab$ 2"}, Stats{1, 0, 0, 0, 0}},
		{"and is not doubled", withBoth, eos(all), texts("ab"), []string{"^ab>ab$ 2"}, Stats{1, 0, 0, 0, 0}},
		{"empty and short texts", plainBytes, all, texts("", "a", "ab"), []string{"a>b 1"}, Stats{3, 0, 0, 2, 0}},
		{"windows", plainBytes, short(all, 3), texts("abcdef"), []string{"ab>bc 2", "cd>de 2", "e>f 1"},
			Stats{1, 0, 0, 0, 0}},
		{"a text as long as the context", plainBytes, short(all, 4), texts("abcd"), []string{"abc>bcd 3"},
			Stats{1, 0, 0, 0, 0}},
		{"first character of two bytes", plainBytes, all, texts("éa"), []string{"\xc3\xa9>\xa9a 2"},
			Stats{1, 0, 0, 0, 0}},

		{"completion", plainBytes, onlyCompletion, corpus(pair("ab", "cd")), []string{"abcd>_cd$ 2"},
			Stats{1, 0, 0, 0, 0}},
		{"prompt scored too", plainBytes, all, corpus(pair("ab", "cd")), []string{"abcd>bcd$ 3"}, Stats{1, 0, 0, 0, 0}},
		{"completion with BOS", withBOS, onlyCompletion, corpus(pair("ab", "cd")), []string{"^abcd>__cd$ 2"},
			Stats{1, 0, 0, 0, 0}},
		{"prompt scored, with BOS", withBOS, all, corpus(pair("ab", "cd")), []string{"^abcd>abcd$ 4"},
			Stats{1, 0, 0, 0, 0}},
		{"EOS once, at the end", withBoth, eos(onlyCompletion), corpus(pair("ab", "cd")), []string{"^abcd>__cd$ 2"},
			Stats{1, 0, 0, 0, 0}},
		{"empty prompt", plainBytes, onlyCompletion, corpus(pair("", "cd")), []string{"cd>d$ 1"}, Stats{1, 0, 0, 0, 0}},
		{"empty prompt, EOS as BOS", template{plainBytes, []int32{byteEOS}, nil}, onlyCompletion,
			corpus(pair("", "cd")), []string{"$cd>cd$ 2"}, Stats{1, 0, 0, 0, 0}},
		{"empty completion", plainBytes, onlyCompletion, corpus(pair("ab", "")), []string{"ab>_$ 0"},
			Stats{1, 0, 0, 0, 0}},
		{"just fits", plainBytes, short(onlyCompletion, 5), corpus(pair("ab", "cd")), []string{"abcd>_cd$ 2"},
			Stats{1, 0, 0, 0, 0}},
		{"EOS does not fit", plainBytes, short(onlyCompletion, 4), corpus(pair("ab", "cd")), []string{"abc>_cd 2"},
			Stats{1, 0, 1, 0, 0}},
		{"completion cut off", plainBytes, short(onlyCompletion, 4), corpus(pair("ab", "cdef")), []string{"abc>_cd 2"},
			Stats{1, 0, 1, 0, 0}},
		{"prompt's beginning cut off", plainBytes, short(onlyCompletion, 6),
			corpus(pair("abcde", "fg"), pair("a", "b")), []string{"cdefg>__fg$ 2", "ab>b$ 1"}, Stats{2, 1, 0, 0, 0}},
		{"both cut off", plainBytes, short(onlyCompletion, 6), corpus(pair("abcde", "fghij")),
			[]string{"cdefg>__fgh 3"}, Stats{1, 1, 1, 0, 0}},
		{"both cut off, with BOS", withBOS, short(onlyCompletion, 6), corpus(pair("abcde", "fghij")),
			[]string{"^defg>__fgh 3"}, Stats{1, 1, 1, 0, 0}},
		{"the shortest context", plainBytes, short(onlyCompletion, 2), corpus(pair("abc", "de")), []string{"c>d 1"},
			Stats{1, 1, 1, 0, 0}},
		{"a scored prompt keeps its beginning", plainBytes, short(all, 4), corpus(pair("abcde", "fg")),
			[]string{"abc>bcd 3"}, Stats{1, 0, 1, 0, 0}},
		{"conversation", plainBytes, onlyCompletion, corpus(chat), []string{"a:bc$d:e>_bc$__e$ 3"},
			Stats{1, 0, 0, 0, 0}},
		{"unscored end left out", plainBytes, short(onlyCompletion, 7), corpus(chat), []string{"a:bc>_bc$ 2"},
			Stats{1, 0, 1, 0, 0}},

		{"packed", plainBytes, short(packed(onlyCompletion), 6), corpus(pair("ab", "cd"), pair("e", "f")),
			[]string{"abcd$e>_cd$_f 3", "f>$ 0"}, Stats{2, 0, 0, 0, 0}},
		{"packed texts", plainBytes, short(packed(all), 4), texts("abc", "defghi", "j"),
			[]string{"abcd>bc_e 3", "efgh>fghi 4"}, Stats{3, 0, 0, 1, 0}},
		{"packed texts with EOS", plainBytes, short(packed(eos(all)), 4), texts("abc", "de"),
			[]string{"abc>bc$ 2", "de>e$ 1"}, Stats{2, 0, 0, 0, 0}},
		{"packed, a prompt's beginning cut off", plainBytes, short(packed(onlyCompletion), 6),
			corpus(pair("abcd", "e"), pair("fghijk", "")),
			[]string{"abcde>___e$ 1", "ghijk>____$ 0"}, Stats{2, 1, 0, 0, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := mustEncode(t, c.corpus, c.tokenizer, c.settings)
			if got := showAll(d.Train); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if d.Stats != c.stats {
				t.Errorf("got %+v, want %+v", d.Stats, c.stats)
			}
			if len(d.Val) != 0 {
				t.Errorf("%d sequences held out, want none", len(d.Val))
			}
		})
	}
}

func TestEncodeRefuses(t *testing.T) {
	good := Settings{Loss: LossAll, Context: 8, Validation: 1}
	with := func(change func(*Settings)) Settings { s := good; change(&s); return s }
	for _, c := range []struct {
		settings  Settings
		tokenizer Tokenizer
		corpus    *Corpus
		want      string
	}{
		{with(func(s *Settings) { s.Loss = "prompt" }), plainBytes, texts("ab", "cd"),
			`loss "prompt": must be completion or all`},
		{with(func(s *Settings) { s.Context = 1 }), plainBytes, texts("ab", "cd"),
			"context 1: must be at least 2, one token to read and one to predict"},
		{with(func(s *Settings) { s.Validation = -1 }), plainBytes, texts("ab", "cd"),
			"validation -1: must not be negative"},
		{with(func(s *Settings) { s.Validation = 2 }), plainBytes, texts("ab", "cd", "ab"),
			"validation 2: must be below 2, the number of distinct examples in the data"},
		{good, plainBytes, texts("ab"), "validation 1: must be below 1, the number of distinct examples in the data"},
		{good, plainBytes, texts("a", ""), "no example has a token to score: give longer texts or completions"},
		{good, noEOS{plainBytes}, corpus(pair("a", "b"), pair("c", "d")), errNoEOS.Error()},
		{with(func(s *Settings) { s.EOS = true }), noEOS{plainBytes}, texts("ab", "cd"), errNoEOS.Error()},
	} {
		_, err := Encode(t.Context(), c.corpus, c.tokenizer, c.settings)
		checkError(t, fmt.Sprintf("%+v", c.settings), err, "data: test: "+c.want)
	}
	if _, err := Encode(t.Context(), texts("ab", "cd"), noEOS{plainBytes}, good); err != nil {
		t.Errorf("plain texts need no EOS, but: %v", err)
	}
}

func TestWindowsScoreEachTokenOnce(t *testing.T) {
	text := "Ein Übel, zwei Übel: " + strings.Repeat("日本語 text ", 3)
	for n := 2; n <= len(text); n++ {
		for context := 2; context < 17; context++ {
			for _, tok := range []Tokenizer{plainBytes, withBOS, withBoth} {
				text := "x" + strings.ToValidUTF8(text[:n], "")
				ids := mustTokens(t, tok, text)
				d := mustEncode(t, texts(text), tok, Settings{Loss: LossAll, Context: context})
				var scored []int32
				total := 0
				for i, sequence := range d.Train {
					q := batchOf(sequence)
					if len(q.Tokens) >= context || len(q.Tokens) != len(q.Targets) {
						t.Fatalf("context %d: %d tokens and %d targets", context, len(q.Tokens), len(q.Targets))
					}
					if last := len(scored); !slices.Equal(q.Tokens, ids[last:last+len(q.Tokens)]) {
						t.Fatalf("context %d: window %d is %q of %q", context, i, show(q.Tokens), show(ids))
					}
					scored = append(scored, q.Targets...)
					total += sequence.Bytes
				}
				if !slices.Equal(scored, ids[1:]) {
					t.Fatalf("context %d: scored %q of %q", context, show(scored), show(ids))
				}
				want := len(text)
				if ids[0] != bos {
					want-- // x
				}
				if total != want {
					t.Fatalf("context %d: %d bytes scored, want %d", context, total, want)
				}
			}
		}
	}
}

// Packing moves examples together, and scores the same tokens.
func TestPackingScoresTheSame(t *testing.T) {
	c := corpus(pair("ab", "cde"), pair("", "f"), pair("ghi", ""), pair("jklmnop", "qrs"), Example{{Text, "tuvwxyz"}})
	for _, loss := range []string{LossCompletion, LossAll} {
		for context := 2; context < 30; context++ {
			s := Settings{Loss: loss, Context: context}
			apart := mustEncode(t, c, withBOS, s)
			s.Packing = true
			packed := mustEncode(t, c, withBOS, s)
			for i, q := range packed.Train {
				if q.Len() > context || q.Len() != len(batchOf(q).Tokens) {
					t.Errorf("context %d: row %d has %d tokens", context, i, q.Len())
				}
			}
			if got, want := scoredOf(packed.Train), scoredOf(apart.Train); got != want {
				t.Errorf("loss %s, context %d: packed scores %q, want %q", loss, context, got, want)
			}
		}
	}
}

// Where windows of a text are held out, the last token before such a window is predicted and the
// first one behind it is not.
func TestPackingAroundHeldOutWindows(t *testing.T) {
	c := texts("abcdefghijklmnopqrstuvwxyz")
	for context := 2; context < 13; context++ {
		for validation := range 2 {
			s := Settings{Loss: LossAll, Context: context, Validation: validation + 1}
			apart := mustEncode(t, c, plainBytes, s)
			s.Packing = true
			packed := mustEncode(t, c, plainBytes, s)
			if got, want := scoredOf(packed.Train), scoredOf(apart.Train); got != want {
				t.Errorf("context %d: packed scores %q, want %q", context, got, want)
			}
			if got, want := scoredOf(packed.Val), scoredOf(apart.Val); got != want {
				t.Errorf("context %d: packed holds %q out, want %q", context, got, want)
			}
		}
	}
}

// scoredOf lists every scored target with the token before it, and the number of bytes.
func scoredOf(sequences []Sequence) string {
	var b strings.Builder
	total := 0
	for _, q := range sequences {
		batch := batchOf(q)
		for i, target := range batch.Targets {
			if target != nn.Unscored {
				fmt.Fprintf(&b, "%s%s ", show(batch.Tokens[i:i+1]), show(batch.Targets[i:i+1]))
			}
		}
		total += q.Bytes
	}
	return fmt.Sprint(b.String(), total)
}

func TestWarnings(t *testing.T) {
	if got := (Stats{Examples: 5}).Warnings(); got != nil {
		t.Errorf("warnings without a reason: %q", got)
	}
	got := Stats{Examples: 5, Shortened: 3, Truncated: 1, Dropped: 2, Plain: 4}.Warnings()
	want := []string{
		"3 of 5 examples are longer than the context: their prompts lost the beginning",
		"1 of 5 examples are longer than the context and were cut off at its end",
		"2 of 5 examples have nothing to score and were dropped",
		"4 of 5 examples are conversations, which the tokenizer has no chat template for: " +
			`each turn is a line "role: content"`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The tokenizer of a real model: sentencepiece-like pieces, a BOS, and a
// space that its decoder takes from the start of a text.
func TestEncodeWithARealTokenizer(t *testing.T) {
	folder := "../../shared/models/stories260K"
	if _, err := os.Stat(folder); err != nil {
		t.Skip("the model is not there: ", err)
	}
	model, err := checkpoint.Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	tok := model.Tokenizer
	d := mustEncode(t, corpus(pair("Once upon a time,", " there was a café.")), tok,
		Settings{Loss: LossCompletion, Context: 64})
	q := batchOf(d.Train[0])
	eos, _ := tok.EOS()
	if got := q.Targets[len(q.Targets)-1]; got != eos {
		t.Errorf("the last target is %d, want EOS, %d", got, eos)
	}
	got, err := tok.Decode(t.Context(), append(q.Tokens, eos))
	if want := "Once upon a time, there was a café."; err != nil || got != want {
		t.Errorf("decodes to %q, %v, want %q", got, err, want)
	}
	if want := len(" there was a café."); d.Train[0].Bytes != want {
		t.Errorf("%d bytes, want %d", d.Train[0].Bytes, want)
	}
	text := "Once upon a time, there was a café."
	d = mustEncode(t, texts(text), tok, Settings{Loss: LossCompletion, Context: 64})
	if got := batchOf(d.Train[0]); d.Train[0].Bytes != len(text) ||
		!slices.Equal(append(got.Tokens[:1:1], got.Targets...), mustTokens(t, tok, text)) {
		t.Errorf("%q is not encoded by the template and scored whole: %+v", text, got)
	}
}
