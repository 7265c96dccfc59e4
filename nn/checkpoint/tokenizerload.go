package checkpoint

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
)

// readTokenizer reads the folder's tokenizer; config has BOS and EOS where
// the tokenizer's own files do not tell.
func readTokenizer(dir folder, c *config) (*pipeline, error) {
	content, err := dir.read(tokenizerFile)
	if err != nil {
		return nil, err
	}
	p, err := parseTokenizer(content)
	if err != nil {
		return nil, dir.wrap(tokenizerFile, err)
	}
	settings, err := dir.read(tokenizerConfigFile)
	if errors.Is(err, fs.ErrNotExist) {
		settings, err = nil, nil
	}
	if err != nil {
		return nil, err
	}
	if settings != nil {
		if err := p.setSettings(settings); err != nil {
			return nil, dir.wrap(tokenizerConfigFile, err)
		}
	}
	if p.bos == none && len(c.BOS) > 0 {
		p.bos = c.BOS[0]
	}
	if p.eos == none && len(c.EOS) > 0 {
		p.eos = c.EOS[0]
	}
	for _, id := range []int32{p.bos, p.eos} {
		if id != none && p.tokens[id] == "" {
			return nil, dir.errorf(configFile, "bos_token_id %d, eos_token_id %d: %s has no token %d",
				p.bos, p.eos, tokenizerFile, id)
		}
	}
	return p, nil
}

// setSettings takes BOS and EOS from the content of tokenizer_config.json.
func (p *pipeline) setSettings(content []byte) error {
	var settings tokenizerConfigJSON
	if err := json.Unmarshal(content, &settings); err != nil {
		return err
	}
	p.files[tokenizerConfigFile] = content
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

// setTokens takes the vocabulary and the added tokens, which may be part of
// it or not.
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
	for _, a := range added {
		if a.SingleWord || a.LStrip || a.RStrip {
			return fmt.Errorf("added token %q: single_word, lstrip and rstrip are not supported", a.Content)
		}
		if err := p.addToken(a.ID, a.Content); err != nil {
			return err
		}
		if a.Special {
			p.special[a.ID] = true
		}
		if a.Normalized {
			text := p.normalize(a.Content, true)
			normalized = append(normalized, match{text, a.ID})
			p.tokens[a.ID] = text
		} else {
			verbatim = append(verbatim, match{a.Content, a.ID})
		}
	}
	p.verbatim, p.normalized = newMatcher(verbatim), newMatcher(normalized)
	return nil
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
func parseTokenizer(content []byte) (*pipeline, error) {
	var j tokenizerJSON
	if err := json.Unmarshal(content, &j); err != nil {
		return nil, err
	}
	p := &pipeline{
		bos:   none,
		eos:   none,
		files: map[string][]byte{tokenizerFile: content},
	}
	byteLevel, err := p.setPreTokenizers(j.PreTokenizer)
	if err != nil {
		return nil, err
	}
	if p.model, err = newBPE(j.Model, byteLevel); err != nil {
		return nil, err
	}
	for _, set := range []func() error{
		func() error { return p.setNormalizers(j.Normalizer) },
		func() error { return p.setTokens(j.Model.Vocab, j.AddedTokens) },
		func() error { return p.setTemplate(j.PostProcessor) },
		func() error { return p.setDecoders(j.Decoder) },
	} {
		if err := set(); err != nil {
			return nil, err
		}
	}
	return p, nil
}
