# /// script
# requires-python = ">=3.10"
# dependencies = ["transformers==5.24.0", "jinja2==3.1.6"]
# ///
"""Makes golden.json beside it: transformers' renderings of the templates in
templates.txtar, with the conversations here, and of the snippets here.

    python generate.py
"""

import datetime
import json
import pathlib
import re

from transformers.utils.chat_template_utils import _compile_jinja_template

HERE = pathlib.Path(__file__).parent
DATE = datetime.datetime(2024, 7, 26)

CALL = {"name": "weather", "arguments": {"city": "Zürich <1>", "days": 2, "units": ["C", None, True, 1.5]}}
TOOL = {"type": "function", "function": {
    "name": "weather", "description": "Tells the \"weather\" & more.",
    "parameters": {"type": "object", "required": ["city"], "properties": {
        "city": {"type": "string", "description": " a city ", "enum": ["A", "B"]},
        "days": {"type": "integer", "default": 3},
        "units": {"type": "array", "items": {"type": "string"}}}}}}
CONVERSATIONS = [
    {"messages": [
        {"role": "system", "content": "Be brief. /no_think"}, {"role": "user", "content": " Hi, \"you\" & <me>'s?\n"},
        {"role": "assistant", "content": "Hello é 日本 😀"}, {"role": "user", "content": "1 < 2?"}],
     "add_generation_prompt": True},
    {"messages": [
        {"role": "user", "content": "q"}, {"role": "assistant", "content": "<think>\nhm\n</think>\n\nYes.\n"},
        {"role": "user", "content": "w\n\nx"}, {"role": "assistant", "content": "<think>\nso\n</think>\n\nNo."}],
     "add_generation_prompt": False},
    {"messages": [
        {"role": "user", "content": "Weather?"},
        {"role": "assistant", "content": "", "tool_calls": [{"id": "abcdefghi", "type": "function", "function": CALL}]},
        {"role": "tool", "content": "{\"sun\": 1}", "tool_call_id": "abcdefghi"},
        {"role": "assistant", "content": "Sunny."}, {"role": "user", "content": "Thanks"}],
     "tools": [TOOL], "add_generation_prompt": True},
]

VARIABLES = {
    "s": "Hello World é", "e": "", "n": 3, "f": 2.5, "t": True, "l": [3, 1, 2], "w": ["b", "A", "c", "a"],
    "d": {"b": 1, "A": 2, "c": [1, 2]}, "m": [{"k": "x", "v": 1}, {"k": "Y", "v": 2}, {"k": "x", "v": 3}],
    "o": [1, "a", None, 2.5, [1], {"k": "v"}],
}

