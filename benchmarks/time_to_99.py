"""Seconds of training until the mean test accuracy on MNIST is 99.0 %, five ways in one run, on all cores.

`python -m benchmarks.time_to_99` needs MNIST in `LENET_DATA`, a C compiler, and the recipes tried by
`python -m lenet_utils.experiments run recipe`; it saves the result that the pages `beyond_one_machine` and `two_cores` show:
LeNet trained by `fit` with seven passes; the same network and recipe fed by torchvision's DataLoader; LeNet trained by `fit`
with the fastest of the recipes; the same with `engine="lanes"`; and the network and the recipe of PyTorch's own MNIST example,
written anew from its description: 1.2 million weights, batches of 64, Adadelta.
The clock runs from the first step to the last; loading and compiling before and testing between are not counted.
"""

import statistics
import time
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader

from benchmarks.results import save
from benchmarks.training_speed import InMemoryMNIST, multiply_adds_per_second
from lenet_utils import experiments
from lenet_utils.data import Digits, load
from lenet_utils.experiments import results
from lenet_utils.nets.lenet import count_params
from lenet_utils.pages.beyond_one_machine.tables import passes
from lenet_utils.pages.two_cores.experiment import SEVEN_PASSES, fastest, new_net, recipes
from lenet_utils.training.fit import SCHEDULES, evaluate, fit

AIM = 0.99
EXAMPLE_BATCH, EXAMPLE_EPOCHS = 64, 14
Run = list[tuple[float, float]]  # seconds and test accuracy at the end, or after every epoch


def main(seeds: int = 10, loader_seeds: int = 3, example_seeds: int = 1) -> None:
    digits = load("mnist", normalise="pytorch", download=False)
    name = fastest(experiments.load("recipe")["runs"])
    few = recipes()[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # without a compiler the race has no meaning
        with_fit(digits, 0, few | {"num_epochs": 1, "engine": "lanes"})  # compiled before the clock runs
    runs: dict[str, list[Run]] = {"lanes": [], "fit, fewer passes": [], "fit": [], "DataLoader": [], "PyTorch's example": []}
    for seed in range(seeds):  # side by side in time
        runs["lanes"].append(with_fit(digits, seed, few | {"engine": "lanes"}))
        runs["fit, fewer passes"].append(with_fit(digits, seed, few))
        runs["fit"].append(with_fit(digits, seed, SEVEN_PASSES))
        if seed < loader_seeds:
            runs["DataLoader"].append(with_loader(digits, seed))
        if seed < example_seeds:
            runs["PyTorch's example"].append(with_example(digits, seed))
    values = summary(runs, few["num_epochs"] * len(digits.X_train), SEVEN_PASSES["num_epochs"] * len(digits.X_train))
    for way, row in values["variants"].items():
        share = f", {row['share_of_peak']:.0%} of the peak" if "share_of_peak" in row else ""
        print(f"{way:18} {row['seconds']:7.1f} s  {values['ratios_to_lanes'][way]:5.2f} x  {row['accuracy']:.2%}{share}")
    print(save("time_to_99", results.PAGES / "beyond_one_machine", aim=AIM, recipe=name, settings=few, **values))


def summary(runs: Mapping[str, Sequence[Run]], few: int, many: int) -> dict[str, Any]:
    """Of every way its time, accuracy, digits seen and share of the peak of a matrix product, and the ratios of the times.

    `few` digits are seen by the ways with the fast recipe, `many` by those with seven passes.
    """
    peak = multiply_adds_per_second()
    table = new_net(0).table
    macs = 3 * table.macs - table["C1"].macs
    seen = {"lanes": few, "fit, fewer passes": few, "fit": many, "DataLoader": many}
    rows = {way: finals(each) for way, each in runs.items() if way in seen}
    for way, row in rows.items():
        row |= {"digits_seen": seen[way], "share_of_peak": seen[way] * macs / row["seconds"] / peak}
    rows["PyTorch's example"] = curves(runs["PyTorch's example"])
    ratios, to_lanes = ({way: paired(each, runs[base]) for way, each in runs.items() if way in seen} for base in ("fit", "lanes"))
    for base, known in (("fit", ratios), ("lanes", to_lanes)):
        known["PyTorch's example"] = rows["PyTorch's example"]["seconds"] / rows[base]["seconds"]
    return {"variants": rows, "ratios": ratios, "ratios_to_lanes": to_lanes, "peak_multiply_adds_per_second": peak}


def with_fit(digits: Digits, seed: int, recipe: Mapping[str, Any]) -> Run:
    """Seconds and test accuracy of LeNet after `fit` with the settings `recipe`."""
    net = new_net(seed)
    history = fit(net, digits.X_train, digits.y_train, schedule="one-cycle", seed=seed, progress=False, **recipe)
    return [(history.seconds, evaluate(net, digits.X_test, digits.y_test).accuracy)]


def with_loader(digits: Digits, seed: int) -> Run:
    """The same network, threads and seven passes, the batches from a DataLoader."""
    net, passes = new_net(seed), SEVEN_PASSES["num_epochs"]
    loader = loader_of(digits, SEVEN_PASSES["batch_size"])
    optimizer = torch.optim.AdamW(net.parameters(), lr=SEVEN_PASSES["lr"], weight_decay=0.0)
    number = passes * len(loader)
    rates = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: SCHEDULES["one-cycle"]((step + 0.5) / number))
    torch.manual_seed(seed)
    seconds = sum(epoch(net, loader, optimizer, rates) for _ in range(passes))
    return [(seconds, evaluate(net, digits.X_test, digits.y_test).accuracy)]


