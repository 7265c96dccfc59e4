"""Scores the answers of a .jsonl file with a GGUF file's model and tokenizer,
read by transformers: each after its question, with the token that ends it.
Prints the mean loss and the number of tokens that it is over."""

import json
import os
import sys

import torch
from torch.nn import functional as F
from transformers import AutoModelForCausalLM, AutoTokenizer


@torch.no_grad()
def main(model, data):
    folder, file = os.path.split(model)
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=file)
    model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=file, dtype=torch.float32).eval()
    total, count = 0.0, 0
    with open(data) as lines:
        for example in map(json.loads, lines):
            question = tokenizer(example["question"] + "\n").input_ids
            answer = tokenizer(example["answer"], add_special_tokens=False).input_ids + [tokenizer.eos_token_id]
            logits = model(input_ids=torch.tensor([question + answer])).logits[0, len(question) - 1 : -1]
            total += F.cross_entropy(logits.double(), torch.tensor(answer), reduction="sum").item()
            count += len(answer)
    print(json.dumps({"loss": total / count, "tokens": count}))


if __name__ == "__main__":
    main(*sys.argv[1:])
