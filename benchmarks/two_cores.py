"""From the loop of the tutorials to the limit of the machine, one change per step: how many digits per second train LeNet.

`python -m benchmarks.two_cores` saves the result that the page `two_cores` shows; it takes MNIST from `LENET_DATA` if it is
there, else the 5,000 digits, and needs a C compiler for the last step. Every round runs all steps one after the other, so that
whatever else the machine does meets all of them; what counts is the median over the rounds. The limits are measured in every
round too: multiply-adds per second of a matrix product, and bytes per second of a copy too large for the caches.
"""

import statistics
import time
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import torch

from benchmarks.results import save
from benchmarks.time_to_99 import epoch, loader_of
from benchmarks.training_speed import digits, multiply_adds_per_second
from lenet_utils import experiments
from lenet_utils.data import Digits
from lenet_utils.experiments import results
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.two_cores.experiment import SEVEN_PASSES, fastest, new_net, recipes
from lenet_utils.training.fit import fit


class AsDrawn(LeNet):
    """LeNet with ReLU before the maximum, as its drawings have it, which `LeNet` turns round."""

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return self.maps(X)["OUT"]


def main(rounds: int = 9) -> None:
    start = time.perf_counter()
    X, y, name = digits()
    fast = recipes()[fastest(experiments.load("recipe")["runs"])]
    variants = steps(X, y, fast)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # without a compiler the last step would be the one before
        measured = measure(variants, rounds)
    values = summary(measured, {way: fast if way in FEWER else SEVEN_PASSES for way in variants})
    for way, row in values["steps"].items():
        print(f"{way:24} {row['images_per_second']:9,.0f} digits/s, 99 % after {row['seconds']:6.1f} s")
    page, seconds = results.PAGES / "two_cores", time.perf_counter() - start
    print(save("two_cores", page, data=name, images=len(X), rounds=rounds, seconds=seconds, **values))


FEWER = ("fewer, better passes", "images in the lanes")


def steps(X: torch.Tensor, y: torch.Tensor, fast: Mapping[str, Any]) -> dict[str, Callable[[], float]]:
    """For each step a function that trains for one pass over images `X` and labels `y` and returns the digits per second."""
    plain = {"memory_format": torch.contiguous_format}
    return {
        "DataLoader": lambda: with_loader(X, y),
        "tensors in memory": lambda: with_fit(as_drawn(), X, y, SEVEN_PASSES | plain),
        "channels last": lambda: with_fit(as_drawn(), X, y, SEVEN_PASSES),
        "pooling before ReLU": lambda: with_fit(new_net(0), X, y, SEVEN_PASSES),
        "fewer, better passes": lambda: with_fit(new_net(0), X, y, fast),
        "images in the lanes": lambda: with_fit(new_net(0), X, y, {**fast, "engine": "lanes"}),
    }


def as_drawn() -> LeNet:
    return AsDrawn("relu", "max", init="he", seed=0)


def with_fit(net: LeNet, X: torch.Tensor, y: torch.Tensor, settings: Mapping[str, Any]) -> float:
    """Digits per second of one pass of `fit`."""
    history = fit(net, X, y, schedule="one-cycle", progress=False, **{**settings, "num_epochs": 1})
    return history.images / history.seconds


def with_loader(X: torch.Tensor, y: torch.Tensor) -> float:
    """Digits per second of the loop that tutorials show."""
    net = as_drawn()
    loader = loader_of(Digits("part", X, y, X[:1], y[:1], 0.0), SEVEN_PASSES["batch_size"])
    return len(y) / epoch(net, loader, torch.optim.AdamW(net.parameters(), lr=SEVEN_PASSES["lr"], weight_decay=0.0))


def bytes_per_second(size: int = 256 * 2**20) -> float:
    """What is read and written by a copy of so many bytes, the best of three."""
    source, target, times = torch.zeros(size, dtype=torch.uint8), torch.zeros(size, dtype=torch.uint8), []
    for _ in range(3):
        start = time.perf_counter()
        target.copy_(source)
        times.append(time.perf_counter() - start)
    return 2 * size / min(times)


def measure(variants: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """The value of every variant and of both limits in every round, after a round that does not count."""
    variants = {"peak": multiply_adds_per_second, "bandwidth": bytes_per_second, **variants}
    values: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(1 + rounds):
        for name, run in variants.items():
            values[name].append(run())
    return {name: each[1:] for name, each in values.items()}


def summary(measured: dict[str, list[float]], settings: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Median digits per second of every step, the seconds for the passes of its recipe over 60,000 digits, and the limits."""
    peak, bandwidth = max(measured.pop("peak")), max(measured.pop("bandwidth"))
    table = LeNet().table
    macs = 3 * table.macs - table["C1"].macs  # forward, weights, inputs; nobody needs the gradient of the images
    rows = {}
    for way, values in measured.items():
        speed, passes = statistics.median(values), settings[way]["num_epochs"]
        rows[way] = {
            "images_per_second": speed, "seconds": passes * 60_000 / speed, "passes": passes,
            "batch_size": settings[way]["batch_size"], "share_of_peak": speed * macs / peak, "rounds": values,
        }  # fmt: skip
    limits = {"peak_multiply_adds_per_second": peak, "bytes_per_second": bandwidth}
    return limits | {"multiply_adds_per_image": macs, "steps": rows}


if __name__ == "__main__":
    main()
