# /// script
# requires-python = ">=3.10"
# dependencies = ["tokenizers==0.23.3", "gguf==0.19.0"]
# ///
"""Makes real.json: a hash of the ids that Hugging Face's tokenizers gives for GSM8K,
with the tokenizers of real models.

    python real.py GSM8K STORIES260K SMOLLM2

STORIES260K is a folder with a tokenizer.json. SMOLLM2 is the file
SmolLM2-135M-Instruct.Q4_1.gguf (../../checkpoint/gguf/testdata/generate.py says
where to get it). The file only names its pre-tokenizer, "smollm"; here it is as in the
model's own tokenizer.json. transformers 5.24 leaves out its Digits.
"""

import hashlib
import json
import os
import struct
import sys

import gguf
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers


def smollm2(path):
    field = gguf.GGUFReader(path).fields
    get = lambda key: field["tokenizer.ggml." + key].contents()
    tokens, merges = get("tokens"), [tuple(m.split(" ")) for m in get("merges")]
    tokenizer = Tokenizer(models.BPE({t: i for i, t in enumerate(tokens)}, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    control = 3
    tokenizer.add_special_tokens([AddedToken(t, special=True) for t,
        kind in zip(tokens, get("token_type")) if kind == control])
    return tokenizer


def digest(tokenizer):
    h = hashlib.sha256()
    for name in ["train", "test"]:
        for line in open(os.path.join(sys.argv[1], name + ".jsonl"), encoding="utf-8"):
            problem = json.loads(line)
            ids = tokenizer.encode(problem["question"] + "\n" + problem["answer"]).ids
            h.update(struct.pack("<%di" % len(ids), *ids))
    return h.hexdigest()


golden = {
    "stories260K": digest(Tokenizer.from_file(os.path.join(sys.argv[2], "tokenizer.json"))),
    "smollm2": digest(smollm2(sys.argv[3])),
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "real.json"), "w") as f:
    json.dump(golden, f, indent=1)
    f.write("\n")
