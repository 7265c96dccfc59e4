package explain

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ranksweep/lora/peft"
)

// selection matches names of maps as PEFT does.
type selection struct {
	Settings
	ranks, alphas   matchers
	targets, leaves *matcher  // of Pattern and ExcludePattern; nil if there are none
	until           time.Time // when matching must have ended
}

// longest is the time that the matching of all patterns of a file may take.
const longest = 10 * time.Second

// matcher is a pattern that can be matched.
type matcher struct {
	Pattern
	expression peft.Expression
}

// matchers find the first of many patterns that matches a name.
type matchers struct {
	all     []matcher
	literal map[string]int // the first of those that are names, or endings of names
	others  []int          // those that are expressions
}

// match returns the settings without the patterns that match no map, which are then Idle, and
// the maps that have a rank or an α of their own.
func (s Settings) match() (Settings, []Maps, error) {
	n, err := newSelection(s)
	if err != nil {
		return s, nil, err
	}
	if s.Idle, err = n.idle(); err != nil {
		return s, nil, err
	}
	isIdle := func(name string) bool { return slices.Contains(s.Idle, name) }
	pattern := func(p Pattern) bool { return isIdle(p.Name) }
	s.Ranks, s.Alphas = slices.DeleteFunc(s.Ranks, pattern), slices.DeleteFunc(s.Alphas, pattern)
	s.Exclude = slices.DeleteFunc(s.Exclude, isIdle)
	if isIdle(s.ExcludePattern) {
		s.ExcludePattern = ""
	}
	if n.targets != nil {
		used, err := n.matchesAny(*n.targets, outside)
		if s.IdleTargets = !used && isDotless(s.Pattern); err != nil {
			return s, nil, err
		}
	}
	n.Settings = s
	maps, err := n.maps()
	return s, maps, err
}

func newSelection(s Settings) (n *selection, err error) {
	n = &selection{Settings: s, until: time.Now().Add(longest)}
	if n.ranks, err = newMatchers(s.Ranks); err != nil {
		return nil, fmt.Errorf("pattern of ranks: %w", err)
	}
	if n.alphas, err = newMatchers(s.Alphas); err != nil {
		return nil, fmt.Errorf("pattern of alphas: %w", err)
	}
	if n.targets, err = newTarget(s.Pattern); err != nil {
		return nil, fmt.Errorf("pattern of targets: %w", err)
	}
	if n.leaves, err = newTarget(s.ExcludePattern); err != nil {
		return nil, fmt.Errorf("pattern of maps left out: %w", err)
	}
	return n, nil
}

func newTarget(text string) (*matcher, error) {
	if text == "" {
		return nil, nil
	}
	e, err := peft.Target(text)
	return &matcher{Pattern{Name: text}, e}, err
}

func newMatchers(patterns []Pattern) (m matchers, err error) {
	m.literal = make(map[string]int)
	for i, p := range patterns {
		e, err := peft.Pattern(p.Name)
		if err != nil {
			return m, err
		}
		m.all = append(m.all, matcher{p, e})
		if _, ok := m.literal[p.Name]; !isLiteral(p.Name) {
			m.others = append(m.others, i)
		} else if !ok {
			m.literal[p.Name] = i
		}
	}
	return m, nil
}

// matches reports whether a pattern matches a name.
func (n *selection) matches(m matcher, name string) (bool, error) {
	if time.Now().After(n.until) {
		return false, fmt.Errorf("the patterns take longer than %v to match, last %q: write them more simply",
			longest, m.Name)
	}
	return m.expression.Matches(name)
}

// first returns the value of the first pattern of m that matches a name.
func (n *selection) first(m matchers, name string, otherwise float64) (float64, error) {
	first := len(m.all)
	for _, end := range endings(name) {
		if i, ok := m.literal[end]; ok {
			first = min(first, i)
		}
	}
	for _, i := range m.others {
		if i > first {
			break
		}
		if ok, err := n.matches(m.all[i], name); err != nil {
			return 0, err
		} else if ok || m.all[i].Name == name { // a pattern stands for the maps that it matches
			first = i
			break
		}
	}
	if first == len(m.all) {
		return otherwise, nil
	}
	return m.all[first].Value, nil
}

// endings returns a name and what follows each of its dots.
func endings(name string) (ends []string) {
	for {
		ends = append(ends, name)
		_, rest, ok := strings.Cut(name, ".")
		if !ok {
			return ends
		}
		name = rest
	}
}

// Maps are maps that share a rank and an α of their own.
type Maps struct {
	Names []string `json:"names"` // patterns of the file that match them
	Rank  int      `json:"rank"`
	Alpha float64  `json:"alpha"`
	Gamma float64  `json:"gamma"`
}

// maps returns what the patterns of ranks and alphas give together: a map has the first rank
// and the first α whose patterns match it.
func (n *selection) maps() (all []Maps, err error) {
	index := make(map[[2]float64]int)
	seen := make(map[string]bool)
	for _, p := range slices.Concat(n.Ranks, n.Alphas) {
		if seen[p.Name] {
			continue
		}
		seen[p.Name] = true
		rank, err := n.first(n.ranks, p.Name, float64(n.Rank))
		if err != nil {
			return nil, err
		}
		alpha, err := n.first(n.alphas, p.Name, n.Alpha)
		if err != nil {
			return nil, err
		}
		key := [2]float64{rank, alpha}
		i, ok := index[key]
		if !ok {
			i, index[key] = len(all), len(all)
			all = append(all, Maps{Rank: int(rank), Alpha: alpha, Gamma: n.gamma(alpha, int(rank))})
		}
		all[i].Names = append(all[i].Names, p.Name)
	}
	return all, nil
}
