"""Maximum and average with the tanh of 1998 at three learning rates, so that one rate does not decide between them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from lenet_utils.data import Digits
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import RECIPE, fit_by_recipe, validation_split
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.differences.experiment import verdicts
from lenet_utils.training.fit import evaluate

POOLS = ("max", "avg")
RATES: Mapping[str, float] = {name: RECIPE["lr"] * factor for name, factor in {"third": 1 / 3, "usual": 1, "triple": 3}.items()}


def on_rate(digits: Digits, seed: int, *, pool: str, lr: float, num_epochs: int = 4, hold_back: int = 10_000) -> dict[str, float]:
    """`accuracy` on the test digits, and on `hold_back` training digits as `held_back`, of a LeNet with the scaled tanh."""
    split = validation_split(digits, hold_back)
    net = fit_by_recipe(LeNet("scaled_tanh", pool, seed=seed), split, seed, num_epochs=num_epochs, lr=lr, engine="lanes")
    accuracy = evaluate(net, digits.X_test, digits.y_test).accuracy
    return {"accuracy": accuracy, "held_back": evaluate(net, split.X_test, split.y_test).accuracy}


def best(comparison: Comparison, pool: str) -> str:
    """The variant of `pool` with the highest mean accuracy on the held-back digits."""
    means = comparison.table("held_back")["mean"]
    return max((f"{pool} {rate}" for rate in RATES), key=lambda name: means[name])


def gains(comparison: Comparison) -> dict[tuple[str, str], tuple[float, float, float, bool]]:
    """By how many percentage points maximum is ahead of average at each rate, and with the `best` rate of each."""
    pairs = [(f"max {rate}", f"avg {rate}") for rate in RATES]
    chosen = best(comparison, "max"), best(comparison, "avg")
    return verdicts(comparison, dict.fromkeys([*pairs, chosen]))


@named(data="mnist", seeds=5)
def pooling_rates(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Max and average pooling with the scaled tanh of 1998 at a third, once and three times the usual rate, four passes."""
    variants = {f"{pool} {name}": {"pool": pool, "lr": lr} for pool in POOLS for name, lr in RATES.items()}
    return compare(variants, seeds, data, run=on_rate, keep=keep)
