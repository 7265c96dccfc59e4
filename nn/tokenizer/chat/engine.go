package chat

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/nikolalohinski/gonja/v2/builtins"
	"github.com/nikolalohinski/gonja/v2/config"
	"github.com/nikolalohinski/gonja/v2/exec"
	"github.com/nikolalohinski/gonja/v2/loaders"
)

// settings are those of Hugging Face's environment (transformers,
// utils/chat_template_utils.py).
func settings() *config.Config {
	c := config.New()
	c.TrimBlocks = true
	c.LeftStripBlocks = true
	return c
}

// only is the one template that a template may load: itself.
type only string

const rootName = "chat_template"

func (o only) Read(path string) (io.Reader, error) {
	if path != rootName {
		return nil, fmt.Errorf("loads %q: a chat template may load nothing", path)
	}
	return strings.NewReader(string(o)), nil
}

func (o only) Resolve(path string) (string, error)    { return path, nil }
func (o only) Inherit(string) (loaders.Loader, error) { return o, nil }

// generation are the tags that mark what an assistant said, for Hugging Face;
// here it is found without them.
var generation = regexp.MustCompile(`(\{%[-+]?\s*)(generation|endgeneration)(\s*[-+]?%\})`)

func compile(source string) (t *exec.Template, err error) {
	defer recoverAs(&err)
	source = generation.ReplaceAllStringFunc(source, func(tag string) string {
		if strings.Contains(tag, "endgeneration") {
			return strings.Replace(tag, "endgeneration", "endif", 1)
		}
		return strings.Replace(tag, "generation", "if true", 1)
	})
	environment := &exec.Environment{
		Context:           exec.EmptyContext().Update(builtins.GlobalFunctions).Update(builtins.GlobalVariables),
		Filters:           builtins.Filters,
		Tests:             builtins.Tests,
		ControlStructures: builtins.ControlStructures,
		Methods:           builtins.Methods,
	}
	environment.Context.Set("raise_exception", func(message string) (string, error) {
		return "", errors.New(message)
	})
	return exec.NewTemplate(rootName, settings(), only(source), environment)
}

func execute(t *exec.Template, variables map[string]any) (text string, err error) {
	defer recoverAs(&err)
	return t.ExecuteToString(exec.NewContext(variables))
}

// recoverAs makes an error of a panic, as the engine has some for templates
// that are wrong.
func recoverAs(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%v", r)
	}
}
