"""Whether the swapped network recovers at the rate of the course, if it goes on for as long as the sigmoids stay on a plateau."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from lenet_utils.data import Digits
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.pages.sigmoid_to_relu.experiment import COURSE, build, dead, descend
from lenet_utils.training.fit import evaluate

STEPS = 1500
EVERY = 100


def stay(digits: Digits, seed: int, *, lr: float = COURSE, number: int = STEPS, every: int = EVERY) -> dict[str, Any]:
    """`accuracies` on 2,000 test images and mean `losses` of every `every` steps; `accuracy` and `dead` shares at the end."""
    net, losses, accuracies = build(seed), [], []
    test = digits.X_test[:2000], digits.y_test[:2000]
    for step, loss in enumerate(descend(net, digits, seed, lambda step: lr, number)):
        if step and step % every == 0:  # the loss is that before the step
            accuracies.append(evaluate(net, *test).accuracy)
        losses.append(loss)
    accuracies.append(evaluate(net, *test).accuracy)
    means = torch.tensor(losses).view(-1, every).mean(1)
    shares = {name: round(share, 3) for name, share in dead(net, test[0]).items()}
    return {
        "accuracy": accuracies[-1], "accuracies": [round(each, 4) for each in accuracies],
        "losses": [round(loss, 3) for loss in means.tolist()], "dead": shares,
    }  # fmt: skip


@named(data="mnist", seeds=10)
def swap_stay(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """The swapped network at the rate of the course over 1,500 steps: does it ever leave chance?"""
    return compare({"swapped": {}}, seeds, data, run=stay, keep=keep)
