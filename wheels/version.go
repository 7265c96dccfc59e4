package main

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// prerelease is the end of a tag such as v1.2.0-rc.1, in the three forms that Python has too.
var prerelease = regexp.MustCompile(`^-(alpha|beta|rc)\.?(\d+)$`)

// pythonVersion writes a version that the go command gave a program in Python's form (PEP 440,
// packaging.python.org/en/latest/specifications/version-specifiers):
//
//	v1.2.0                                   1.2.0                             the commit of a tag
//	v1.2.0-rc.1                              1.2.0rc1
//	v1.2.1-0.20261130030548-d649d98abcde     1.2.0.post20261130030548+gd649d98abcde     after it
//	v0.0.0-20261130030548-d649d98abcde       0.0.0.post20261130030548+gd649d98abcde     no tag
//	v1.2.0+dirty                             1.2.0+dirty                       changes not committed
func pythonVersion(v string) (string, error) {
	if !semver.IsValid(v) {
		return "", fmt.Errorf("the program has the version %q, which names no commit: "+
			"build in a git checkout, where git can be run", v)
	}
	dirty := semver.Build(v)
	tag, post, local := strings.TrimSuffix(v, dirty), "", dirty
	if module.IsPseudoVersion(tag) {
		base, at, revision, err := pseudo(tag)
		if err != nil {
			return "", err
		}
		tag, post, local = base, ".post"+at, "+g"+revision+strings.Replace(dirty, "+", ".", 1)
	}
	release, err := pythonRelease(tag)
	if err != nil {
		return "", err
	}
	return release + post + local, nil
}

// pseudo takes a Go version apart that names a commit after a tag. Without a tag before it, base
// is v0.0.0.
func pseudo(v string) (base, at, revision string, err error) {
	base, err = module.PseudoVersionBase(v)
	if err != nil {
		return "", "", "", err
	}
	t, err := module.PseudoVersionTime(v)
	if err != nil {
		return "", "", "", err
	}
	if revision, err = module.PseudoVersionRev(v); err != nil {
		return "", "", "", err
	}
	return cmp.Or(base, "v0.0.0"), t.Format("20060102150405"), revision, nil
}

// pythonRelease writes a tag in Python's form.
func pythonRelease(tag string) (string, error) {
	suffix := semver.Prerelease(tag)
	release := strings.TrimPrefix(strings.TrimSuffix(tag, suffix), "v")
	if suffix == "" {
		return release, nil
	}
	m := prerelease.FindStringSubmatch(suffix)
	if m == nil {
		return "", fmt.Errorf("the tag %s has no form in Python: use -alpha.N, -beta.N or -rc.N", tag)
	}
	letters := map[string]string{"alpha": "a", "beta": "b", "rc": "rc"}
	return release + letters[m[1]] + m[2], nil
}
