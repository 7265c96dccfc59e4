package explain

import (
	"slices"
	"strings"
)

// outside are the maps that lie in no layer, so that their whole names have no dot.
var outside = []string{"lm_head", "score", "classifier"}

// idle returns the patterns of ranks, alphas and maps left out that match no adapted map, as
// far as it can be told without the model, by a trial on the names of a well-known one. Names of maps
// in layers have dots. So an expression that can match no dot matches the last part of a name, or
// nothing if it must match it all.
func (n *selection) idle(t trial) (idle []string, err error) {
	ends := n.adapted()
	for _, m := range slices.Concat(n.ranks.all, n.alphas.all) {
		used, err := n.used(m, ends)
		if err != nil {
			return nil, err
		}
		used = used && (t.used[m.Name] || !t.seen[m.Name])
		if !used && !slices.Contains(idle, m.Name) {
			idle = append(idle, m.Name)
		}
	}
	for _, name := range n.Exclude {
		if !isLiteral(name) {
			idle = append(idle, name)
		}
	}
	if n.leaves != nil {
		used, err := n.matchesAny(*n.leaves, outside)
		if err == nil && !used && isDotless(n.leaves.Name) {
			idle = append(idle, n.leaves.Name)
		}
		return idle, err
	}
	return idle, nil
}

// adapted returns the last parts of the names of the maps that are adapted, or nil if they
// are not known.
func (n *selection) adapted() (ends []string) {
	if len(n.Targets) == 0 || n.Targets[0] == allLinear {
		return nil
	}
	for _, name := range n.Targets {
		ends = append(ends, last(name))
	}
	return ends
}

// used reports whether a pattern of ranks or alphas may match a map whose name has one of ends
// as its last part.
func (n *selection) used(m matcher, ends []string) (bool, error) {
	switch {
	case isLiteral(m.Name) && n.leavesOut(m.Name):
		return false, nil
	case isLiteral(m.Name):
		return m.Name[0] != '.' && (ends == nil || slices.ContainsFunc(n.Targets, func(target string) bool {
			return isEnd(target, m.Name) || isEnd(m.Name, target)
		})), nil
	case !isDotless(m.Name):
		return true, nil
	case strings.HasPrefix(m.Name, "^"):
		return n.matchesAny(m, outside)
	}
	if ends == nil {
		return true, nil
	}
	return n.matchesAny(m, ends)
}

// leavesOut reports whether PEFT adapts no map of that name: all-linear has neither the head nor
// the embedding, names do not begin with those of PEFT's own wrapper, as stored weights do, and
// some are left out.
func (n *selection) leavesOut(name string) bool {
	isOther := last(name) == "embed_tokens" || slices.Contains(outside, last(name))
	return isOther && n.onlyAllLinear() || strings.HasPrefix(name, "base_model.model.") ||
		slices.ContainsFunc(n.Exclude, func(out string) bool { return isEnd(out, name) })
}

// isDotless reports whether no name with a dot can match an expression.
func isDotless(expression string) bool {
	return !strings.ContainsAny(expression, `.\`) && !strings.Contains(expression, "[^")
}

func (n *selection) matchesAny(m matcher, names []string) (bool, error) {
	for _, name := range names {
		if ok, err := n.matches(m, name); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}
