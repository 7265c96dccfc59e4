package tokenizer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sync"

	"ranksweep/userfile"
)

// The files of a folder that describe its tokenizer.
const (
	tokenizerFile = "tokenizer.json"
	configFile    = "tokenizer_config.json"
	templateFile  = "chat_template.jinja"
)

// Model is what a tokenizer needs to know of its model.
type Model struct {
	// BOS and EOS are the ids of the tokens that begin and end a text, for a tokenizer whose own
	// files do not name them; nil for none.
	BOS, EOS *int32

	// Vocab is the number of tokens that the model's embedding has; 0 if it is not known. A
	// tokenizer may have more, as where a token was added and the model left as it was. A text
	// that needs one of these is an error, and so is an EOS among them.
	Vocab int
}

// LoadFS reads the tokenizer of the Hugging Face folder at the root of fsys;
// errors call it name.
func LoadFS(fsys fs.FS, name string, m Model) (Tokenizer, error) {
	content, err := readFile(fsys, name, tokenizerFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: AutoTokenizer.from_pretrained(MODEL).save_pretrained(FOLDER) of transformers "+
			"makes one of other files", err)
	}
	if err != nil {
		return nil, err
	}
	p, err := parseTokenizer(content)
	if err != nil {
		return nil, fmt.Errorf("tokenizer: %s: %w", path.Join(name, tokenizerFile), err)
	}
	p.name = path.Join(name, tokenizerFile)
	settings, err := readFile(fsys, name, configFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	default:
		if err := p.setSettings(settings); err != nil {
			return nil, fmt.Errorf("tokenizer: %s: %w", path.Join(name, configFile), err)
		}
		p.origin = path.Join(name, configFile) + ": chat_template"
	}
	template, err := readFile(fsys, name, templateFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	default:
		p.files[templateFile] = template
		p.template, p.origin = string(template), path.Join(name, templateFile)
	}
	if err := p.setModelTokens(m); err != nil {
		return nil, fmt.Errorf("tokenizer: %s: %w", path.Join(name, tokenizerFile), err)
	}
	return p, nil
}

func readFile(fsys fs.FS, folder, file string) ([]byte, error) {
	content, err := userfile.ReadFS(fsys, file, userfile.Vocabulary)
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	}
	if err == nil {
		err = userfile.Mistaken(content)
	}
	if err != nil {
		return nil, fmt.Errorf("tokenizer: %s: %w", path.Join(folder, file), err)
	}
	return content, nil
}

// setModelTokens sets BOS and EOS if there are none yet, and the size of the embedding.
func (p *pipeline) setModelTokens(m Model) error {
	for _, e := range []struct {
		name string
		id   *int32
		have *int32
	}{{"bos_token_id", m.BOS, &p.bos}, {"eos_token_id", m.EOS, &p.eos}} {
		if e.id == nil || *e.have != none {
			continue
		}
		if _, ok := p.tokens[*e.id]; !ok {
			return fmt.Errorf("%s %d: there is no token %d", e.name, *e.id, *e.id)
		}
		*e.have = *e.id
	}
	if m.Vocab < p.vocab {
		p.embedded = m.Vocab
	}
	if p.eos != none {
		return p.inEmbedding(p.eos)
	}
	return nil
}

// inEmbedding is an error if the model's embedding lacks a token.
func (p *pipeline) inEmbedding(id int32) error {
	if p.embedded == 0 || int(id) < p.embedded {
		return nil
	}
	return fmt.Errorf("token %d, %q: the model's embedding has only %d tokens: resize the model's embedding for its "+
		"tokenizer, or use the tokenizer with which it was trained", id, p.tokens[id], p.embedded)
}

