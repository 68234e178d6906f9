"""How many images a second train the LeNet of the note, fed by `fit` and fed by a DataLoader, at equal threads.

`python -m benchmarks.training_speed` prints ratios and saves benchmarks/results/training_speed.json.
Every round runs all variants one after the other, so that whatever else the machine does meets all of them;
what counts is the median over the rounds of the ratio within a round.
It takes MNIST from `LENET_DATA` if it is there, else the 5,000 digits.
"""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from benchmarks.results import save
from lenet_utils.data import DataError, load
from lenet_utils.nets.lenet import LeNet
from lenet_utils.training.fit import fit

BATCH = 256


class InMemoryMNIST(datasets.MNIST):
    """torchvision's MNIST over given images: only the reading of files is left out, `__getitem__` is torchvision's own."""

    def __init__(self, images: torch.Tensor, labels: torch.Tensor) -> None:
        self.data, self.targets, self.target_transform = images, labels, None
        self.transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])


def main(rounds: int = 15) -> None:
    X, y, name = digits()
    variants = {
        "DataLoader, 0 workers": lambda: with_loader(X, y, 0),
        "DataLoader, 2 workers": lambda: with_loader(X, y, 2),
        "fit, contiguous kernels": lambda: with_fit(LeNet(seed=0), X, y, memory_format=torch.contiguous_format),
        "fit": lambda: with_fit(LeNet(seed=0), X, y),
        "fit, compiled": with_compiled(X, y),
    }
    start = time.perf_counter()
    speeds, peak = measure(variants, rounds)
    values = summary(speeds, peak)
    for variant, row in values["variants"].items():
        print(
            f"{variant:24} {row['images_per_second']:9,.0f} images/s  {row['ratio']:5.2f} x  {row['share_of_peak']:5.1%} of peak"
        )
    print(save("training_speed", data=name, images=len(X), rounds=rounds, seconds=time.perf_counter() - start, **values))


def digits() -> tuple[torch.Tensor, torch.Tensor, str]:
    """Images as `(N, 1, 28, 28)` floats, labels, and the name of the data set."""
    try:
        full = load("mnist", download=False)
        return full.X_train[:20_000], full.y_train[:20_000], "mnist, the first 20,000"
    except DataError:
        small = load()
        return small.X_train.repeat(4, 1, 1, 1), small.y_train.repeat(4), "mnist-5k, four times"


def measure(variants: Mapping[str, Callable[[], float]], rounds: int) -> tuple[dict[str, list[float]], float]:
    """Images a second of every variant in every round, and the best matrix product in multiply-adds a second."""
    speeds: dict[str, list[float]] = {name: [] for name in variants}
    peak = 0.0
    for _ in range(rounds):
        peak = max(peak, multiply_adds_per_second())
        for name, run in variants.items():
            speeds[name].append(run())
    return speeds, peak


def with_loader(X: torch.Tensor, y: torch.Tensor, workers: int) -> float:
    """Images a second of the loop that tutorials show."""
    data = InMemoryMNIST((X[:, 0] * 255).round().to(torch.uint8), y)
    loader: DataLoader = DataLoader(data, batch_size=BATCH, shuffle=True, num_workers=workers)
    net = LeNet(seed=0)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    start = time.perf_counter()
    for images, labels in loader:
        loss = F.cross_entropy(net(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return len(y) / (time.perf_counter() - start)


def with_fit(net: nn.Module, X: torch.Tensor, y: torch.Tensor, **options: Any) -> float:
    """Images a second of one epoch of `fit`."""
    history = fit(net, X, y, num_epochs=1, batch_size=BATCH, progress=False, **options)
    return history.images / history.seconds


def with_compiled(X: torch.Tensor, y: torch.Tensor) -> Callable[[], float]:
    """A run of the same with `torch.compile`, compiled before the clock runs."""
    net = LeNet(seed=0)
    compiled: Any = torch.compile(net)
    fit(
        compiled, X[: 2 * BATCH + len(X) % BATCH], y[: 2 * BATCH + len(X) % BATCH], num_epochs=1, batch_size=BATCH, progress=False
    )
    return lambda: with_fit(compiled, X, y)


def multiply_adds_per_second(side: int = 2048) -> float:
    """Of the machine's own float32 matrix product, the best of three."""
    A = torch.randn(side, side)
    times = []
    for _ in range(3):
        start = time.perf_counter()
        torch.mm(A, A)
        times.append(time.perf_counter() - start)
    return side**3 / min(times)


def summary(speeds: Mapping[str, Sequence[float]], peak: float) -> dict[str, Any]:
    """Median speeds, median over the rounds of the ratio to the round's faster DataLoader, and shares of the peak."""
    loaders = [max(pair) for pair in zip(*(v for name, v in speeds.items() if name.startswith("DataLoader")), strict=True)]
    ratios = {name: [v / w for v, w in zip(values, loaders, strict=True)] for name, values in speeds.items()}
    table = LeNet().table
    work = 3 * table.macs - table["C1"].macs  # forward, weights, inputs; nobody needs the gradient of the images
    rows = {
        name: {
            "images_per_second": (median := statistics.median(values)),
            "ratio": statistics.median(ratios[name]),
            "share_of_peak": median * work / peak,
            "rounds": values,
        }
        for name, values in speeds.items()
    }
    return {"peak_multiply_adds_per_second": peak, "multiply_adds_per_image": work, "variants": rows}


if __name__ == "__main__":
    main()
