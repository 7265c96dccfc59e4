package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"ranksweep/userfile"
)

// partOf are the files by which a folder is meant that holds a model or an adapter.
var partOf = regexp.MustCompile(`^(config\.json|model(-\d+-of-\d+)?\.safetensors|model\.safetensors\.index\.json|` +
	`adapter_config\.json|adapter_model\.safetensors)$`)

// folderOf returns the folder of a model or an adapter of which name is a file, and any other
// name as it is. Another file of weights by itself, and a link to nothing, are errors.
func folderOf(name string) (string, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return name, userfile.DanglingLink(name)
	case err != nil || !info.Mode().IsRegular():
		return name, nil // whoever reads it says what is wrong
	case partOf.MatchString(filepath.Base(name)):
		return filepath.Dir(name), nil
	case slices.Contains([]string{".safetensors", ".bin", ".pt", ".pth", ".ckpt"}, strings.ToLower(filepath.Ext(name))):
		return "", fmt.Errorf("%q is a single file: name a folder with config.json and model.safetensors, or with "+
			"adapter_config.json and adapter_model.safetensors", name)
	}
	return name, nil
}

// hubPage matches the address of a model on the hub, or of a file of it there.
var hubPage = regexp.MustCompile(`^https?://(?:huggingface\.co|hf\.co)/([^/?#]+/[^/?#]+)` +
	`(?:/(?:tree|blob|resolve|raw)/([^/?#]+)(?:/([^?#]*))?)?/?(?:[?#].*)?$`)

// ofAddress turns a web address of the hub into the name of the model there: of a GGUF file, the
// name of that file. Other texts stay as they are, and another web address is an error.
func ofAddress(text string) (string, error) {
	m := hubPage.FindStringSubmatch(text)
	if m == nil {
		if strings.Contains(text, "://") {
			return "", fmt.Errorf("%q is a web address that is not of a model on the Hugging Face hub: "+
				"download the model and name its folder or .gguf file, or write ORG/NAME for one on the hub", text)
		}
		return text, nil
	}
	name := m[1]
	if strings.HasSuffix(m[3], ".gguf") {
		name += "/" + m[3]
	}
	if m[2] != "" && m[2] != "main" {
		name += "@" + m[2]
	}
	return name, nil
}
