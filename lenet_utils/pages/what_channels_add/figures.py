"""What is drawn and printed on the page `what_channels_add` alone."""

from collections.abc import Iterable

import matplotlib.pyplot as plt
import torch

from lenet_utils.experiments import Comparison, interval
from lenet_utils.figures import plots


def apart(one: Iterable[torch.Tensor], other: Iterable[torch.Tensor]) -> float:
    """The largest difference between the numbers of two lists of tensors."""
    return max((a - b).abs().max().item() for a, b in zip(one, other, strict=True))


def there_and_back(image: torch.Tensor, sums: torch.Tensor, back: torch.Tensor) -> plt.Figure:
    """An image `(1, 1, 28, 28)`, the map of `sums` that a filter computes from it, and the image computed `back`."""
    fig, axes = plots.figure(2.0, columns=3)
    plots.image(image[0, 0], axes[0], title="image")
    plots.weights(sums[0, 0], axes[1], title="one map")
    plots.image(back, axes[2], title="computed back")
    return fig


def error_rates(runs: Comparison) -> str:
    """Error rate in percent with its 95 % interval, a line a variant."""
    lines = []
    for name in runs.variants:
        mean, low, high, _ = interval([1 - accuracy for accuracy in runs.values(name)])
        lines.append(f"{name:14}{mean:.2%} ({low:.2%} to {high:.2%})")
    return "\n".join(lines)
