"""Makes parameters.json beside it: how many parameters PEFT says that each method trains on a small model.

    python parameters.py OUT

The model is ../peft/testdata/llama3, with adapters on all its linear maps. OUT receives parameters.json, which
has for each method the number at each rank.
"""

import os
import sys

import peft
import transformers

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "peft", "testdata"))
import generate  # noqa: E402

MODEL = os.path.join(HERE, "..", "peft", "testdata", "llama3")
RANKS = (2, 8)
METHODS = {
    "lora": lambda r, maps: peft.LoraConfig(r=r, target_modules=maps),
    "dora": lambda r, maps: peft.LoraConfig(r=r, target_modules=maps, use_dora=True),
    "vera": lambda r, maps: peft.VeraConfig(r=r, target_modules=maps),
    "loha": lambda r, maps: peft.LoHaConfig(r=r, target_modules=maps),
    "lokr": lambda r, maps: peft.LoKrConfig(r=r, target_modules=maps),
    "adalora": lambda r, maps: peft.AdaLoraConfig(init_r=r, target_r=1, total_step=10, target_modules=maps),
}


def count(method, rank):
    model = generate.base(MODEL)
    model = peft.get_peft_model(model, METHODS[method](rank, generate.linear_maps(model)))
    return model.get_nb_trainable_parameters()[0]


if __name__ == "__main__":
    transformers.utils.logging.disable_progress_bar()
    generate.write(os.path.join(sys.argv[1], "parameters.json"), {m: {r: count(m, r) for r in RANKS} for m in METHODS})
