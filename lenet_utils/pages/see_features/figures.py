"""The figures and tables of the page: maps, patches and attributions of two networks, one above the other."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import pandas as pd
import torch
import torch.nn.functional as F

from lenet_utils.figures import charts, plots
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.see_features.experiment import HIDDEN, mean_of, patches, strongest
from lenet_utils.pages.see_features.experiment_chance import shuffled_agreement

STATES = ("untrained", "trained")
ORDERS = {"trained": "own map", "other": "other seed", "ink": "most ink", "untrained": "untrained", "random": "random"}


def rows(*maps: torch.Tensor) -> plt.Figure:
    """Maps `(N, H, W)` of an untrained and of a trained network, a row each."""
    fig, axes = plots.figure(2.6, rows=2)
    for ax, each, state in zip(axes, maps, STATES, strict=True):
        plots.strip(each, ax, plots.CONVOLUTION).set_ylabel(state)
    return fig


@torch.no_grad()
def favourites(net: LeNet, X: torch.Tensor, layer: str = "C3") -> torch.Tensor:
    """The pixels of the nine images of `X` that activate each map of `layer` most, where it sees them: `(maps, 9, 14, 14)`."""
    return patches(net, X, strongest(net.maps(X)[layer]), layer)


def blocks(sides: Sequence[torch.Tensor], count: int = 12) -> plt.Figure:
    """The first `count` blocks of nine patches each, of the one network on the left and of the other on the right."""
    fig, axes = plots.figure(4.6, columns=2)
    for ax, cut in zip(axes, sides, strict=True):
        framed = F.pad(cut[:count], (0, 1, 0, 1), value=0.4).view(count, 3, 3, 15, 15)
        plots.strip(framed.transpose(2, 3).reshape(count, 45, 45), ax, columns=3)
    return fig


def purities(runs: pd.DataFrame, chance: pd.DataFrame) -> pd.DataFrame:
    """The mean purity of each layer, untrained, trained, and with the labels shuffled."""
    table = {state: mean_of(runs, f"purity {state}") for state in STATES}
    by_chance = [{layer: row[layer]["by chance"] for layer in table["trained"]} for row in chance["untrained"]]
    table["shuffled"] = pd.DataFrame(by_chance).mean().to_dict()
    return pd.DataFrame(table).T.map("{:.0%}".format)


def pleasing(made: Sequence[torch.Tensor]) -> plt.Axes:
    """A row of ten images for each of `made`, `(10, 1, 28, 28)`: untrained and trained, then both with a price of 0.1 for ink."""
    ax = plots.strip(torch.cat(list(made))[:, 0], plots.figure(3.2)[1], columns=10, limits=(0, 1))
    names = [f"{state}{price}" for price in ("", ",\nprice 0.1") for state in STATES]
    ax.set_yticks([31 * row + 14 for row in range(len(names))], names)  # 28 pixels and a gap of 3
    ax.tick_params(length=0)
    return ax


def attributions(images: torch.Tensor, maps: Mapping[str, torch.Tensor]) -> plt.Figure:
    """A row an image of `images` `(N, H, W)`, beside it its map in each of `maps`, a tensor `(N, h, w)` a column."""
    fig, axes = plots.figure(4.4, rows=len(images), columns=1 + len(maps))
    for row, (line, image) in enumerate(zip(axes, images, strict=True)):
        plots.image(image, line[0])
        for ax, (name, values) in zip(line[1:], maps.items(), strict=True):
            plots.weights(values[row], ax, title=None if row else name)
    return fig


def hiding(tables: Mapping[str, pd.DataFrame]) -> plt.Figure:
    """The accuracy over the number of hidden squares, by the order in which they are hidden: a panel for each of `tables`."""
    fig, axes = plots.figure(3.6, columns=2, sharey=True)
    for ax, (name, table) in zip(axes, tables.items(), strict=True):
        curves = {order: [row[key] for row in table["hidden"]] for key, order in ORDERS.items()}
        charts.curves(curves, ax, x=HIDDEN, legend=False)
        ax.set(ylim=(0, 1), xlabel="hidden squares of 49")
        ax.set_title(name, loc="left")
    axes[0].set_ylabel("accuracy")
    axes[0].yaxis.set_major_formatter(lambda share, place: f"{share:.0%}")
    fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(ORDERS), frameon=False, fontsize=9)
    return fig


def losses(chance: pd.DataFrame) -> torch.Tensor:
    """By how much the accuracy on each digit falls without each map of C3: `(seeds, 16, 10)`."""
    return torch.tensor([(torch.tensor(row["lost"]) / torch.tensor(row["size"])).tolist() for row in chance.to_dict("records")])


def agreement(chance: pd.DataFrame) -> tuple[float, list[float]]:
    """The mean share of maps whose patches show the digit that loses most, ties shared; the same for each of 1,000 shuffles."""
    seen = [torch.tensor(counts) for counts in chance["seen"]]
    pairs = zip(seen, losses(chance), chance["seed"], strict=True)
    share, *others = torch.stack([shuffled_agreement(s, lost, seed=seed) for s, lost, seed in pairs]).mean(0).tolist()
    return share, others