# Values, one expression per line. If Jinja reports an error, so must the engine.
EXPRESSIONS = r"""
l[-1] ~ l[-3] ~ l[0]
[l[3], l[-4], s[99], s['x'], none.x, n.y, d.nope]
s[0] ~ s[-1] ~ s[:3] ~ s[-3:] ~ s[::-1] ~ s[1:9:3] ~ s[9:1:-3] ~ s[5:2]
'日本語'[1] ~ '日本語'|length ~ '日本語'[-1:]
[l[1:], l[:-1], l[::-1], l[5:], l[-9:2], l[::2], (1, 2, 3)[1:], range(9)[2:7:2]]
l[:none]
l['x':]
l[::0]
undefined_thing[1:]
d[[1]]
[1, 1.0, -0.0, 1e16, 1e15, 1e-4, 1e-5, 1.5e300, 0.1 + 0.2, 2 / 3, 1 / 2, 4 / 2]
[7 // 2, -7 // 2, 7 // -2, 7 % 3, -7 % 3, 7 % -3, 7.5 // 2, -7.5 % 2, 7.5 % -2, 1e16 % 3]
[2 ** 10, (-2) ** 3, 2 ** 3 ** 2, -2 ** 2, 0 ** 0]
1 // 0
1 % 0
1.0 / 0
9223372036854775807
[true + 1, true * 'ab', t == 1, t == 1.0, 1 == 1.0, '1' == 1, none == false]
['a' * 3, 2 * 'ab', 'a' * -1, [1] * 2, (1,) * 2, [] * 5]
[1] + [2] + l
[1] + (2,)
'a' + 1
'a' + none
'a' ~ none ~ true ~ 1.0 ~ [1, 'x'] ~ {'a': none} ~ undefined_thing ~ (1,)
1 ~ 2 + 3
'1' ~ 2 * 3 ~ '4'
[0 <= n < 5, 1 < n < 3, 1 == 1 == 1, 1 < 2 > 1, 3 > 2 >= 2 != 1]
['a' < 'b', 'B' < 'a', [1, 2] < [1, 3], (1,) < (1, 0), 1 < 2.5, 'é' > 'z']
1 < 'a'
none < 1
[1 in l, 4 not in l, 'lo' in s, '' in s, 'b' in d, 'z' in d, 1.0 in l, n in range(5), undefined_thing in d]
1 in s
1 in 5
[not true, not '', not [], not {}, not 0, not 0.0, not none, not undefined_thing]
['' or 'x', 'a' or 'x', '' and 'x', 'a' and 'x', none or 0 or [], not 1 == 2]
('a' if t else 'b') ~ ('a' if e) ~ ('a' if e else 'b' if n > 2 else 'c')
'a' + ('b' if e)
undefined_thing
undefined_thing.x
undefined_thing['x']
undefined_thing + 1
undefined_thing()
-undefined_thing
undefined_thing == undefined_other
[undefined_thing, {'a': undefined_thing}]
undefined_thing|length ~ undefined_thing|upper ~ undefined_thing|list ~ undefined_thing|default('x')
d.b ~ d['A'] ~ d.get('b') ~ d.get('z') ~ d.get('z', 'q') ~ d.c[1] ~ d.c.1
[d.items()|list, d.keys()|list, d.values()|list, d|items|list, d|list, d|length]
d.items() ~ d.keys() ~ d.values()
d.keys()[0]|default('none')
d.pop('b')
d.update({})
l.append(1)
l.sort()
[l.count(1), l.index(2), w.index('c')]
l.index(9)
{1: 'a', 1.0: 'b', true: 'c', none: 'd', 'x': 'e'}
{'a': 1, 'b': {'c': [1, {'d': none}]}, 'it\'s': "q\"'"}
dict(a=1, b=2) == {'b': 2, 'a': 1.0}
dict(d, z=1)
namespace(a=1).a ~ namespace({'b': 2}).b ~ namespace(c=3)['c']
namespace(_a=1)
[range(3), range(1, 7, 2), range(5, 0, -2)|list, range(0)|list, range(3)|length, range(3)[-1]]
range(100001)
range(1, 2, 0)
strftime_now('%d %b %Y|%A %B %j|%y%m%d|%-d|%H:%M:%S %p|%%|%F')
raise_exception('no')
[s.upper(), s.lower(), s.title(), s.capitalize(), 'ß ŉ ﬁ ǆ'.upper()]
['ΑΣ ΑΣ'.lower(), 'ﬁ ßa'.title(), "it's o'c".title()]
['x-y (z) [a] <b>'|title, "they're x1y"|title, 'ßa ǆb'|title, 'ΑΣ'|capitalize, 'ǆx'|capitalize]
['  a b '.strip(), 'xxaxx'.strip('x'), 'abcba'.lstrip('ab'), 'abcba'.rstrip('ab'), '\n a\t'|trim, 'xax'|trim('x')]
['a b  c'.split(), ' a  b c '.split(none, 1), 'a,b,,c'.split(','), 'a,b,c'.split(',', 1), ''.split(), ''.split(',')]
['a b  c'.rsplit(), ' a  b c '.rsplit(none, 1), 'a,b,c'.rsplit(',', 1)]
['a--b--c'.rsplit('--'), 'a b'.split(maxsplit=0)]
'a'.split('')
['a\nb\r\nc\n\nd'.splitlines(), 'a\nb\n'.splitlines(true), ''.splitlines(), 'a\x0bb\u2028c'.splitlines()]
['ab'.replace('a', 'x'), 'aaa'.replace('a', 'b', 2)]
['ab'.replace('', '-'), 'aaa'|replace('a', 'b', 1), 12|replace(1, 3)]
['abcb'.find('b'), 'abcb'.rfind('b'), 'abc'.find('z'), 'éab'.find('b'), 'abcb'.find('b', 2), 'abc'.find('c', 0, -1)]
['abcb'.count('b'), 'aaa'.count('aa'), 'abc'.count(''), 'abcb'.index('c'), 'abcb'.count('b', 2)]
'abc'.index('z')
['abc'.startswith('a'), 'abc'.startswith(('x', 'ab'))]
['abc'.endswith('bc'), 'abc'.startswith('b', 1), ''.startswith('')]
'abc'.startswith(['a'])
['ab'.ljust(4) ~ '|', 'ab'.rjust(4, '*'), 'ab'.center(5) ~ '|', 'abc'.center(6, '-'), '-7'.zfill(4), 'abc'.zfill(2)]
['a.b.c'.partition('.'), 'a.b.c'.rpartition('.'), 'abc'.partition('.'), 'abc'.rpartition('.')]
['abc'.removeprefix('a'), 'abc'.removesuffix('bc'), 'abc'.removeprefix('x')]
['12'.isdigit(), ''.isdigit(), 'a1'.isalnum(), 'aé'.isalpha()]
[' \n'.isspace(), 'aB'.islower(), 'AB1'.isupper(), '1'.isupper()]
[','.join(w), ''.join([]), '-'.join('abc')]
','.join(l)
s.append('x')
s.foo|default('absent')
[w|join, w|join(', '), m|join('/', attribute='k'), l|join('-'), 'abc'|join(1), d|join(',')]
[l|first, l|last, 'abc'|first, 'abc'|last, []|first|default('none'), d|first, d|last, range(3)|last]
[l|length, w|count, d|length, 'é😀'|length]
5|length
[l|sort, w|sort, w|sort(reverse=true), w|sort(case_sensitive=true), m|sort(attribute='k,v')|map(attribute='v')|list]
[1, 'a']|sort
[d|dictsort, d|dictsort(true), d|dictsort(reverse=true), {'a': 2, 'b': 1}|dictsort(by='value')]
[w|unique|list, ['a', 'A', 'b']|unique|list, ['a', 'A']|unique(true)|list]
[m|unique(attribute='k')|map(attribute='v')|list]
[m|groupby('k'), m|groupby('nope', default='-')|length]
[l|min, l|max, w|min, w|max, []|max|default('none'), m|max(attribute='v')]
[l|sum, m|sum(attribute='v'), l|sum(start=10), []|sum]
[l|reverse|list, 'abc'|reverse, d|reverse|list]
[l|batch(2)|list, l|batch(2, 0)|list, l|slice(2)|list, l|slice(2, 0)|list, range(7)|slice(3)|list]
[o|select|list, o|reject|list, o|select('string')|list]
[o|select('number')|list, l|select('gt', 1)|list, l|reject('odd')|list]
[m|selectattr('v', 'gt', 1)|list|length]
[m|selectattr('k', 'equalto', 'x')|map(attribute='v')|list, m|rejectattr('k', 'in', ['x'])|list]
[m|selectattr('z', 'defined')|list, m|rejectattr('z')|list|length, m|selectattr('v', 'odd')|map(attribute='k')|join]
[m|map(attribute='v')|list, m|map(attribute='z', default=0)|list]
[w|map('upper')|list, l|map('string')|join, m|map('length')|list]
w|map('nosuch')|list
w|map('upper')|first
[m|map(attribute='k.0')|list, [[1, 2], [3]]|map(attribute=0)|list]
['3'|int, '3.9'|int, 'x'|int, 'x'|int(7), ' 42 '|int, '-1_000'|int, 3.99|int, true|int, none|int, '1e3'|int]
['3'|float, '2.5'|float, 'x'|float, 'x'|float(1.5), ' 1e3 '|float, 7|float, none|float, 'inf'|float, '1_0'|float]
[2.5|round, 3.5|round, 2.675|round(2), 1.25|round(1), 42|round]
[2.1|round(0, 'ceil'), 2.9|round(0, 'floor'), -0.4|round]
[-3|abs, 2.5|abs, -2.5|abs, true|abs]
'a'|abs
['x'|default('y'), ''|default('y'), ''|default('y', true)]
[none|default('y'), none|d('y', boolean=true), undefined_thing|d]
{'é': '<a> & \'b\' "c" \\ \n\t\x01\x7f', 'n': [1, 2.0, 1e20, none, true], 'e': [[], {}]}|tojson
{'b': 1, 'a': [1, {'c': 'é😀'}]}|tojson(indent=2)
{'b': 1, 'a': [1, {'c': 'é😀'}]}|tojson(ensure_ascii=true, separators=(',', ':'), sort_keys=true)
[[], {}, [1]]|tojson(indent=1) ~ {1: 2, none: 3, true: 4, 2.5: 5}|tojson ~ (1, 2)|tojson ~ 'x'|safe|tojson
undefined_thing|tojson
range(3)|tojson
['a\nb\n\nc'|indent, 'a\nb'|indent(2, true), 'a\n\nb'|indent(2, blank=true), 'a\nb'|indent('> '), ''|indent]
['foo bar baz qux'|truncate(9), 'foo bar baz qux'|truncate(9, true)]
['foo bar baz qux'|truncate(11), 'foo bar'|truncate(4, leeway=0)]
['foo bar, é_1!'|wordcount, 'ab'|center(6) ~ '|', 5|string ~ 1]
['%s|%d|%r|%%|%.2f' % ('a', 3, 'b', 2.345), '%s' % 5, '%(k)s' % {'k': 1}]
['%s' % [1], '%s-%s'|format(1, 2), '%(a)s'|format(a=1)]
'%s %s' % 'a'
'%d' % 'a'
'%s' % (1, 2)
['{} {}'.format(1, 'a'), '{1}{0}'.format(1, 2), '{a}{{}}'.format(a=1), '{!r}'.format('x')]
'{} {0}'.format(1)
'{}'.format()
'<b>'|safe ~ '<i>' ~ 'x'|safe|length
('<b>'|safe + '<&>' + "'\"") ~ '<' ~ ('<' + '>'|safe) ~ ('<'|safe + '>'|safe) ~ (('<' + ''|safe) is string)
'<b>'|safe + 1
undefined_thing + 'x'|safe
[s is string, n is string, n is number, t is number, t is integer]
[n is integer, f is float, t is boolean, d is mapping]
[s is iterable, s is sequence, l is sequence, d is sequence]
[d is iterable, n is iterable, d.keys() is sequence, none is iterable]
[undefined_thing is defined, s is defined, undefined_thing is undefined, none is none, e is none, e is not none]
[n is odd, n is even, n is divisibleby 3, n is divisibleby(2)]
[2.0 is even, t is true, n is true, e is false, 1 is sameas true]
[n is eq 3, n is equalto(3), n is ne 3, n is gt 2, n is lessthan 3]
[n is ge(3), n is in [1, 3], 'a' is in 'abc', n is not in l]
['abc' is lower, 'ABC' is upper, 'aB' is lower, range is callable, s is callable]
n is nosuch
n|nosuch
n is defined and n is number and not n is string
l|length is divisibleby 3
-n|abs ~ -f|abs
'a' 'b' "c" ~ 'it\'s \x41\u00e9\U0001F600\101 \d \\'
[1,] + [2, ] ~ (3,) ~ () ~ (1, 2,)
[1_000, 0x1F, 0b11, 0o17, 1_0.5, 1.5e3, 2e-3]
s.split()[0].upper()[::-1]|lower
(s|upper).lower()
caller is defined
loop is defined
true.x is defined
s|upper()|lower
""".strip("\n").split("\n")

