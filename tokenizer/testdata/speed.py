"""Prints the seconds in which Hugging Face's tokenizers encodes GSM8K on one thread:
the fastest of its methods, and of three repetitions.

    python speed.py GOLDEN GSM8K
"""

import gzip
import json
import os
import sys
import time

os.environ["RAYON_NUM_THREADS"] = "1"
from tokenizers import Tokenizer

texts = []
for name in ["train", "test"]:
    for line in open(os.path.join(sys.argv[2], name + ".jsonl"), encoding="utf-8"):
        problem = json.loads(line)
        texts.append(problem["question"] + "\n" + problem["answer"])
tokenizer = Tokenizer.from_str(json.dumps(json.load(gzip.open(sys.argv[1]))["tokenizer"]))
seconds = []
for way in [tokenizer.encode_batch, tokenizer.encode_batch_fast, lambda texts: [tokenizer.encode(t) for t in texts]]:
    for _ in range(3):
        begin = time.perf_counter()
        way(texts)
        seconds.append(time.perf_counter() - begin)
print(min(seconds))
