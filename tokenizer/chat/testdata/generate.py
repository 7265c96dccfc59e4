# /// script
# requires-python = ">=3.10"
# dependencies = ["transformers==5.24.0", "jinja2==3.1.6"]
# ///
"""Makes golden.json beside it: the texts of Hugging Face's apply_chat_template for the
conversations and templates here. The templates have the forms of those that come with
models.

    python generate.py
"""

import datetime
import json
import os

from transformers.utils.chat_template_utils import _compile_jinja_template

TEMPLATES = {
    # As Qwen2.5 and SmolLM2: a default system turn, every turn between two tokens.
    "chatml": """{%- if messages[0]['role'] == 'system' %}
    {{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}
{%- else %}
    {{- '<|im_start|>system\\nYou help.<|im_end|>\\n' }}
{%- endif %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) or message.role == "assistant" %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "tool" %}
        {{- '<|im_start|>user\\n<tool>' + message.content | tojson + '</tool><|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
""",
    # As LLaMA 3: headers, trimmed contents, a date from the clock if there is one.
    "headers": """{{- bos_token }}
{%- if not date_string is defined %}
    {%- if strftime_now is defined %}
        {%- set date_string = strftime_now("%d %b %Y") %}
    {%- else %}
        {%- set date_string = "26 Jul 2024" %}
    {%- endif %}
{%- endif %}
{%- if not tools is defined %}
    {%- set tools = none %}
{%- endif %}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
{%- if tools is not none %}
    {{- "Environment: ipython\\n" }}
{%- endif %}
{{- "Today Date: " + date_string + "\\n\\n" }}
{{- system_message }}
{{- "<|eot_id|>" }}
{%- for message in messages %}
    {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
""",
    # As Mistral: roles must alternate, an answer ends the text.
    "instructions": """{%- if messages[0]["role"] == "system" %}
    {%- set system_message = messages[0]["content"] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}
{%- set ns = namespace(index=0) %}
{%- for message in loop_messages %}
    {%- if (message["role"] == "user") != (ns.index % 2 == 0) %}
        {{- raise_exception("Roles must alternate user and assistant") }}
    {%- endif %}
    {%- set ns.index = ns.index + 1 %}
{%- endfor %}

{{- bos_token }}
{%- for message in loop_messages %}
    {%- if message["role"] == "user" %}
        {%- if loop.last and system_message is defined %}
            {{- "[INST]" + system_message + "\\n\\n" + message["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST]" + message["content"] + "[/INST]" }}
        {%- endif %}
    {%- elif message["role"] == "assistant" %}
        {{- " " + message["content"]|trim + eos_token }}
    {%- endif %}
{%- endfor %}
""",
    # As Gemma 2: the assistant is called model, and there is no system.
    "turns": "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
             "{% for message in messages %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}"
             "{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}{% endfor %}"
             "{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif %}",
    # As Qwen3: the thoughts in turns before the last question are dropped.
    "thoughts": """{%- set ns = namespace(multi_step=true, last=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step and message.role == "user" and message.content is string and not message.content.startswith('<tool>') %}
        {%- set ns.multi_step = false %}
        {%- set ns.last = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- set content = message.content %}
    {%- if message.role == "assistant" %}
        {%- set thought = '' %}
        {%- if '</think>' in content %}
            {%- set thought = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
            {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
        {%- endif %}
        {%- if loop.index0 > ns.last and (loop.last or thought) %}
            {{- '<|im_start|>' + message.role + '\\n<think>\\n' + thought.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}
        {%- else %}
            {{- '<|im_start|>' + message.role + '\\n' + content }}
        {%- endif %}
        {{- '<|im_end|>\\n' }}
    {%- else %}
        {{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
""",
    # Tags of Hugging Face's own, loop controls, a macro.
    "tags": """{%- macro turn(role, text) -%}
<{{ role }}>{{ text }}
{%- endmacro -%}
{% for message in messages %}
{% if message.role == 'tool' %}{% continue %}{% endif %}
{% if message.role == 'assistant' %}
{% generation %}
{{ turn(message.role, message.content) }}{{ eos_token }}
{% endgeneration %}
{% else %}
{{ turn(message.role, message.content | upper) }}
{% endif %}
{% endfor %}
{% if add_generation_prompt %}<assistant>{% endif %}
""",
}

DATE = datetime.datetime(2024, 7, 26)

CONVERSATIONS = [
    [("user", "Hi there")],
    [("user", " Hi "), ("assistant", " Hello! ")],
    [("system", "Be brief.\n"), ("user", "1+1?"), ("assistant", "2"), ("user", "And 2+2?\n"), ("assistant", "\n4 ")],
    [("user", "q"), ("assistant", "<think>\nhm, é\n</think>\n\nanswer"), ("user", "w"),
     ("assistant", "<think>\nso\n</think>\n\nBecause.")],
    [("user", "\"x\" <b> & 'y' \\n {{ z }} {% if %}"), ("assistant", "日本語 😀\n\nline <|im_end|> \ue000 \ue001")],
    [("user", "a"), ("assistant", "")],
    [("user", "a"), ("assistant", "a"), ("user", "a"), ("assistant", "a")],
    [("system", "s"), ("user", "u"), ("assistant", "c"), ("tool", "r\n\"1\""), ("assistant", "d"), ("user", "w")],
    [("user", "u"), ("assistant", "one"), ("assistant", "two")],
]


def main():
    cases = []
    for name, source in TEMPLATES.items():
        template = _compile_jinja_template(source)
        for scope in [template.globals, template.environment.globals]:
            scope["strftime_now"] = DATE.strftime  # for the clock
        for conversation in CONVERSATIONS:
            for prompt in [False, True]:
                messages = [{"role": role, "content": content} for role, content in conversation]
                case = {"template": name, "messages": messages, "prompt": prompt}
                try:
                    case["text"] = template.render(messages=messages, tools=None, documents=None,
                        add_generation_prompt=prompt,
                                                   bos_token="<s>", eos_token="</s>")
                except Exception as e:
                    case["error"] = str(e)
                cases.append(case)
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden.json")
    with open(path, "w") as f:
        json.dump({"templates": TEMPLATES, "cases": cases}, f, ensure_ascii=True, indent=1)
        f.write("\n")


main()
