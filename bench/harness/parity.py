"""What the tests measure against PyTorch, PEFT and tokenizers. Tests report it by
testing.T.Attr."""

import gzip
import json
import os
import struct
import subprocess
from collections import defaultdict

from . import tools

PACKAGES = ["./lora/peft", "./checkpoint", "./tokenizer"]
TESTS = "PEFT|Merged|GGUF|SmolLM2|HuggingFace|EveryCodePoint"
NAMES = {
    "gemma": "Gemma", "gemma2": "Gemma 2", "gpt2": "GPT-2", "gpt_neox": "GPT-NeoX, Pythia",
    "llama": "LLaMA 1 and 2, SmolLM2", "llama3": "LLaMA 3, biases", "mistral": "Mistral, sliding window", "opt": "OPT",
    "phi": "Phi-1 to 2", "phi3": "Phi-3", "qwen2": "Qwen2, Qwen2.5", "qwen3": "Qwen3",
}  # fmt: skip
COLUMNS = {
    "logits": "logits, of their range", "gradients": "gradients of A and B", "losses": "ten steps' loss",
    "norms": "their gradient norms", "loaded": "logits of PEFT with ours, of their range",
    "merged": "merged against attached",
}  # fmt: skip


def measure(python, model):
    """Attributes and outcomes by test."""
    command = ["go", "test", "-count=1", "-p=1", "-timeout=60m", "-json", "-run", TESTS, *PACKAGES]
    env = tools.environment(RANKSWEEP_PYTHON=python, RANKSWEEP_SMOLLM2=model)
    done = subprocess.run(command, cwd=tools.ROOT, env=env, capture_output=True, text=True)
    found = {"attributes": defaultdict(dict), "outcomes": {}}
    for event in map(json.loads, filter(lambda line: line.startswith("{"), done.stdout.splitlines())):
        test, action = event.get("Test"), event["Action"]
        if test and action == "attr":
            found["attributes"][test][event["Key"]] = float(event["Value"])
        elif test and action in ("pass", "fail", "skip"):
            found["outcomes"][test] = action
    if done.returncode and "fail" not in found["outcomes"].values():
        raise RuntimeError(f"{' '.join(command)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return found


def largest(found, key, part=""):
    """The largest value of an attribute over all tests whose names end in part."""
    return max(a[key] for test, a in found["attributes"].items() if key in a and test.endswith(part))


def outcome(found, test):
    """How the tests with a name ended; subtests count separately."""
    ends = [o for name, o in found["outcomes"].items() if name.startswith(test + "/")]
    return ends or [found["outcomes"][test]]


def differences(found, test):
    ends = outcome(found, test)
    if "fail" in ends:
        return f"{ends.count('fail')} of {len(ends)} tokenizers differ"
    return "not measured: the texts are not here" if set(ends) == {"skip"} else f"0, {ends.count('pass')} tokenizers"


def strings():
    """The number of strings in the tokenizers' corpus, which stores each after its length."""
    with gzip.open(os.path.join(tools.ROOT, "tokenizer/testdata/corpus.gz")) as f:
        content = f.read()
    at = count = 0
    while at < len(content):
        at += 4 + struct.unpack_from("<I", content, at)[0]
        count += 1
    return count


def goals(found):
    show = lambda x: f"{x:.1e}"
    count = len(NAMES)
    return [
        [
            f"logits against PyTorch, {count} architectures, GGUF files and SmolLM2-135M, of their range",
            "≤ 1e-4",
            show(largest(found, "logits")),
        ],
        ["gradients of A and B against PEFT, relative", "≤ 1e-4", show(largest(found, "gradients"))],
        ["ten steps of AdamW and SGD against PEFT, loss", "≤ 1e-5", show(largest(found, "losses"))],
        ["the same, gradient norms, relative", "≤ 1e-4", show(largest(found, "norms"))],
        [
            "adapters and merged models written here, loaded by PEFT: logits, of their range",
            "the same",
            show(largest(found, "loaded")),
        ],
        ["adapters of PEFT, read, written and read again", "the same", differences_of_folders(found)],
        ["merged against attached, of the output's range", "≤ 1e-5", show(largest(found, "merged"))],
        [
            f"tokenizers against Hugging Face's, {strings():,} strings",
            "0 differences",
            differences(found, "TestCorpusMatchesHuggingFace"),
        ],
        ["the same, every code point", "0 differences", differences(found, "TestEveryCodePoint")],
        ["the same, GSM8K", "0 differences", differences(found, "TestGSM8KMatchesHuggingFace")],
    ]


def differences_of_folders(found):
    return "the same bytes" if set(outcome(found, "TestPEFTAdapters")) == {"pass"} else "differ"


def text(found):
    rows = [[name, *(f"{largest(found, key, '/' + part):.1e}" for key in COLUMNS)] for part, name in NAMES.items()]
    return "\n\n".join([
        "## Architectures",
        tools.filled(
            "The largest differences of tiny random models from transformers and PEFT in float32, over eight"
            " adapters that PEFT made, and over five schemes on three sets of targets under AdamW and SGD, with"
            " every map in both of its forms."
        ),
        tools.table(["architecture", *COLUMNS.values()], rows),
    ])  # fmt: skip
