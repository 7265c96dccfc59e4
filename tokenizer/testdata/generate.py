# /// script
# requires-python = ">=3.10"
# dependencies = ["tokenizers==0.23.3", "sentencepiece==0.2.3", "protobuf==7.36.2", "unicodedata2==15.0.0"]
# ///
"""Makes the goldens beside it and ../unicode16.go.

    python generate.py [GSM8K]

It trains small tokenizers of every kind, with the normalizers, regular expressions,
decoders and added tokens of real models. With each of them, Hugging Face's tokenizers
encodes the strings of corpus.gz, every code point and, if its folder is given, GSM8K.
The goldens are gzipped JSON: the tokenizer, a few cases in full, and digests of all.
Without GSM8K, a golden keeps its old digest of it.
"""

import base64
import gzip
import hashlib
import json
import os
import random
import struct
import sys
import tempfile

import sentencepiece
import unicodedata2
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers
from tokenizers import pre_tokenizers, processors, trainers

HERE = os.path.dirname(os.path.abspath(__file__))

TEXTS = [
    "", " ", "  ", "a", " a", "a ", "\n", " \n \n\n x\t\ty \r\n", "          ten spaces",
    "Janet's ducks", "IT'S we'll They'VE I'd've 'tis ''s", "3.14159, 1000000 and 12345",
    "the rank of the matrices", "func main() {\n\tfmt.Println(\"hi\")\n}\n",
    "café naïve Größe", "cafe\u0301 e\u0301\u0302\u0323 combining", "q\u0323\u0307 \u0344 \u1e9b\u0323 \u2126 \u212b",
    "日本語の文章を書く。", "한국어와 中文 混合 \u1112\u1161\u11ab", "Привет, мир!", "עברית ועוד", "السلام عليكم", "हिन्दी में क्षि",
    "ไทยไม่มีช่องว่าง", "ქართული ᲥᲐᲠᲗᲣᲚᲘ", "አማርኛ", "தமிழ் నేను ಕನ್ನಡ", "Ωμέγα ΣΊΣΥΦΟΣ", "ՀԱՅԵՐԵՆ և", "ᏣᎳᎩ ꭰ",
    "ᚠᚢᚦ ⵜⵉⴼ ༄༅ ᠮᠣᠩ",
    "😀 😀😀👍🏽👩‍👩‍👧‍👦🇩🇪 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️‍🔥 1️⃣", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 ﬁ Ⅷ ½ ² ㍿ ﷺ", "\u0000\u0001\u001f\u007f\u0080\u009f\u00ad",
    "\ufeffBOM \u200b\u200d\u202e zero width \u2060", "nbsp\u00a0\u00a0x\u2003y\u3000z\u2028w\u2029\u0085v\u180e\u1680",
    "\ufffd\uffff\U0010ffff\ue000\uf8ff\U000f0000", "▁ and ▁▁ and <0x0A> literal", "Ġ Ċ ĠĠ", "ſ 'ſ İı ǅ ẞ ŉ", "x" * 70,
    "ab" * 40 + " " * 33 + "!?" * 20, "<s> in text </s>", "<s>", "a<|end|>b <|end|> c<|end|><|end|>", "<|en<|end|>d|>",
    "<|end|>more", "<|ENDED|> <|end|>ed", " <mask> x<mask>\t\n<mask>", "word xword wordx a word, word_ wörd\u0301word",
    "it\u2019s don\u2019t", "1234567890123 ١٢٣٤ ๑๒๓ Ⅳ³", "a--b -- c-", "x=1;y+=2**n//3", "$1,234.56 €3 £4",
    "\r\r\n\n\r", "\t \t",
]

PROSE = [
    "Janet's ducks lay 16 eggs per day. She eats three for breakfast every morning and bakes muffins for her friends.",
    "func (b *Batch) Reset() {\n\tb.Tokens, b.Targets = b.Tokens[:0], b.Targets[:0]\n}\n",
    "The rank of the matrix and the rank of the other matrix; THE RANK OF THEM ALL.",
    "Größe, naïve café, Ελληνικά, Привет мир, 日本語の文章, 한국어, עברית, العربية, हिन्दी, ไทย, 😀😀 👍🏽",
    "for i in range(10):\n    print(i ** 2, end='  ')\n        # indented\n\n\n",
    "It's what we've said: they'll go, I'd stay, don't you? 'Twas 3.14 or 2,718 in 1999.",
]

