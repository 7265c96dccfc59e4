package jinja

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// bombs are templates that would take hours or all memory.
var bombs = []struct{ source, want string }{
	{"{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}" +
		"{% endfor %}", "steps: it may never end"},
	{"{{ range(10**10) }}", "range: more than 100000 numbers"},
	{"{{ 'a' * 10**10 }}", "bytes of text and lists"},
	{"{{ 10**10 * 'a' }}", "bytes of text and lists"},
	{"{{ [0] * 10**10 }}", "bytes of text and lists"},
	{"{{ [[]] * 9223372036854775807 }}", "bytes of text and lists"},
	{"{{ 'a'|center(10**10) }}", "bytes of text and lists"},
	{"{{ 'a'.ljust(10**10) }}", "bytes of text and lists"},
	{"{{ 'a'.zfill(9223372036854775807) }}", "bytes of text and lists"},
	{"{{ 'a\nb'|indent(2 * 10**9) }}", "bytes of text and lists"},
	{"{{ [1]|batch(10**9, 'x')|list }}", "bytes of text and lists"},
	{"{{ [1]|slice(10**9)|list }}", "bytes of text and lists"},
	{"{{ [1]|tojson(indent=10**9) }}", "bytes of text and lists"},
	{"{% set ns = namespace(s='ab') %}{% for i in range(60) %}{% set ns.s = ns.s + ns.s %}" +
		"{% endfor %}", "bytes of text"},
	{"{% set ns = namespace(s='ab') %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}" +
		"{% endfor %}", "bytes of text"},
	{"{% set ns = namespace(s=[1]) %}{% for i in range(60) %}{% set ns.s = ns.s + ns.s %}" +
		"{% endfor %}", "bytes of text"},
	{"{% set ns = namespace(s='a') %}{% for i in range(60) %}" +
		"{% set ns.s = ns.s.replace('a', 'aaaa') %}{% endfor %}", "template"},
	{"{% set ns = namespace(s='a') %}{% for i in range(60) %}{% set ns.s = [ns.s, ns.s]|join %}" +
		"{% endfor %}", "bytes of text"},
	{"{% set ns = namespace(s='a') %}{% for i in range(60) %}{% set ns.s = '%s%s' % (ns.s, ns.s) %}" +
		"{% endfor %}", "bytes of text"},
	{"{% set ns = namespace(s=[1]) %}{% for i in range(60) %}{% set ns.s = [ns.s, ns.s] %}" +
		"{% endfor %}{{ ns.s }}", "template"},
	{"{% set ns = namespace(s=[1]) %}{% for i in range(60) %}{% set ns.s = [ns.s, ns.s] %}" +
		"{% endfor %}{{ ns.s == ns.s }}", "steps"},
	{"{% set ns = namespace(s=[1]) %}{% for i in range(9999) %}{% set ns.s = [ns.s] %}{% endfor %}" +
		"{{ ns.s }}", "within one another"},
	{"{% set ns = namespace(s=[1]) %}{% for i in range(9999) %}{% set ns.s = [ns.s] %}{% endfor %}" +
		"{{ ns.s|tojson }}", "within one"},
	{"{% set ns = namespace(s=[]) %}{% for i in range(99999) %}{% set ns.s = ns.s + [i] %}" +
		"{% endfor %}", "bytes of text and lists"},
	{"{% set s = 'a' * 10**6 %}{% for i in range(99999) %}{% if s == s ~ '' %}{% endif %}" +
		"{% endfor %}", "template"},
	{"{% set s = 'a' * 10**6 %}{% for i in range(99999) %}{{ s.find('b') if '' }}{% set x = s in s %}" +
		"{% endfor %}", "steps"},
	{"{% set s = 'a' * 10**6 %}{% for i in range(99999) %}{% set x = s[-1] %}" +
		"{% endfor %}", "steps: it may never end"},
	{"{% set s = 'É' * 10**6 %}{% for i in range(99999) %}{% set x = s|title %}{% endfor %}", "template"},
	{"{% set s = 'É' * 10**6 %}{% for i in range(99999) %}{% set x = s.strip('abcÉ') %}{% endfor %}", "template"},
	{"{% macro f(n) %}{{ f(n) }}{% endmacro %}{{ f(1) }}", "a macro that calls itself without end?"},
	{"{% macro f() %}{% call f() %}{{ caller() }}{% endcall %}{{ caller() }}{% endmacro %}" +
		"{{ f() }}", "calls itself without end?"},
	{"{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}" +
		"{{ f(60) }}", "steps: it may never end"},
	{"{% macro f() %}{{ 'a' * 1000000 }}{{ f() }}{% endmacro %}{{ f() }}", "bytes of text and lists"},
	{"{% for i in range(99999) %}{{ 'a' * 1000 }}{% endfor %}", "bytes of text and lists"},
	{"{% for i in range(99999) %}" + strings.Repeat("x", 1000) + "{% endfor %}", "bytes of text and lists"},
	{"{{ 10 ** 10 ** 10 }}", "beyond 64 bits"},
	{"{{ '%99999999d'|format(1) }}", "not supported"},
	{"{{ 'a'|map('center', 10**9)|list }}", "bytes of text and lists"},
	{"{{ range(100000)|map('string')|map('center', 1000)|list }}", "bytes of text and lists"},
	{"{{ (range(100000)|list * 3)|sort|length }}{{ (range(100000)|list * 3)|sort|length }}", "template"},
	{"{{ (range(9999)|list)|groupby('x', default=1)|tojson(indent=999) }}", "bytes of text and lists"},
	{"{{ " + strings.Repeat("(", 50_000), "brackets within one another"},
	{"{{ " + strings.Repeat("[", 50_000), "brackets within one another"},
	{"{{ " + strings.Repeat("not ", 50_000) + "1 }}", "within one another"},
	{"{{ " + strings.Repeat("-", 50_000) + "1 }}", "within one another"},
	{"{{ 1" + strings.Repeat(" + 1", 50_000) + " }}", "within one another"},
	{"{{ ''" + strings.Repeat("|trim", 40_000) + " }}", "within one another"},
	{"{{ 1" + strings.Repeat(" if 1 else 1", 20_000) + " }}", "within one another"},
	{strings.Repeat("{% if 1 %}", 20_000), "within one another"},
	{strings.Repeat("{% for i in [1] %}", 10_000), "within one another"},
	{strings.Repeat("{% set a = 1 %}{% if a %}{% set b = 1 %}{% endif %}", 5_000) +
		"{{ nothing.at.all }}", "nothing is undefined"},
}