# Whole templates: tags, scopes and white space.
TEMPLATES = [
    "{% for x in l %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}"
    "{{ loop.last }}"
    "{{ loop.length }}{{ loop.previtem }}{{ loop.nextitem }}{{ loop.cycle('a', 'b') }}{{ loop.depth }}"
    "{{ loop.changed(x > 1) }};"
    "{% endfor %}",
    "{% for k, v in d.items() %}{{ k }}={{ v }},{% endfor %}{% for k in d %}{{ k }}{% endfor %}"
    "{% for a, b in [1] %}{% endfor %}",
    "{% for x in l if x > 1 %}{{ loop.index }}/{{ loop.length }}:{{ x }} {% else %}none{% endfor %}",
    "{% for x in [] %}x{% else %}none{% endfor %}{% for x in l if x > 9 %}x{% else %}none{% endfor %}",
    "{% for x in l %}{% if x == 1 %}{% break %}{% endif %}{{ x }}{% else %}none{% endfor %}",
    "{% for x in l %}{% continue %}{% else %}none{% endfor %}{% for x in l %}{% break %}{% else %}none{% endfor %}",
    "{% for x in l %}{% for y in 'ab' %}{{ loop.index }}{{ y }}{% endfor %}{{ loop.index }}{% endfor %}",
    "{% set ns = namespace(a=1) %}{% for x in l if x != ns.a %}{{ x }}{% set ns.a = 2 %}{% endfor %}{{ ns.a }}",
    "{% set x = 'o' %}{% for y in l %}{{ x }}{% set x = y %}{{ x }}{% endfor %}{{ x }}",
    "{% if t %}{% set x = 1 %}{% endif %}{{ x }}{% if e %}{% set z = 1 %}{% endif %}{{ z is defined }}",
    "{% for y in [1] %}{{ n }}{% set n = 5 %}{{ n }}{% endfor %}{{ n }}{% set n = 6 %}{{ n }}",
    "{% for y in [1] %}{{ s }}{% endfor %}{% set s = 6 %}{{ s }}",
    "{% macro f() %}{{ s }}{% endmacro %}{{ f() }}{% set s = 6 %}{{ f() }}",
    "{% macro f() %}{{ s }}{% endmacro %}{{ s }}{{ f() }}{% set s = 6 %}{{ f() }}",
    "{% macro f() %}{{ s }}{% endmacro %}{{ f() }}{% if t %}{% set s = 6 %}{% endif %}{{ f() }}",
    "{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set a, b = b, a %}{{ a }}{{ b }}{% set c = 1, %}{{ c }}",
    "{% set x %} a {{ n }} {% endset %}[{{ x }}]{% set y | trim | upper %} b {% endset %}[{{ y }}]",
    "{% set ns = namespace(x='') %}{% set ns.x %}v{% endset %}{{ ns.x }}{{ ns.y is defined }}{{ ns['x'] }}",
    "{% set d.x = 1 %}",
    "{% macro f(a, b='q', c=a) %}{{ a }}{{ b }}{{ c }};{% endmacro %}{{ f(1) }}{{ f(1, 2) }}{{ f(c=3, a=1) }}"
    "{{ f() }}",
    "{% macro f(a) %}{{ a }}{% endmacro %}{{ f(1, 2) }}",
    "{% macro f(a) %}{{ a }}{% endmacro %}{{ f(b=2) }}",
    "{% macro f(n) %}{{ n }}{% if n %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) ~ f(1)|length }}",
    "{% macro f(x) %}<{{ caller('c') }}{{ x }}>{% endmacro %}{% call(y) f(1) %}{{ y }}{{ n }}{% endcall %}",
    "{% macro f() %}{{ caller is defined }}{{ caller() if caller else '-' }}{% endmacro %}{{ f() }}"
    "{% call f() %}x{% endcall %}",
    "{% macro f() %}x{% endmacro %}{% call f() %}y{% endcall %}",
    "{% macro f() %}{% set x = 1 %}{{ x }}{% endmacro %}{{ f() }}{{ x is defined }}",
    "{% filter upper %}a{{ s }}{% set x = 1 %}{% endfilter %}{{ x is defined }}"
    "{% filter replace('a', 'b')|trim %} a {% endfilter %}",
    "{% filter length %}abc{% endfilter %}",
    "{% with a = 1, b = n %}{{ a }}{{ b }}{% set c = 1 %}{% endwith %}{{ a is defined }}{{ c is defined }}",
    "{% generation %}{% set x = 1 %}{{ x }}{% endgeneration %}{{ x is defined }}",
    "{% for x in l %}{% generation %}{% break %}{% endgeneration %}{% endfor %}",
    "{% break %}",
    "{% if n > 5 %}a{% elif n > 2 %}b{% else %}c{% endif %}{% if e %}{% elif n %}d{% endif %}",
    "{% if e %}{{ n|nosuch }}{{ n is nosuch }}{% endif %}{{ (n|nosuch) if e }}ok",
    "{% for x in [] %}{{ n|nosuch }}{% endfor %}",
    "{% raw %}{{ x }}{% if %}{# c #}{% endraw %}|{%- raw -%} a {%- endraw -%} |",
    "{# c #}a{#- c -#} b {#- {{ x }} -#}c{# {% #}",
    "  {% if t %}\n  a\n  {% endif %}\n  b\n\t{# c #}\n  {{ n }}\n",
    "  {%+ if t %}\n  a\n  {%- endif +%}\n  b\n{%- set x = 1 -%}\n\n  c {{- n -}}  d\n\n",
    "a\n{% set x = 1 %}\n\n{% if t %}  {% endif %} b {% if t -%}  c  {%- endif %}\n",
    "a\r\nb\rc\r\n{% if t %}\r\nd{% endif %}\r\n",
    "{{ '\r\n' }}|{{ 'a\\\nb' }}|{{ \"x\" }}\n\n",
    "{%- for x in l -%}\n  {{ x }}\n{%- endfor -%}\n  end",
    "{{ {'a': {'b': 1}}['a']['b'] }}{{ [[1]][0][0] }}{{ {'a': 1}.a }}{{ {} }}{{ {'x': {}} }}",
    "{%if t%}{{n}}{%endif%}{%for x in l%}{{x}}{%endfor%}",
    "{% set it = l|map('string') %}{{ it|first }}{{ it|list }}{{ it|list }}",
    "{% set it = m|selectattr('v') %}{{ 'y' if it }}{% for x in it %}{{ x.v }}{% break %}{% endfor %}"
    "{{ it|list|length }}",
    "{% for g in m|groupby('k') %}{{ g[0] }}{{ g[1]|length }}{% endfor %}{% for k, g in m|groupby('k') %}"
    "{{ k }}{{ g|length }}{% endfor %}",
    "{% if t: %}a{% endif %}{% for x in l: %}{{ x }}{% endfor %}",
    "{% if %}", "{{ n", "{% for x in l %}", "{{ n }", "{% nosuch %}", "{{ 1 2 }}", "{% set = 1 %}", "{{ ) }}",
    "{{ [1 }}", "{# a",
    "{% endif %}", "{% if t %}{% endfor %}", "{{ 'a }}", "{{ n is defined is defined }}",
    "{% set true = 1 %}", "{{ f(a=1, 2) }}",
    "{{ x[ }}", "{{ n. }}", "{{ | upper }}", "{% raw %}x", "{{ }}", "{% macro f(a=1, b) %}{% endmacro %}",
    "{{ 1 if }}",
]


def rendered(source, variables):
    template = _compile_jinja_template(source)
    for scope in [template.globals, template.environment.globals]:
        scope["strftime_now"] = DATE.strftime
    return template.render(**variables)


def case(name, source, variables):
    """The correct result for a template: its text, or null for an error."""
    try:
        text = rendered(source, variables)
    except Exception:
        text = None
    return {"name": name, "text": text}


def main():
    files = re.split(r"^-- (.*) --\n", (HERE / "templates.txtar").read_text(encoding="utf-8"), flags=re.M)[1:]
    models = []
    for name, source in zip(files[::2], files[1::2]):
        for i, conversation in enumerate(CONVERSATIONS):
            given = {"tools": None, "documents": None, "bos_token": "<s>", "eos_token": "</s>"} | conversation
            models.append(case(name, source, given) | {"conversation": i})
    snippets = ["{{ " + x + " }}" for x in EXPRESSIONS] + TEMPLATES
    golden = {"conversations": CONVERSATIONS, "variables": VARIABLES, "models": models,
              "snippets": [case(source, source, VARIABLES) for source in snippets]}
    with open(HERE / "golden.json", "w", encoding="utf-8") as f:
        json.dump(golden, f, ensure_ascii=True, indent=1)
        f.write("\n")


main()
