package jinja

import (
	"context"
	"errors"
	"fmt"
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
	{"{{ lipsum(10**8) }}", "lipsum: not supported"},
	{"{{ range(10**10)|join }}", "range: more than 100000 numbers"},
	{"{{ [1, 2]|join('a' * 10**10) }}", "bytes of text and lists"},
	{"{{ '%10000000000d'|format(1) }}", "not supported"},
	{"{% include 'a' %}", "{% include %} is not supported"},
	{"{% extends 'a' %}", "{% extends %} is not supported"},
	{"{% import 'a' as b %}", "{% import %} is not supported"},
	{"{% from 'a' import b %}", "{% from %} is not supported"},
	{"{{ ''.__class__.__mro__ }}", "__class__ of a value of type str is not supported"},
	{"{{ 1|attr('__class__') }}", "filter attr is not supported"},
	{"{{ '%99999999d'|format(1) }}", "not supported"},
	{"{{ 'a'|map('center', 10**9)|list }}", "bytes of text and lists"},
	{"{{ range(100000)|map('string')|map('center', 1000)|list }}", "bytes of text and lists"},
	{"{{ (range(100000)|list * 3)|sort|length }}{{ (range(100000)|list * 3)|sort|length }}", "template"},
	{"{{ (range(9999)|list)|groupby('x', default=1)|tojson(indent=999) }}", "bytes of text and lists"},
	{"{% set s = 'a' * 10**6 %}{{ " + strings.Repeat("s ~ ", 50_000) + "s }}", "bytes of text and lists"},
	{"{{ [1]|sort(attribute=',' * 10**7) }}", "bytes of text and lists"},
	{"{{ range(100000)|sort(attribute=',' * 1000) }}", "bytes of text and lists"},
	{"{{ [1]|map(attribute='.' * 10**7)|list }}", "bytes of text and lists"},
	{"{% for i in range(100) %}{{ strftime_now('a' * 10**6) }}{% endfor %}", "bytes of text and lists"},
	{"{% set s = 'a' * 10**6 %}{{ ([s] * 100000)|unique(case_sensitive=true)|list|length }}", "steps"},
	{"{% set s = 'a' * 10**6 %}{% set d = {'b': 1} %}{% for i in range(99999) %}{% if s in d %}{% endif %}" +
		"{% endfor %}", "steps"},
	{"{% set s = 'a' * 10**6 %}{% set d = {'b': 1} %}{% for i in range(99999) %}{% set x = d.get(s) %}" +
		"{% endfor %}", "steps"},
	{"{% set s = 'a' * 10**6 %}{% for i in range(99999) %}{% set x = 1[s] %}{% endfor %}", "steps"},
	{"{% set s = 'a' * 10**6 %}{% for i in range(99999) %}{% set x = {s: 1} == {s: 1} %}{% endfor %}", "steps"},
	{"{% set s = '%%' * 10**6 %}{% for i in range(99999) %}{% set x = s % () %}{% endfor %}", "template"},
	{"{% set s = '%f' * 10**5 %}{% set t = (10.0**300,) * 10**5 %}{% for i in range(99999) %}" +
		"{% set x = s % t %}{% endfor %}", "not supported"},
	{"{% set f = '1' * 300 + '.0' %}{% set s = '%f' * 10**5 %}{% set t = (f|float,) * 10**5 %}" +
		"{% for i in range(99999) %}{% set x = s % t %}{% endfor %}", "template"},
	{"{% set s = '{}' * 10**5 %}{% for i in range(99999) %}{% set x = s.format(1) %}{% endfor %}",
		"there is no argument"},
	{"{{ ('\x01' * 10**7)|tojson }}", "bytes of text and lists"},
	{"{{ ['\x01' * 10**7] }}", "template"},
	{"{% set v = {" + strings.Repeat("'a': 1, ", 20_000) + strings.Join(distinct(5_000, "'k%d': 1"), ", ") +
		"}.items() %}{% for i in range(99999) %}{% for x in v %}{% break %}{% endfor %}{% endfor %}",
		"bytes of text and lists"},
	{"{% for i in range(99999) %}{% continue %}" + strings.Join(distinct(8_000, "{%% set v%d = 1 %%}"), "") +
		"{% endfor %}", "steps"},
	{"{% for i in range(99999) %}" + strings.Join(distinct(5_000, "{%% macro f%d() %%}{%% endmacro %%}"), "") +
		"{% endfor %}", "steps"},
	{"{% set ns = namespace(g=[1]) %}{% for i in range(5000) %}{% set ns.g = ns.g|map('string') %}{% endfor %}" +
		"{{ ns.g|first }}", "within one another"},
	{"{% set ns = namespace(g=[1]) %}{% for i in range(5000) %}{% set ns.g = ns.g|unique %}{% endfor %}" +
		"{{ ns.g|first }}", "within one another"},
	{"{% macro f(" + strings.Join(distinct(300, "a%d"), ", ") + ") %}{% endmacro %}", "more than 255 parameters"},
	{"{{ dict(" + strings.Join(distinct(20_000, "a%d=1"), ", ") + ") }}", "more than 255 arguments"},
	{"{% for i in range(99999) %}{{ " + strings.Repeat("a", 200_000) + " }}{% endfor %}",
		"a name of more than 1000 bytes"},
	{"{% set s = 'ab ' * 10**5 %}{% for i in range(99999) %}{% set x = s|wordcount %}{% endfor %}", "steps"},
	{"{{ '\xff'|tojson }}", "a byte that is not UTF-8"},
	{"{{ raise_exception('a' * 10**7) }}", "the template refuses this conversation: aaa"},
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

// distinct returns n texts with a number in each.
func distinct(n int, format string) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(format, i)
	}
	return list
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

// A rendering ends with its context, before its steps are spent.
func TestRenderEndsWithItsContext(t *testing.T) {
	template, err := New("{% for i in range(1000) %}{{ i }}{% endfor %}")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	r := &run{budget: newBudget(ctx, 0)}
	r.spend(1)
	stop()
	func() {
		defer caught(&err)
		for range 2 * pauseSteps {
			r.spend(1)
		}
	}()
	if !errors.Is(err, context.Canceled) || r.steps < r.maxSteps-pauseSteps-2 {
		t.Errorf("%v, with %d steps left", err, r.steps)
	}
	if _, err := template.Render(ctx, nil, date); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
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
