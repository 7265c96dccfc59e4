package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

func TestCompletion(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"run q", "quickstart\n"}, {"show q", "quickstart\n"}, {"run quickstart --set ran", "rank=\n"},
		{"check quickstart --set l", "lr=\n"},
	} {
		var out, said bytes.Buffer
		code := run(context.Background(), append([]string{"__complete"}, strings.Fields(c.args)...), &out, &said)
		if code != 0 || !strings.Contains(out.String(), c.want) {
			t.Errorf("%s: exit status %d\n%s%s", c.args, code, &out, &said)
		}
	}
}