# The training texts of byte-level tokenizers.
TRAINING = PROSE * 4 + TEXTS

# All characters are listed, since a trainer's choice among rare ones is random.
ALPHABET = sorted(set("▁ abcdefghijklmnopqrstuvwxyzABTRJ.,-1é日本"))

SCRIPTS = [
    (0x20, 0x7e), (0x20, 0x7e), (0xa0, 0x17f), (0x180, 0x24f), (0x300, 0x36f), (0x370, 0x3ff), (0x400, 0x52f),
    (0x531, 0x58f),
    (0x590, 0x5ff), (0x600, 0x6ff), (0x700, 0x74f), (0x900, 0x97f), (0x980, 0x9ff), (0xb80, 0xbff), (0xe00, 0xe7f),
    (0xf00, 0xfff),
    (0x1000, 0x109f), (0x10a0, 0x10ff), (0x1100, 0x11ff), (0x1200, 0x137f), (0x13a0, 0x13ff), (0x1680, 0x16ff),
    (0x1780, 0x17ff),
    (0x1800, 0x18af), (0x1c80, 0x1cbf), (0x1d00, 0x1dff), (0x1e00, 0x1fff), (0x2000, 0x206f), (0x2070, 0x209f),
    (0x20a0, 0x20ff),
    (0x2100, 0x218f), (0x2190, 0x23ff), (0x2460, 0x24ff), (0x2600, 0x27bf), (0x2c00, 0x2dff), (0x2e00, 0x2e7f),
    (0x3000, 0x30ff),
    (0x3130, 0x318f), (0x3200, 0x33ff), (0x4e00, 0x9fff), (0xa640, 0xa7ff), (0xa8e0, 0xa97f), (0xac00, 0xd7a3),
    (0xe000, 0xe0ff),
    (0xf900, 0xfaff), (0xfb00, 0xfdff), (0xfe00, 0xfe6f), (0xff00, 0xffef), (0x10300, 0x103ff), (0x10400, 0x1049f),
    (0x10d40, 0x10d8f),
    (0x11000, 0x1107f), (0x11900, 0x1194f), (0x1c89, 0x1c8a), (0xa7cb, 0xa7dc), (0x16ea0, 0x16eb8), (0x1d400, 0x1d7ff),
    (0x1e900, 0x1e95f), (0x1f000, 0x1f2ff), (0x1f300, 0x1faff), (0x1f3fb, 0x1f3ff), (0x20000, 0x2a6df),
    (0x2ebf0, 0x2ee5d),
    (0xe0000, 0xe007f), (0xf0000, 0xf00ff), (0x0, 0x10ffff),
]