// Every bomb ends with an error that names its bound. With -v, the test logs the time that it
// took and the memory that it allocated.
func TestBombs(t *testing.T) {
	for _, c := range bombs {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		begin := time.Now()
		text, err := render(c.source, nil)
		took := time.Since(begin)
		runtime.ReadMemStats(&after)
		t.Logf("%4d ms %4d MB %.70s", took.Milliseconds(), (after.TotalAlloc-before.TotalAlloc)>>20, c.source)
		if err == nil || !strings.Contains(err.Error(), c.want) || len(err.Error()) > 400 {
			t.Errorf("%.70s: %.70q, %v, want %q", c.source, text, err, c.want)
		}
	}
}

// A larger input raises the bounds of a rendering.
func TestLargeConversation(t *testing.T) {
	content := strings.Repeat("word ", 200_000)
	messages := []any{Pairs{{"role", "user"}, {"content", content}}, Pairs{{"role", "assistant"}, {"content", content}}}
	source := "{% for m in messages %}{% set c = m.content|trim %}{% set ns = namespace(c=c ~ '') %}" +
		"{{ (m.role|upper) + ns.c.replace('word', 'words').split('</think>')[-1].lstrip() }}{% endfor %}"
	text, err := render(source, map[string]any{"messages": messages})
	if want := 2*(len(content)-1+200_000) + len("USERASSISTANT"); err != nil || len(text) != want {
		t.Errorf("%d bytes, %v, want %d", len(text), err, want)
	}
}
