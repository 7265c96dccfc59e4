"""Makes the *.json files beside it: small tokenizers and what Hugging Face's
tokenizers does with nasty strings.

    pip install tokenizers==0.23.3
    python generate.py
"""

import json

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers
from tokenizers import pre_tokenizers, processors, trainers

CORPUS = [
    "Janet's ducks lay 16 eggs per day. She eats three for breakfast every morning.",
    "func (b *Batch) Reset() {\n\tb.Tokens, b.Targets = b.Tokens[:0], b.Targets[:0]\n}\n",
    "The rank of the matrix and the rank of the other matrix; THE RANK OF THEM ALL.",
    "Größe, naïve café, Ελληνικά, Привет мир, 日本語の文章, 한국어, עברית, 😀😀 👍🏽",
] * 4

# Given whole, since the trainer's own choice among rare characters is random.
ALPHABET = list("▁ abcdefghijklmnopqrstuvwxyzABTRJ.,1é")

TEXTS = [
    "", " ", "  ", "a", " a", "a ", "\n", " \n \n\n x\t\ty \r\n", "          ten spaces",
    "Janet's ducks", "IT'S we'll They'VE I'd've 'tis ''s", "3.14159, 1000000 and 12345",
    "the rank of the matrices", "func main() {\n\tfmt.Println(\"hi\")\n}\n",
    "café naïve Größe", "cafe\u0301 e\u0301\u0302\u0323 combining",
    "日本語の文章を書く。", "한국어와 中文 混合", "Привет, мир!", "עברית ועוד", "السلام عليكم", "हिन्दी में",
    "😀 😀😀👍🏽👩‍👩‍👧‍👦🇩🇪", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 ﬁ Ⅷ ½ ²", "\u0000\u0001\u001f\u007f\u0080\u009f",
    "\ufeffBOM \u200b\u200d\u202e zero width", "nbsp\u00a0\u00a0x\u2003y\u3000z\u2028w", "\ufffd\uffff\U0010ffff",
    "▁ and ▁▁ and <0x0A> literal", "<s> in text </s>", "<s>", "a<|end|>b <|end|> c<|end|><|end|>", "<|en<|end|>d|>",
    "<|end|>more", "<|ENDED|> <|end|>ed", "Ġ Ċ ĠĠ", "ſ 'ſ İı ǅ", "x" * 70, "ab" * 40 + " " * 33 + "!?" * 20,
]


def write(name, tokenizer, texts=TEXTS):
    cases = []
    for text in texts:
        ids = tokenizer.encode(text).ids
        cases.append({"text": text, "ids": ids, "decoded": tokenizer.decode(ids)})
    # Every id alone, which for many of them is no UTF-8.
    for i in range(0, tokenizer.get_vocab_size(), 7):
        ids = [i, (5 * i + 1) % tokenizer.get_vocab_size()]
        cases.append({"ids": ids, "decoded": tokenizer.decode(ids)})
    with open(name + ".json", "w") as f:
        golden = {"tokenizer": json.loads(tokenizer.to_str()), "cases": cases}
        json.dump(golden, f, ensure_ascii=True, separators=(",", ":"))
        f.write("\n")


def byte_level(pre_tokenizer):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=420, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(CORPUS, trainer)
    return tokenizer


def gpt2():
    tokenizer = byte_level(pre_tokenizers.ByteLevel(add_prefix_space=False))
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.add_special_tokens([AddedToken("<|end|>", normalized=True)])
    tokenizer.add_tokens([AddedToken("<|end|>ed", normalized=False)])
    return tokenizer


def llama3():
    # Meta's pattern for LLaMA 3.
    pattern = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|"
               r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
    tokenizer = byte_level(pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]))
    tokenizer.add_special_tokens(["<s>", "<|end|>"])
    template = processors.TemplateProcessing(
        single="<s> $A", special_tokens=[("<s>", tokenizer.token_to_id("<s>"))])
    tokenizer.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), template])
    raw = json.loads(tokenizer.to_str())
    raw["model"]["ignore_merges"] = True
    # A token that no merge makes: only ignore_merges finds it.
    vocab = raw["model"]["vocab"]
    last = max(vocab, key=vocab.get)
    vocab["\u0120literal"] = vocab.pop(last)
    raw["model"]["merges"] = [m for m in raw["model"]["merges"] if "".join(m) != last]
    return Tokenizer.from_str(json.dumps(raw))


def llama2():
    bytes_ = ["<0x%02X>" % b for b in range(256)]
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence([
        decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    # Words are split only while training, so that merges cross none.
    tokenizer.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
    trainer = trainers.BpeTrainer(vocab_size=480, show_progress=False, special_tokens=["<unk>", "<s>", "</s>"] + bytes_,
                                  initial_alphabet=ALPHABET, limit_alphabet=len(ALPHABET))
    tokenizer.train_from_iterator(CORPUS, trainer)
    raw = json.loads(tokenizer.to_str())
    raw["pre_tokenizer"] = None
    raw["added_tokens"] = [t for t in raw["added_tokens"] if t["id"] < 3]
    tokenizer = Tokenizer.from_str(json.dumps(raw))
    tokenizer.add_tokens([AddedToken("<|end|>", normalized=True)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)])
    return tokenizer


def unknown(fuse):
    """Characters outside the vocabulary, and no bytes to fall back on."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=fuse))
    tokenizer.decoder = decoders.Sequence([decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    trainer = trainers.BpeTrainer(vocab_size=70, show_progress=False, special_tokens=["<unk>"],
                                  initial_alphabet=ALPHABET, limit_alphabet=len(ALPHABET))
    tokenizer.train_from_iterator(CORPUS, trainer)
    return tokenizer


write("gpt2", gpt2())
write("llama3", llama3())
write("llama2", llama2())
write("unknown", unknown(False), TEXTS[:20])
write("fused", unknown(True), TEXTS[:20])