// setSettings sets BOS and EOS from the content of tokenizer_config.json.
func (p *pipeline) setSettings(content []byte) error {
	var settings tokenizerConfigJSON
	if err := json.Unmarshal(content, &settings); err != nil {
		return err
	}
	p.files[configFile] = content
	p.template = string(settings.ChatTemplate)
	for _, t := range []struct {
		name string
		text tokenText
		id   *int32
	}{{"bos_token", settings.BOS, &p.bos}, {"eos_token", settings.EOS, &p.eos}} {
		if t.text == "" {
			continue
		}
		id, ok := p.ids[string(t.text)]
		if !ok {
			return fmt.Errorf("%s %q: %s has no such token", t.name, t.text, tokenizerFile)
		}
		*t.id = id
	}
	return nil
}

// setTokens sets the vocabulary and the added tokens, which may or may not be part of it.
func (p *pipeline) setTokens(vocab map[string]int32, added []addedToken) error {
	p.ids = make(map[string]int32, len(vocab)+len(added))
	p.tokens = make(map[int32]string, len(vocab)+len(added))
	for text, id := range vocab {
		if err := p.addToken(id, text); err != nil {
			return err
		}
	}
	p.special = make(map[int32]bool)
	var verbatim, normalized []match
	b := newBudget(context.Background(), sizeOf(added))
	for _, a := range added {
		if err := p.addToken(a.ID, a.Content); err != nil {
			return err
		}
		if a.Special {
			p.special[a.ID] = true
		}
		m := match{a.Content, a.ID, a.SingleWord, a.LStrip, a.RStrip}
		if a.Normalized {
			m.text = p.normalize(&b, a.Content, true)
			normalized = append(normalized, m)
			p.tokens[a.ID] = m.text
		} else {
			verbatim = append(verbatim, m)
		}
	}
	p.verbatim, p.normalized = newMatcher(verbatim), newMatcher(normalized)
	return nil
}

// sizeOf returns the number of bytes of the texts of tokens.
func sizeOf(added []addedToken) (bytes int) {
	for _, a := range added {
		bytes += len(a.Content)
	}
	return bytes
}

func (p *pipeline) addToken(id int32, text string) error {
	if id < 0 {
		return fmt.Errorf("token %q: id %d: must be at least 0", text, id)
	}
	if other, ok := p.tokens[id]; ok && other != text {
		return fmt.Errorf("id %d is given to two tokens, %q and %q", id, min(text, other), max(text, other))
	}
	if other, ok := p.ids[text]; ok && other != id {
		return fmt.Errorf("token %q has two ids, %d and %d", text, other, id)
	}
	p.ids[text] = id
	p.tokens[id] = text
	p.vocab = max(p.vocab, int(id)+1)
	return nil
}

// parseTokenizer compiles the content of a tokenizer.json.
func parseTokenizer(content []byte) (_ *pipeline, err error) {
	defer caught(&err)
	var j tokenizerJSON
	if err := json.Unmarshal(content, &j); err != nil {
		return nil, err
	}
	p := &pipeline{
		name:  tokenizerFile,
		bos:   none,
		eos:   none,
		files: map[string][]byte{tokenizerFile: content},
	}
	p.chat = sync.OnceValues(p.compileChat)
	byteLevel, err := p.setPreTokenizers(j.PreTokenizer)
	if err != nil {
		return nil, err
	}
	vocab, err := p.setModel(&j.Model, byteLevel)
	if err != nil {
		return nil, err
	}
	for _, set := range []func() error{
		func() error { return p.setNormalizers(j.Normalizer) },
		func() error { return p.setTokens(vocab, j.AddedTokens) },
		func() error { return p.setTemplate(j.PostProcessor) },
		func() error { return p.setDecoders(j.Decoder) },
	} {
		if err := set(); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// setModel sets the model and returns its vocabulary.
func (p *pipeline) setModel(j *modelJSON, byteLevel bool) (map[string]int32, error) {
	if j.Type == "Unigram" {
		u, err := newUnigram(j)
		if err != nil {
			return nil, err
		}
		p.model = u
		return u.vocab, nil
	}
	vocab, err := readVocab(j.Vocab)
	if err != nil {
		return nil, err
	}
	b, err := newBPE(j, vocab, byteLevel)
	p.model = b
	return vocab, err
}