def corpus(count):
    """Strings as bytes, some of which are not UTF-8."""
    r = random.Random(7)
    words = " ".join(PROSE).split(" ")
    specials = ["<s>", "</s>", "<|end|>", "<|end|>ed", "<|im_start|>", "<|im_end|>", "<mask>", "word", "<unk>",
        "<0x0A>", "<ED>"]

    def character():
        while True:
            c = r.randint(*r.choice(SCRIPTS))
            if not 0xd800 <= c < 0xe000:
                return chr(c)

    fragments = [
        lambda: r.choice(words), lambda: " " + r.choice(words), lambda: r.choice(words).upper(),
        lambda: r.choice(words).title(),
        lambda: "".join(character() for _ in range(r.randint(1, 6))),
        lambda: r.choice("abcABC 1.-'") + character() + r.choice("abcABC 1.-'"),
        lambda: r.choice(" \t\n\r\u00a0\u3000\u2028\u000b\u0085\u200b\ufeff▁") * r.randint(1, 5),
        lambda: "".join(r.choice(" \t\n\r") for _ in range(r.randint(1, 8))),
        lambda: "".join(r.choice("0123456789") for _ in range(r.randint(1, 12))),
        lambda: r.choice(["'s", "'S", "'t", "'RE", "'ve", "'M", "'ll", "'D", "\u2019s", "'\u017f", "''", "n't"]),
        lambda: "".join(r.choice("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") for _ in range(r.randint(1, 5))),
        lambda: "".join(r.choice("aeiou") + chr(r.randint(0x300, 0x345)) * r.randint(0, 3) for _ in range(3)),
        lambda: r.choice("👩👨🧑👍") + r.choice(["", "🏽", "\ufe0f"]) + "\u200d" * r.randint(0, 1) + r.choice("🚀💻👧🔥"),
        lambda: "".join(chr(0x1f1e6 + r.randint(0, 25)) for _ in range(r.randint(1, 5))),
        lambda: r.choice([" ", "", "\n"]) + r.choice(specials) + r.choice([" ", "", "  ", "x"]),
        lambda: r.choice(TEXTS),
    ]
    out = [t.encode() for t in TEXTS]
    out += [("x" * 3000 + " " * 700 + "ha" * 900).encode(), ("日本語" * 400).encode(), ("1" * 900 + "\n" * 300).encode()]
    while len(out) < count:
        s = "".join(r.choice(fragments)() for _ in range(r.randint(1, 7))).encode()
        if r.random() < 0.1:
            s = bytearray(s)
            for _ in range(r.randint(1, 3)):
                s.insert(r.randint(0, len(s)), r.choice([0x80, 0xbf, 0xc0, 0xc3, 0xe2, 0xed, 0xf0, 0xf4, 0xf8, 0xff]))
        out.append(bytes(s))
    return out


def digest(tokenizer, texts):
    """Two bytes per text, to locate a difference, and a hash of everything."""
    whole, each = hashlib.sha256(), bytearray()
    for encoding in encode(tokenizer, texts):
        each += hashlib.sha256(encoding).digest()[:2]
        whole.update(encoding)
    return {"each": base64.b64encode(each).decode(), "sha256": whole.hexdigest()}


def encode(tokenizer, texts):
    for begin in range(0, len(texts), 1000):
        all_ids = [e.ids for e in tokenizer.encode_batch(texts[begin:begin + 1000])]
        for ids, text in zip(all_ids, tokenizer.decode_batch(all_ids)):
            yield struct.pack("<%di" % len(ids), *ids) + text.encode()


def points():
    """Every code point, alone, of the planes that have assigned ones."""
    return [c for c in range(0x32000) if not 0xd800 <= c < 0xe000] + list(range(0x32000, 0x110000, 257))


def point_texts():
    all_points = points()
    alone = [chr(c) for c in all_points]
    between = ["".join("a%cB %c1%c\u0301 %c\u0323\n" % (c, c, c, c) for c in all_points[i:i + 16])
               for i in range(0, len(all_points), 16)]
    return alone + between


def gsm8k(folder):
    for name in ["train", "test"]:
        for line in open(os.path.join(folder, name + ".jsonl"), encoding="utf-8"):
            problem = json.loads(line)
            yield problem["question"] + "\n" + problem["answer"]


def write(name, tokenizer, every_point=False, **more):
    path = os.path.join(HERE, name + ".json.gz")
    golden = {"tokenizer": json.loads(tokenizer.to_str()), "cases": [], **more}
    for text in TEXTS:
        ids = tokenizer.encode(text).ids
        golden["cases"].append({"text": text, "ids": ids, "decoded": tokenizer.decode(ids)})
    # Each id by itself; many of these decode to bytes that are not UTF-8.
    size = tokenizer.get_vocab_size()
    for i in range(0, size, 7):
        ids = [i, (5 * i + 1) % size]
        golden["cases"].append({"ids": ids, "decoded": tokenizer.decode(ids)})
    golden["corpus"] = digest(tokenizer, [s.decode(errors="replace") for s in CORPUS])
    if every_point:
        golden["points"] = digest(tokenizer, point_texts())
        golden["points"].pop("each")
    if len(sys.argv) > 1:
        golden["gsm8k"] = digest(tokenizer, list(gsm8k(sys.argv[1])))["sha256"]
    elif os.path.exists(path):
        golden["gsm8k"] = json.loads(gzip.open(path).read())["gsm8k"]
    store(path, (json.dumps(golden, separators=(",", ":")) + "\n").encode())
    print(name, os.path.getsize(path))


