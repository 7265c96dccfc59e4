package sweeptest

import "testing"

func TestSameContentsFails(t *testing.T) {
	if SameContents(map[string]string{"a": "1"}, map[string]string{"a": "2"}) == nil || SameContents(nil, nil) == nil ||
		SameContents(map[string]string{"a": "1"}, map[string]string{"a": "1", "b": ""}) == nil {
		t.Error("differences pass")
	}
}
