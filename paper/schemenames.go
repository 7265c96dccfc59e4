package paper

// SchemeNames are the names that tables and figures give to the schemes of a view, by scheme.
func (v View) SchemeNames() map[string]string {
	names := make(map[string]string, len(v.schemes))
	for _, s := range v.schemes {
		names[s] = schemeLabel(s)
	}
	return names
}
