"""The maps that a run trains, by method."""

import peft
import torch
from peft.utils.integrations import dequantize_module_weight
from transformers.pytorch_utils import Conv1D

from .deltas import Dense, product
from .dropout import Dropout

ADAPTER = "default"


class Array:
    """An array that trains. Its value is (out, in) or (in, out) of a map, as the layer has it. A factor of γBA
    knows γ."""

    def __init__(self, role, value, transposed=False, gamma=None):
        self.role, self.value, self.transposed, self.gamma = role, value, transposed, gamma


class Lora:
    """A low-rank adapter beside a frozen map."""

    def __init__(self, name, layer, request):
        self.name, self.layer, self.gamma = name, layer, request["gamma"]
        self.a, self.b = layer.lora_A[ADAPTER].weight, layer.lora_B[ADAPTER].weight
        self.arrays = [Array("a", self.a, gamma=self.gamma), Array("b", self.b, gamma=self.gamma)]
        layer.scaling[ADAPTER] = self.gamma
        self.dropout = None
        if request["dropout"]:
            self.dropout = Dropout(request["dropout"], request["seed"], name, self.a.device)
            layer.lora_dropout[ADAPTER] = self.dropout

    def drops(self, batch):
        """Drops entries of the adapter's input while a batch trains; None ends that."""
        if self.dropout:
            self.dropout.begin(batch)
            self.layer.training = batch is not None  # DoRA asks

    def fill(self, work):
        """Gives A and B their first values: one is drawn, the other is zero."""
        self.drawn_b = f"{self.name}.lora_B.weight" in work.keys()
        for factor, name, drawn in (self.a, "lora_A", not self.drawn_b), (self.b, "lora_B", self.drawn_b):
            factor.data.copy_(work.get_tensor(f"{self.name}.{name}.weight")) if drawn else factor.data.zero_()

    def delta(self):
        return product(self.a.data, self.b.data, self.gamma)

    def output(self, x):
        """What training has added to the map's output."""
        return self.gamma * ((x @ self.a.T) @ self.b.T)

    def input_gradient(self, v):
        return self.gamma * ((v @ self.b) @ self.a)

    def drop(self):
        """The loss drop by the first update, to first order. One factor was zero before it,
        and the other had no gradient."""
        trained = self.a if self.drawn_b else self.b
        return -dot(trained.grad, trained.data)

    def moved(self, work):
        """A − A₀ and A₀; None where A starts at zero."""
        if self.drawn_b:
            return None
        start = work.get_tensor(f"{self.name}.lora_A.weight").to(self.a.device)
        return self.a.data - start, start

    def trained(self):
        return {f"{self.name}.lora_A.weight": self.a, f"{self.name}.lora_B.weight": self.b}


class Dora(Lora):
    """A low-rank adapter with the lengths of the rows of W + γBA apart."""

    def __init__(self, name, layer, request):
        super().__init__(name, layer, request)
        self.m = layer.lora_magnitude_vector[ADAPTER].weight
        self.arrays.append(Array("own", self.m))

    @property
    def frozen(self):
        return weight(self.layer.base_layer)

    def fill(self, work):
        super().fill(work)
        self.start = self.frozen.norm(dim=1)
        if (self.start == 0).any():
            row = int((self.start == 0).nonzero()[0])
            raise ValueError(f"{self.name}: row {row} of its weights is zero: DoRA divides by its length")
        self.m.data.copy_(self.start)

    def delta(self):
        frozen = self.frozen
        v = frozen + self.gamma * (self.b.data @ self.a.data)
        return Dense((self.m.data / v.norm(dim=1))[:, None] * v - frozen)

    def output(self, x):
        return x @ self.delta().matrix.T

    def input_gradient(self, v):
        return v @ self.delta().matrix

    def drop(self):
        # An update also changes the length of row i, by the component of γ(BA)ᵢ along it,
        # which counts as a change of mᵢ downwards.
        added = self.gamma * (self.b.data @ self.a.data)
        longer = (self.frozen.double() * added.double()).sum(1) / self.start.double()
        return super().drop() - dot(self.m.grad, self.m.data.double() - self.start.double() - longer)

    def trained(self):
        return super().trained() | {f"{self.name}.lora_magnitude_vector.weight": self.m}


class Full:
    """A map whose own weights train."""

    def __init__(self, name, layer, request):
        self.name, self.layer, self.was = name, layer, layer.weight
        layer.weight = torch.nn.Parameter(layer.weight.detach().clone())
        self.arrays = [Array("weight", layer.weight, isinstance(layer, Conv1D))]

    def fill(self, work):
        pass

    def drops(self, batch):
        pass

    def restore(self):
        self.layer.weight = self.was

    def delta(self):
        d = self.layer.weight.data - self.was.data
        return Dense(d.T if self.arrays[0].transposed else d)

    def output(self, x):
        return x @ self.delta().matrix.T

    def input_gradient(self, v):
        return v @ self.delta().matrix

    def drop(self):
        return -dot(self.layer.weight.grad, self.layer.weight.data - self.was.data)

    def moved(self, work):
        return None

    def trained(self):
        return {}


class Attached:
    """The maps of a run on a base model, until detached."""

    def __init__(self, base, request):
        named = dict(base.named_modules())
        missing = [name for name in request["maps"] if not hasattr(named.get(name), "weight")]
        if missing:
            raise ValueError(f"the model as transformers loads it has no linear map {missing[0]}")
        self.base, self.adapted = base, None
        if request["method"] == "full":
            self.maps = [Full(name, named[name], request) for name in request["maps"]]
            return
        dora = request["method"] == "dora"
        config = peft.LoraConfig(
            r=request["rank"], lora_alpha=request["rank"], target_modules=request["maps"], use_dora=dora,
        )  # fmt: skip
        self.adapted = peft.get_peft_model(base, config)
        named = dict(base.named_modules())
        self.maps = [(Dora if dora else Lora)(name, named[name], request) for name in request["maps"]]

    def detach(self):
        if self.adapted:
            self.adapted.unload()
            return
        for m in self.maps:
            m.restore()


def weight(layer):
    """The weights of a layer as (out, in), in float32."""
    w = dequantize_module_weight(layer).data.float()
    return w.T if isinstance(layer, Conv1D) else w


def dot(x, y):
    """The inner product in float64."""
    return (x.double() * y.double()).sum()
