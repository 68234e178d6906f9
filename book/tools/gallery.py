"""Every kind of figure of the book on one page, in light and dark, for authors: `python -m book.tools.gallery`."""

import html
import inspect
import re
from collections.abc import Callable
from pathlib import Path

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch

from book.tools.paths import BUILD, ROOT
from lenet_utils import data
from lenet_utils.experiments.comparison import Comparison
from lenet_utils.figures import charts, plots
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.mistakes import figures as mistakes
from lenet_utils.pages.network import to_scale
from lenet_utils.pages.sentences import figures as sentences
from lenet_utils.pages.training import figures as training

CHANCE = torch.Generator().manual_seed(0)
MODULES = {
    "plots": plots, "charts": charts, "mistakes": mistakes, "network": to_scale, "sentences": sentences, "training": training,
}  # fmt: skip
NAMES = ("LeNet", "softmax regression", "three nearest neighbours")


def runs(value: str) -> Comparison:
    """Three variants, five seeds; of the last variant two runs have no step."""
    rows = [
        {"variant": name, "seed": seed, "accuracy": 0.9 + 0.03 * place + 0.003 * seed, "step": 40 * 4**place + 9 * seed}
        for place, name in enumerate(NAMES)
        for seed in range(5)
    ]
    table = pd.DataFrame(rows)[["variant", "seed", value]]
    if value == "step":
        table.loc[table.index[-2:], value] = None
    return Comparison(table)


def noise(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=CHANCE)


def digits(number: int) -> torch.Tensor:
    return data.load().X_test[:number, 0]


def counts() -> np.ndarray:
    return np.diag([98] * 10) + torch.randint(0, 6, (10, 10), generator=CHANCE).numpy()


EXAMPLES: dict[str, Callable[[plt.Axes], object]] = {
    "plots.image": lambda ax: plots.image(digits(1)[0], ax, title="28×28"),
    "plots.weights": lambda ax: plots.weights(noise(5, 5), ax, title="a kernel"),
    "plots.strip": lambda ax: plots.strip(digits(10), ax, titles=[f"{i}→{9 - i}" for i in range(10)], columns=5),
    "plots.tile": lambda ax: (plots.tile(ax, digits(1)[0], 0, 0, plots.CONVOLUTION), ax.set(xlim=(-2, 60), ylim=(30, -2))),
    "plots.numbers": lambda ax: plots.numbers(noise(4, 6), ax, form="{:.1f}", window=(1, 1, 2)),
    "plots.outline": lambda ax: plots.outline(plots.image(digits(1)[0], ax), 4, 4, 20),
    "plots.answer": lambda ax: plots.answer(noise(10), ax, label=3),
    "plots.reading": lambda ax: plots.reading(torch.cat([*digits(4)], 1), 40 + 9 * noise(10, 21).abs(), ax),
    "charts.intervals": lambda ax: charts.intervals(runs("accuracy"), ax=ax, marks=[0.95]),
    "charts.curves": lambda ax: charts.curves({name: 0.9 + 0.01 * noise(5, 8).cumsum(1) for name in "ABCDE"}, ax),
    "mistakes.confusion": lambda ax: mistakes.confusion(counts(), ax),
    "mistakes.calibration": lambda ax: mistakes.calibration([(10 * i + 5, i / 10 + 0.05, i / 10 + 0.02) for i in range(10)], ax),
    "sentences.classes": lambda ax: sentences.classes(noise(200, 2) + 3 * noise(10, 2).repeat(20, 1), torch.arange(200) % 10, ax),
    "training.by_layer": lambda ax: training.by_layer(
        {name: dict(zip("abcd", 10 ** noise(4), strict=True)) for name in "AB"}, ax
    ),
    "training.steps": lambda ax: training.steps(runs("step"), 2000, ax=ax),
    "network.draw": lambda ax: to_scale.draw(LeNet("relu", "max", seed=0), data.load().X_test[3], ax),
}


def kinds() -> set[str]:
    """The public functions that draw on an axis, such as `charts.curves`."""
    named = [(*item, *each) for item in MODULES.items() for each in inspect.getmembers(item[1], inspect.isfunction)]
    return {
        f"{title}.{name}"
        for title, module, name, each in named
        if each.__module__ == module.__name__ and not name.startswith("_") and "ax" in inspect.signature(each).parameters
    }


def dark_filter() -> str:
    """What the book's style does to a figure in the dark."""
    style = (ROOT / "book" / "static" / "book.css").read_text(encoding="utf-8")
    found = re.search(r'data-theme="dark"\] \.bd-article div\.cell_output img.*?filter: (.+?) !important', style, re.DOTALL)
    assert found, "book.css no longer says how a figure is shown in the dark"
    return found[1]


def write(folder: Path = BUILD / "gallery") -> Path:
    """Draw every example into `folder`; returns the page that shows them side by side, light and dark."""
    folder.mkdir(parents=True, exist_ok=True)
    plots.use_style()
    rows = []
    for name, example in EXAMPLES.items():
        figure, ax = plots.figure(3.0)
        example(ax)
        figure.savefig(folder / f"{name}.png", dpi=200)
        plt.close(figure)
        pair = "".join(f'<td class="{mode}"><img src="{name}.png" alt="" width="560"></td>' for mode in ("light", "dark"))
        rows.append(f"<tr><th>{html.escape(name)}</th>{pair}</tr>")
    style = f".dark {{ background: #14171c }} .dark img {{ filter: {dark_filter()}; mix-blend-mode: lighten }}"
    page = folder / "index.html"
    table = f"<table>{''.join(rows)}</table>"
    page.write_text(f"<!doctype html><meta charset=utf-8><title>Figures</title><style>{style}</style>{table}", encoding="utf-8")
    return page


if __name__ == "__main__":
    print(write().as_uri())
