"""Lines of digits, what it costs to read them, and which digits are read."""

import torch

from lenet_utils.data import Digits
from lenet_utils.nets import shapes
from lenet_utils.nets.bitmaps import BITMAPS
from lenet_utils.nets.papers import LeNet5
from lenet_utils.pages.net_1989 import levenberg
from lenet_utils.pages.net_1989.groups import rescale


def trained(digits: Digits, num_passes: int, seed: int) -> LeNet5:
    """A LeNet-5 after so many passes, one digit at a time, as on the page `lenet_5`."""
    net = LeNet5(seed=seed)
    rescale(net, "1/root")
    for _ in levenberg.passes([net], digits.X_train, digits.y_train, levenberg.Squares(BITMAPS), [0.0001] * num_passes):
        pass
    return net


def write(images: torch.Tensor, background: float, step: int = 24) -> torch.Tensor:
    """Digits `(N, 1, 32, 32)` side by side, `step` pixels apart, as one line `(1, 1, 32, step (N - 1) + 32)`.

    Where two digits overlap the darker ink stays.
    """
    line = torch.full((1, 1, 32, step * (len(images) - 1) + 32), background)
    for place, image in enumerate(images):
        part = line[0, 0, :, step * place : step * place + 32]
        torch.maximum(part, image[0], out=part)
    return line


def windows(line: torch.Tensor) -> torch.Tensor:
    """The windows of 32 pixels, every fourth, of a line `(1, 1, 32, W)`: `(positions, 1, 32, 32)`."""
    return line[0].unfold(2, 32, 4).permute(2, 0, 1, 3)


@torch.no_grad()
def multiply_adds(net: LeNet5, width: int) -> int:
    """How many multiply-adds `net` takes to read a line of `width` pixels in one pass."""
    table, total = shapes.walk(shapes.LENET5, size=32), 0
    for name, values in net.maps(torch.zeros(1, 1, 32, width)).items():
        positions = values.shape[2] * values.shape[3]
        total += table[name].macs // table[name].size ** 2 * positions
    return total


def smallest_nearby(penalties: torch.Tensor) -> torch.Tensor:
    """The positions whose smallest penalty, of penalties `(10, positions)`, is the smallest within two to either side."""
    best = penalties.amin(0)
    near = [best[max(place - 2, 0) : place + 3].amin() for place in range(len(best))]
    return (best == torch.stack(near)).nonzero().flatten()


@torch.no_grad()
def measure(net: LeNet5, images: torch.Tensor, labels: torch.Tensor, step: int) -> tuple[float, float, float]:
    """Lines of `images` `(lines, N, 1, 32, 32)` with `labels` `(lines, N)`, written `step` pixels apart and read.

    Returns the share of digits read correctly at their middles, the mean number of positions that `smallest_nearby` finds in a
    line, and the share of lines in which the answers at these positions are the labels.
    """
    background = float(images.min())
    right = positions = whole = 0
    for digits, label in zip(images, labels, strict=True):
        penalties = -net(write(digits, background, step))[0, :, 0]
        answers, chosen = penalties.argmin(0), smallest_nearby(penalties)
        right += int((answers[:: step // 4] == label).sum())
        positions += len(chosen)
        whole += answers[chosen].tolist() == label.tolist()
    return right / labels.numel(), positions / len(labels), whole / len(labels)
