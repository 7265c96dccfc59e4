package hub

import (
	"path"
	"regexp"
	"strings"
)

// Name is the name of a model, ORG/NAME[/FILE.gguf][@REVISION], or of an adapter,
// ORG/NAME[@REVISION].
type Name struct {
	Repo     string // ORG/NAME
	File     string // a GGUF file; empty for a model in safetensors
	Revision string // branch, tag or commit; main if none is given
	Adapter  bool   // a PEFT adapter is wanted, not a model
}

var (
	repoPart     = `[A-Za-z0-9][A-Za-z0-9._-]*`
	namePattern  = regexp.MustCompile(`^(` + repoPart + `/` + repoPart + `)(/.+\.gguf)?(?:@(.+))?$`)
	localPattern = regexp.MustCompile(`^` + repoPart + `(/` + repoPart + `)*$`)
	commitFormat = regexp.MustCompile(`^[0-9a-f]{40}$`)
	sha256Format = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// ParseName reads a name. ok is false for a text that cannot be a name.
func ParseName(text string) (n Name, ok bool) {
	m := namePattern.FindStringSubmatch(text)
	if m == nil {
		return n, false
	}
	n = Name{Repo: m[1], File: strings.TrimPrefix(m[2], "/"), Revision: m[3]}
	if n.Revision == "" {
		n.Revision = "main"
	}
	return n, isLocal(n.Repo) && !strings.HasSuffix(n.Repo, ".gguf") && isLocal(n.Revision) &&
		(n.File == "" || isLocal(n.File))
}

// isLocal reports whether a relative path stays inside its folder, on every system.
func isLocal(p string) bool {
	return localPattern.MatchString(p) && path.Clean(p) == p && !strings.Contains(p, "..")
}

// String returns the shortest form of the name.
func (n Name) String() string {
	s := n.Repo
	if n.File != "" {
		s += "/" + n.File
	}
	if n.Revision != "main" {
		s += "@" + n.Revision
	}
	return s
}