def with_example(digits: Digits, seed: int) -> Run:
    """Seconds and test accuracy after every epoch of PyTorch's example, to a tenth of a point above the aim."""
    torch.manual_seed(seed)
    net, seconds = Example(), 0.0
    found: Run = []
    optimizer = torch.optim.Adadelta(net.parameters(), lr=1.0)
    rates = torch.optim.lr_scheduler.StepLR(optimizer, 1, 0.7)
    loader = loader_of(digits, EXAMPLE_BATCH)
    while len(found) < EXAMPLE_EPOCHS and (not found or found[-1][1] < AIM + 0.001):
        seconds += epoch(net, loader, optimizer)
        rates.step()
        found.append((seconds, evaluate(net, digits.X_test, digits.y_test).accuracy))
    return found


class Example(nn.Sequential):
    """Two convolutions 3x3 of 32 and 64 maps, one pooling, 128 dense units: 1,199,882 weights."""

    def __init__(self) -> None:
        super().__init__(
            nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25),
            nn.Flatten(), nn.Linear(64 * 12 * 12, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10),
        )  # fmt: skip
        assert count_params(self) == 1_199_882


def loader_of(digits: Digits, batch_size: int) -> DataLoader:
    """torchvision's MNIST with its transforms, no worker processes: on two cores the faster way."""
    blank = digits.background
    pixels = (digits.X_train[:, 0] - blank) * 0.3081 * 255
    return DataLoader(InMemoryMNIST(pixels.round().to(torch.uint8), digits.y_train), batch_size=batch_size, shuffle=True)


def epoch(
    net: nn.Module, loader: DataLoader, optimizer: torch.optim.Optimizer,
    rates: torch.optim.lr_scheduler.LRScheduler | None = None,
) -> float:  # fmt: skip
    """Seconds of one pass."""
    net.train()
    start = time.perf_counter()
    for images, labels in loader:
        loss = F.cross_entropy(net(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if rates:
            rates.step()
    return time.perf_counter() - start


def finals(runs: Sequence[Run]) -> dict[str, Any]:
    """Of runs with a fixed length: mean accuracy at the end, which must reach the aim, and median seconds."""
    accuracy = statistics.mean(run[-1][1] for run in runs)
    if accuracy < AIM:
        raise RuntimeError(f"The mean accuracy of {len(runs)} runs is {accuracy:.2%}, below {AIM:.0%}: train longer.")
    return {"seconds": statistics.median(run[-1][0] for run in runs), "accuracy": accuracy, "runs": runs}


def paired(slow: Sequence[Run], fast: Sequence[Run]) -> float:
    """The median over the seeds that both have of how many times longer the runs of `slow` took than those of `fast`."""
    return statistics.median(a[-1][0] / b[-1][0] for a, b in zip(slow, fast, strict=False))


def curves(runs: Sequence[Run]) -> dict[str, Any]:
    """Of runs tested after every epoch: the first epoch whose mean accuracy reaches the aim."""
    if not (count := passes(runs, AIM)):
        raise RuntimeError(f"No epoch of the {len(runs)} runs has a mean accuracy of {AIM:.0%}.")
    seconds, accuracies = zip(*(run[min(count, len(run)) - 1] for run in runs), strict=True)
    return {"seconds": statistics.median(seconds), "accuracy": statistics.mean(accuracies), "runs": runs}


if __name__ == "__main__":
    main()