def store(path, content):
    with open(path, "wb") as f:
        f.write(gzip.compress(content, 9, mtime=0))


GPT2 = r"""'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|"
          r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
# OpenAI's o200k_base, as in GPT-OSS and LLaMA 4.
O200K = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
         r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
         r"\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")
# OpenAI's cl100k_base as tiktoken has it, with possessive quantifiers.
CL100K = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}|"
          r" ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+")
DEEPSEEK = [
    r"\p{N}{1,3}", r"[一-龥぀-ゟ゠-ヿ]+",
    r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+",
]
SPLIT = lambda pattern, behavior="isolated", invert=False: pre_tokenizers.Split(Regex(pattern), behavior, invert)
BYTES = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)


def byte_level(steps, normalizer=None, vocab=600):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = steps
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=vocab, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False)
    tokenizer.train_from_iterator(TRAINING, trainer)
    return tokenizer


def gpt2():
    tokenizer = byte_level(pre_tokenizers.ByteLevel(add_prefix_space=False))
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.add_special_tokens([AddedToken("<|end|>", normalized=True)])
    tokenizer.add_tokens([AddedToken("<|end|>ed", normalized=False)])
    return tokenizer


def roberta():
    tokenizer = byte_level(pre_tokenizers.ByteLevel(add_prefix_space=True))
    tokenizer.add_special_tokens(["<s>", "</s>", AddedToken("<mask>", lstrip=True)])
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", tokenizer.token_to_id("</s>")), ("<s>", tokenizer.token_to_id("<s>")), add_prefix_space=True)
    return tokenizer


def llama3():
    tokenizer = byte_level(pre_tokenizers.Sequence([SPLIT(LLAMA3), BYTES]))
    tokenizer.add_special_tokens(["<s>", "<|end|>"])
    template = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", tokenizer.token_to_id("<s>"))])
    tokenizer.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), template])
    raw = json.loads(tokenizer.to_str())
    raw["model"]["ignore_merges"] = True
    # A token that no merge makes, so that only ignore_merges finds it.
    vocab = raw["model"]["vocab"]
    last = max(vocab, key=vocab.get)
    vocab["\u0120literal"] = vocab.pop(last)
    raw["model"]["merges"] = [m for m in raw["model"]["merges"] if "".join(m) != last]
    return Tokenizer.from_str(json.dumps(raw))


def qwen2():
    tokenizer = byte_level(pre_tokenizers.Sequence([SPLIT(QWEN2), BYTES]), normalizers.NFC())
    tokenizer.add_special_tokens(["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    tokenizer.add_tokens([AddedToken("<mask>", normalized=False), AddedToken("<|end|>", normalized=True)])
    return tokenizer


def smollm2():
    tokenizer = byte_level(pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]))
    tokenizer.add_special_tokens(["<|im_start|>", "<|im_end|>"])
    return tokenizer


def neox():
    tokenizer = byte_level(pre_tokenizers.ByteLevel(add_prefix_space=False), normalizers.NFC())
    tokenizer.add_special_tokens(["<|end|>"])
    tokenizer.add_tokens([AddedToken(" " * n, normalized=True) for n in range(24, 1, -1)])
    return tokenizer


def regexes(*patterns):
    tokenizer = byte_level(pre_tokenizers.Sequence([SPLIT(p) for p in patterns] + [BYTES]))
    tokenizer.add_special_tokens(["<|end|>"])
    return tokenizer


def added():
    """Added tokens with every flag, in a text that is normalized before they are looked for."""
    tokenizer = byte_level(pre_tokenizers.ByteLevel(add_prefix_space=False), normalizers.Lowercase())
    tokenizer.add_tokens([
        AddedToken("<mask>", lstrip=True, rstrip=True, normalized=False), AddedToken("word", single_word=True),
        AddedToken("<ED>", normalized=True), AddedToken("rank", single_word=True, lstrip=True, normalized=False),
        AddedToken("\n", rstrip=True, normalized=False), AddedToken(" ", normalized=False),
        AddedToken("The", normalized=True, rstrip=True),
        AddedToken("</s>", special=True, rstrip=True),
        AddedToken("<s>", special=True, single_word=True, normalized=False),
    ])
    return tokenizer


def sentence_piece(normalizer, pre_tokenizer, decoder, special=("<unk>", "<s>", "</s>"), bos=True):
    """A BPE over characters that falls back on bytes."""
    byte_tokens = ["<0x%02X>" % b for b in range(256)]
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer, tokenizer.decoder = normalizer, decoder
    # Words are split during training, so that no merge crosses a boundary.
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never")
    trainer = trainers.BpeTrainer(vocab_size=600, show_progress=False, special_tokens=list(special) + byte_tokens,
                                  initial_alphabet=ALPHABET, limit_alphabet=len(ALPHABET))
    tokenizer.train_from_iterator(PROSE * 4, trainer)
    raw = json.loads(tokenizer.to_str())
    raw["pre_tokenizer"] = json.loads(pre_tokenizer.__getstate__()) if pre_tokenizer else None
    raw["added_tokens"] = [t for t in raw["added_tokens"] if t["id"] < len(special)]
    tokenizer = Tokenizer.from_str(json.dumps(raw))
    if bos:
        tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>",
            special_tokens=[("<s>", 1), ("</s>", 2)])
    return tokenizer


def llama2():
    tokenizer = sentence_piece(
        normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]), None,
        decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(),
                           decoders.Strip(" ", 1, 0)]))
    tokenizer.add_tokens([AddedToken("<|end|>", normalized=True)])
    return tokenizer


def mistral(scheme, split):
    return sentence_piece(
        None, pre_tokenizers.Metaspace(prepend_scheme=scheme, split=split),
        decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(),
                           decoders.Strip(" ", 1, 0)]))


def metaspace(scheme):
    return sentence_piece(None, pre_tokenizers.Metaspace(prepend_scheme=scheme, split=True),
                          decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace(prepend_scheme=scheme)]),
                          bos=False)


def gemma():
    tokenizer = sentence_piece(
        normalizers.Replace(" ", "▁"), pre_tokenizers.Split(" ", "merged_with_previous"),
        decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]))
    tokenizer.add_tokens([AddedToken("\n" * n, normalized=False) for n in range(2, 6)])
    tokenizer.add_tokens([AddedToken("▁" * n, normalized=False) for n in range(2, 6)])
    return tokenizer


def charsmap():
    """A SentencePiece table of replacements by single characters, clusters, prefixes of clusters, and nothing."""
    rules = [("ａ", "a"), ("Ａ", "A"), ("é", "e"), ("e\u0301", "E"), ("ä", "ae"), ("½", "1/2"), ("\u0007", ""),
             ("ﬁ", "fi"), ("\r\n", "\n"),
             ("\u3000", " "), ("\u00a0", " "), ("一", "1"), ("o", "0"), ("n\u0303", "ñ"), ("\u200d", ""),
             ("©\ufe0f", "(c)"), ("\u0600a", "!")]
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + "/rules.tsv", "w") as f:
            for source, target in rules:
                codes = lambda s: " ".join("%X" % ord(c) for c in s)
                f.write(codes(source) + "\t" + codes(target) + "\n")
        with open(folder + "/text", "w") as f:
            f.write("\n".join(PROSE * 20))
        sentencepiece.SentencePieceTrainer.train(
            input=folder + "/text", model_prefix=folder + "/m", vocab_size=300, character_coverage=1.0,
            hard_vocab_limit=False,
            normalization_rule_tsv=folder + "/rules.tsv", minloglevel=2)
        from sentencepiece import sentencepiece_model_pb2 as proto
        m = proto.ModelProto()
        m.ParseFromString(open(folder + "/m.model", "rb").read())
        return m.normalizer_spec.precompiled_charsmap


def sentencepiece_bpe():
    """A SentencePiece BPE in the form of a GGUF file, and SentencePiece's own ids for the corpus."""
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + "/text", "w") as f:
            f.write("\n".join(PROSE * 20))
        sentencepiece.SentencePieceTrainer.train(
            input=folder + "/text", model_prefix=folder + "/m", model_type="bpe", vocab_size=600, byte_fallback=True,
            split_digits=True,
            normalization_rule_name="identity", remove_extra_whitespaces=False, allow_whitespace_only_pieces=True,
            minloglevel=2)
        model = sentencepiece.SentencePieceProcessor(model_file=folder + "/m.model")
    kind = lambda i: 2 if model.is_unknown(i) else 3 if model.is_control(i) else 6 if model.is_byte(i) else 1
    size = model.get_piece_size()
    texts = [s.decode(errors="replace") for s in CORPUS]
    encodings = [struct.pack("<%di" % len(ids), *ids) for ids in model.encode(texts)]
    golden = {
        "tokens": [model.id_to_piece(i) for i in range(size)], "scores": [model.get_score(i) for i in range(size)],
        "types": [kind(i) for i in range(size)],
        "each": base64.b64encode(b"".join(hashlib.sha256(e).digest()[:2] for e in encodings)).decode(),
    }
    store(os.path.join(HERE, "sentencepiece.gz"), (json.dumps(golden, separators=(",", ":")) + "\n").encode())


