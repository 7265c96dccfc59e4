"""Computes logits with adapters that were written elsewhere, by PEFT.

    python load.py REQUEST.json LOGITS.safetensors

A request is [{"name": …, "model": FOLDER, "adapter": FOLDER or "", "tokens":
[[…]]}]; the logits have the names. Missing or superfluous weights, for which PEFT only
warns, are an error.
"""

import json
import sys
import warnings

import peft
import torch
import transformers
from safetensors.torch import save_file

with open(sys.argv[1]) as f:
    request = json.load(f)
transformers.utils.logging.disable_progress_bar()
torch.set_num_threads(1)
logits = {}
for m in request:
    model = transformers.AutoModelForCausalLM.from_pretrained(m["model"], dtype=torch.float32).eval()
    if m["adapter"]:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message=".*(missing|unexpected|[Uu]nexpected keyword).*")
            model = peft.PeftModel.from_pretrained(model, m["adapter"]).eval()
    with torch.no_grad():
        logits[m["name"]] = model(input_ids=torch.tensor(m["tokens"])).logits.contiguous()
save_file(logits, sys.argv[2])
