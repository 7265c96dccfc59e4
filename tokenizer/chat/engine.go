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

// only gives the engine the one template there is.
type only string

func (o only) Read(string) (io.Reader, error) { return strings.NewReader(string(o)), nil }

func (o only) Resolve(path string) (string, error)    { return path, nil }
func (o only) Inherit(string) (loaders.Loader, error) { return o, nil }

// generation are the tags that mark what an assistant said, for Hugging Face;
// here it is found without them.
var generation = regexp.MustCompile(`(\{%[-+]?\s*)(generation|endgeneration)(\s*[-+]?%\})`)

func compile(source string) (t *exec.Template, err error) {
	defer recoverAs(&err)
	if len(source) > maxSource {
		return nil, fmt.Errorf("%d bytes: must be at most %d", len(source), maxSource)
	}
	source = generation.ReplaceAllStringFunc(source, func(tag string) string {
		if strings.Contains(tag, "endgeneration") {
			return strings.Replace(tag, "endgeneration", "endif", 1)
		}
		return strings.Replace(tag, "generation", "if true", 1)
	})
	structures, err := structures()
	if err != nil {
		return nil, err
	}
	environment := &exec.Environment{
		Context:           exec.EmptyContext().Update(builtins.GlobalFunctions).Update(builtins.GlobalVariables),
		Filters:           builtins.Filters,
		Tests:             builtins.Tests,
		ControlStructures: structures,
		Methods:           builtins.Methods,
	}
	environment.Context.Set("range", numbers)
	environment.Context.Set("raise_exception", func(message string) (string, error) {
		return "", errors.New(message)
	})
	return exec.NewTemplate("chat_template", settings(), only(source), environment)
}

func execute(t *exec.Template, variables map[string]any) (text string, err error) {
	defer recoverAs(&err)
	variables[depthName] = new(int)
	return t.ExecuteToString(exec.NewContext(variables))
}

// longError is where an error is cut: the engine quotes sources and says where
// it was in every macro, before it comes to the cause.
const longError = 400

// recoverAs makes an error of a panic, as the engine has some for templates
// that are wrong.
func recoverAs(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%v", r)
	}
	if *err == nil {
		return
	}
	if text := (*err).Error(); len(text) > longError {
		*err = errors.New("… " + strings.ToValidUTF8(text[len(text)-longError:], ""))
	}
}
