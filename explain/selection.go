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
	t, err := n.try()
	if err != nil {
		return s, nil, err
	}
	if s.Idle, err = n.idle(t); err != nil {
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
	maps, err := n.maps(t)
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

// ofItself returns the first pattern of m for the maps that a pattern stands for, taken for a name; −1 for none.
func (n *selection) ofItself(m matchers, name string) (int, error) {
	found, err := n.all(m, name)
	for i, p := range m.all {
		if p.Name == name {
			found = append(found, i)
			break
		}
	}
	if len(found) == 0 {
		return -1, err
	}
	return slices.Min(found), err
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
	// Names are patterns of the file that match them, and two of them joined by "and" where a map
	// has its rank by one and its α by the other.
	Names []string `json:"names"`
	Rank  int      `json:"rank"`
	Alpha float64  `json:"alpha"`
	Gamma float64  `json:"gamma"`
}

// maps returns what the patterns of ranks and alphas give together: a map has the first rank
// and the first α whose patterns match it.
func (n *selection) maps(t trial) (all []Maps, err error) {
	pairs := make(map[string][][2]int)
	for _, pair := range t.pairs {
		for _, name := range slices.Compact(n.namesOf(pair)) {
			pairs[name] = append(pairs[name], pair)
		}
	}
	index := make(map[[2]float64]int)
	shown := make(map[[2]int]bool)
	for _, p := range slices.Concat(n.Ranks, n.Alphas) {
		own := pairs[p.Name]
		if !t.seen[p.Name] {
			if own, err = n.pairsOf(p.Name); err != nil {
				return nil, err
			}
		}
		for _, pair := range own {
			if shown[pair] {
				continue
			}
			shown[pair] = true
			rank, alpha := valueOf(n.ranks, pair[0], float64(n.Rank)), valueOf(n.alphas, pair[1], n.Alpha)
			key := [2]float64{rank, alpha}
			i, ok := index[key]
			if !ok {
				i, index[key] = len(all), len(all)
				all = append(all, Maps{Rank: int(rank), Alpha: alpha, Gamma: n.gamma(alpha, int(rank))})
			}
			all[i].Names = append(all[i].Names, together(n.namesOf(pair)))
		}
	}
	return all, nil
}

// pairsOf returns the pairs of a pattern that matches no map whose name is known: its own, and those with
// patterns of which it cannot be told whether they match some of the same maps.
func (n *selection) pairsOf(name string) ([][2]int, error) {
	rank, err := n.ofItself(n.ranks, name)
	if err != nil {
		return nil, err
	}
	alpha, err := n.ofItself(n.alphas, name)
	if err != nil {
		return nil, err
	}
	pairs := [][2]int{{rank, alpha}}
	for i, other := range n.alphas.all {
		if rank >= 0 && alpha < 0 && n.mayMeet(name, other.Name) {
			pairs = append(pairs, [2]int{rank, i})
		}
	}
	for i, other := range n.ranks.all {
		if alpha >= 0 && rank < 0 && n.mayMeet(name, other.Name) {
			pairs = append(pairs, [2]int{i, alpha})
		}
	}
	return pairs, nil
}

// mayMeet reports whether an adapted map may match two patterns, as far as it can be told from their texts.
// Names that end alike are told apart elsewhere.
func (n *selection) mayMeet(name, other string) bool {
	return !(isLiteral(name) && isLiteral(other)) && !slices.Contains(n.Idle, other)
}

// namesOf returns the names of the patterns of a pair.
func (n *selection) namesOf(pair [2]int) (names []string) {
	if pair[0] >= 0 {
		names = append(names, n.ranks.all[pair[0]].Name)
	}
	if pair[1] >= 0 {
		names = append(names, n.alphas.all[pair[1]].Name)
	}
	return names
}

// valueOf returns the value of pattern i, or otherwise if that is −1.
func valueOf(m matchers, i int, otherwise float64) float64 {
	if i < 0 {
		return otherwise
	}
	return m.all[i].Value
}

// together names the maps that match all of one or two patterns. Of two names, one of which ends with
// the other, the longer one says all.
func together(names []string) string {
	one, other := names[0], names[len(names)-1]
	switch {
	case isLiteral(one) && isLiteral(other) && isEnd(other, one):
		return one
	case isLiteral(one) && isLiteral(other) && isEnd(one, other):
		return other
	case one == other:
		return one
	}
	return one + " and " + other
}

// isEnd reports whether a name is another one, or what follows one of its dots.
func isEnd(end, name string) bool { return name == end || strings.HasSuffix(name, "."+end) }
