"""LeNet beside what came before it and what has as many weights; and the digits that it gets wrong."""

import base64
import zlib

import torch
from sklearn.neighbors import KNeighborsClassifier

from lenet_utils import data as datasets
from lenet_utils.experiments.comparison import compare
from lenet_utils.experiments.named import load, named
from lenet_utils.experiments.sentences import RECIPE, SAME_WEIGHTS
from lenet_utils.models import MLP, LeNet, Linear
from lenet_utils.training import evaluate, fit

NETS = {
    "linear": lambda seed: Linear(seed=seed),
    "mlp": lambda seed: MLP(SAME_WEIGHTS, "relu", seed=seed),
    "lenet": lambda seed: LeNet("relu", "max", seed=seed),
}


def recognise(digits, seed, *, model, num_epochs=5):
    """`accuracy` on the test digits of the net `model`, or of the three nearest neighbours, which take no seed."""
    if model == "3 neighbours":
        search = KNeighborsClassifier(3).fit(digits.X_train.flatten(1).numpy(), digits.y_train.numpy())
        return {"accuracy": float(search.score(digits.X_test.flatten(1).numpy(), digits.y_test.numpy()))}
    net = NETS[model](seed)
    fit(net, digits.X_train, digits.y_train, seed=seed, progress=False, **RECIPE | {"num_epochs": num_epochs})
    return {"accuracy": evaluate(net, digits.X_test, digits.y_test).accuracy}


@named(data="mnist", seeds=5)
def rivals(data, seeds, keep):
    """Softmax regression, three nearest neighbours, an MLP with 61,706 weights, and LeNet, all trained alike."""
    return compare(
        {name: {"model": name} for name in ("linear", "3 neighbours", "mlp", "lenet")}, seeds, data, run=recognise, keep=keep
    )


@named(data="mnist", seeds=1)
def mistakes(data, seeds, keep):
    """The pictures that the first network at the top of the ladder gets wrong."""
    wrong = load("ladder")["runs"].values("longer", "wrong")[0]
    pictures = datasets.load(data).X_test[[place for place, *_ in wrong], 0]
    return {"wrong": wrong, **packed(pictures)}


def packed(pictures):
    """Pictures `(N, side, side)` from 0 to 1 as text, 256 tones each, with their `side`; `unpacked` is the way back."""
    tones = (255 * pictures).round().to(torch.uint8)
    text = base64.b64encode(zlib.compress(tones.numpy().tobytes(), 9)).decode()
    return {"side": tones.shape[-1], "pictures": text}


def unpacked(result):
    """The pictures of a result of `mistakes`: uint8 `(N, side, side)`."""
    content = bytearray(zlib.decompress(base64.b64decode(result["pictures"])))
    return torch.frombuffer(content, dtype=torch.uint8).view(-1, result["side"], result["side"])