def unigram(normalizer, pre_tokenizer, decoder, byte_fallback=False):
    byte_tokens = ["<0x%02X>" % b for b in range(256)] if byte_fallback else []
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer, tokenizer.pre_tokenizer, tokenizer.decoder = normalizer, pre_tokenizer, decoder
    trainer = trainers.UnigramTrainer(vocab_size=500 + len(byte_tokens), show_progress=False, unk_token="<unk>",
                                      special_tokens=["<s>", "</s>", "<unk>"] + byte_tokens,
                                      initial_alphabet=list(ALPHABET))
    tokenizer.train_from_iterator(PROSE * 4, trainer)
    raw = json.loads(tokenizer.to_str())
    raw["model"]["byte_fallback"] = byte_fallback
    # A token in which the unknown character is joined to another.
    raw["model"]["vocab"].append(["\u0416\u0416", -5.0])
    raw["added_tokens"] = [t for t in raw["added_tokens"] if t["id"] < 3]
    tokenizer = Tokenizer.from_str(json.dumps(raw))
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return tokenizer


def plain(steps, normalizer=None, fuse=False):
    """A BPE over characters with an unknown token and without byte tokens."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=fuse))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = steps
    tokenizer.decoder = decoders.Sequence([decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    # Code points that a normalizer changes must be distinguishable.
    alphabet = sorted(set(ALPHABET + [chr(c) for c in range(0x21, 0x530)]
                          + [chr(c) for c in range(0x1e00, 0x2000)] + list("\U00010d70ɤƛ")))
    trainer = trainers.BpeTrainer(vocab_size=len(alphabet) + 150, show_progress=False,
        special_tokens=["<unk>", "<s>", "</s>"], initial_alphabet=alphabet)
    tokenizer.train_from_iterator(PROSE * 4, trainer)
    tokenizer.post_processor = processors.BertProcessing(("</s>", 2), ("<s>", 1))
    return tokenizer


def newer():
    """../unicode16.go: the characters whose category in Oniguruma differs from Go's."""
    codes = [c for c in range(0x110000) if not 0xd800 <= c < 0xe000]
    everything = "".join(map(chr, codes))

    def matches(pattern):
        return {codes[i]
                for _, (begin, end) in SPLIT(pattern, "removed", True).pre_tokenize_str(everything)
                for i in range(begin, end)}

    stand_ins = dict(
        Lu="À", Ll="à", Lt="ǅ", Lm="ʰ", Lo="ª", Mn="\u0300", Mc="\u0903", Me="\u0488", Nd="٠", Nl="Ⅰ", No="²", Pc="‿",
        Pd="‐", Ps="‚",
        Pe="⁆", Pi="«", Pf="»", Po="¡", Sm="¬", Sc="¢", Sk="¨", So="¦", Cf="\u00ad", Zs="\u00a0", Zl="\u2028",
        Zp="\u2029", Cc="\u0080", Cn="\ufffe")
    category = {c: name for name in stand_ins for c in matches(r"\p{%s}+" % name)}
    han = matches(r"\p{Han}+")
    rows = []
    for c in codes:
        name = category.get(c, "Co")
        if name == unicodedata2.category(chr(c)):
            continue
        alike = "\U00031350" if c in han else stand_ins[name]
        if rows and rows[-1][1] == c - 1 and rows[-1][2] == alike:
            rows[-1][1] = c
        else:
            rows.append([c, c, alike])
    with open(os.path.join(HERE, "..", "unicode16.go"), "w") as f:
        f.write("// Code generated by testdata/generate.py. DO NOT EDIT.\n\npackage tokenizer\n\n"
                "// newer are the characters whose category in Unicode 16.0, Oniguruma's, is\n"
                "// another than in 15.0, Go's, each with one that has its new category in both.\n"
                "var newer = [...]newRange{\n")
        for begin, end, alike in rows:
            f.write("\t{%#x, %#x, %#x},\n" % (begin, end, ord(alike)))
        f.write("}\n")


