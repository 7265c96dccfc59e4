package explain

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

// inLayer finds the number of the layer in the name of a map.
var inLayer = regexp.MustCompile(`^(.*?)\.(\d+)\.(.*)$`)

// folded returns the settings with targets that name the maps of each layer replaced by the
// ends of these names, if they are the same in every layer from 0 on, and a remark on it.
func (s Settings) folded() (Settings, []string) {
	layers := make(map[int][]string)
	for _, name := range s.Targets {
		part := inLayer.FindStringSubmatch(name)
		if part == nil {
			return s, nil
		}
		n, err := strconv.Atoi(part[2])
		if err != nil {
			return s, nil
		}
		layers[n] = append(layers[n], part[1]+"."+part[3])
	}
	for n := range len(layers) {
		if slices.Sort(layers[n]); !slices.Equal(layers[n], layers[0]) {
			return s, nil
		}
	}
	if len(layers) < 2 {
		return s, nil
	}
	var ends []string
	for _, name := range layers[0] {
		if end := last(name); !slices.Contains(ends, end) {
			ends = append(ends, end)
		}
	}
	s.Targets = ends
	if slices.Equal(slices.Sorted(slices.Values(linear)), slices.Sorted(slices.Values(ends))) {
		s.Targets = []string{allLinear}
	}
	return s, []string{fmt.Sprintf("the targets are those of layers 0 to %d: right if the model has no more layers",
		len(layers)-1)}
}