CORPUS = corpus(10500)
NFKC_LOWER = [normalizers.NFKC(), normalizers.Lowercase(), normalizers.Strip()]
NFKD_LOWER = [normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase(),
    normalizers.Replace(Regex(r" {2,}|\t+"), " ")]


def main():
    store(os.path.join(HERE, "corpus.gz"), b"".join(struct.pack("<I", len(s)) + s for s in CORPUS))
    newer()
    sentencepiece_bpe()
    write("gpt2", gpt2(), True, training=TRAINING)
    write("roberta", roberta())
    write("llama3", llama3(), True)
    write("qwen2", qwen2(), True)
    write("smollm2", smollm2(), True)
    write("neox", neox())
    write("o200k", regexes(O200K), True)
    write("cl100k", regexes(CL100K))
    write("deepseek", regexes(*DEEPSEEK), True)
    write("added", added())
    write("llama2", llama2())
    write("mistral", mistral("first", False))
    write("metaspace-always", mistral("always", False))
    write("metaspace-split", metaspace("first"))
    write("metaspace-never", metaspace("never"))
    write("gemma", gemma())
    write("unigram", unigram(
        normalizers.Sequence([normalizers.Precompiled(charsmap()), normalizers.Replace(Regex(" {2,}"), " ")]),
        pre_tokenizers.Metaspace(prepend_scheme="always"), decoders.Metaspace(prepend_scheme="always")), True)
    write("unigram-bytes", unigram(
        normalizers.NFD(), pre_tokenizers.Metaspace(prepend_scheme="first", split=False),
        decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace(prepend_scheme="first")]), byte_fallback=True))
    write("whitespace", plain(pre_tokenizers.Whitespace(), normalizers.Sequence(NFKD_LOWER)), True)
    write("punctuation", plain(pre_tokenizers.Sequence([
        pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("contiguous"), pre_tokenizers.Digits()]),
        normalizers.Sequence(NFKC_LOWER), fuse=True), True)
    write("behaviors", plain(pre_tokenizers.Sequence([
        pre_tokenizers.Split("-", "removed"), SPLIT("[aeiou]", "merged_with_previous"), SPLIT("[0-9]", "contiguous"),
        pre_tokenizers.Split(" ", "merged_with_next"), SPLIT("[b-y]+$", "merged_with_next", True),
        SPLIT("^[^a]", "removed"),
        pre_tokenizers.Punctuation("merged_with_previous")])))


main()
