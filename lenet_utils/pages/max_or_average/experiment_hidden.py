"""A decoder with a hidden layer: what a linear one cannot find again in what pooling keeps of the maps."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from lenet_utils.data import Digits
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import fit_by_recipe
from lenet_utils.nets.lenet import LeNet, seeded
from lenet_utils.pages.max_or_average.experiment import KEEPS, Keep, Pooled, around, found_again, windows
from lenet_utils.training.fit import SCHEDULES

UNITS, STEPS, RATE, ROWS = 256, 2000, 0.003, 256  # of the decoder and of its training
LOOKS = 10  # how often the held-back digits are read


class Decoder(nn.Module):
    """Least squares, and beside them a hidden layer of ReLU that is trained on what they miss; it begins as least squares."""

    linear: torch.Tensor
    scale: torch.Tensor

    def __init__(self, inputs: torch.Tensor, targets: torch.Tensor, seed: int) -> None:
        super().__init__()
        exact = torch.linalg.pinv(inputs.T @ inputs, hermitian=True) @ (inputs.T @ targets)
        self.register_buffer("linear", exact.float())
        self.register_buffer("scale", inputs.std(0).clamp_min(1e-3).float())  # the last column is a one
        with seeded(seed):
            self.hidden, self.out = nn.Linear(inputs.shape[1], UNITS), nn.Linear(UNITS, targets.shape[1])
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        scaled = torch.cat([rows[:, :-1] / self.scale[:-1], rows[:, -1:]], 1)
        return rows @ self.linear + self.out(self.hidden(scaled).relu())


def decoder(keep: Keep, train: torch.Tensor, hold_back: int, seed: int = 0, steps: int = STEPS) -> Decoder:
    """A `Decoder` of 3x3 windows of `keep(train)`, as that of `rebuilt`, but not only linear.

    It is fitted to all but the last `hold_back` images, and is what it was when it decoded these best.
    """
    learn, held = train[:-hold_back], train[-hold_back:]
    exact = around(keep(learn)), windows(learn)
    net = Decoder(*exact, seed)
    (inputs, targets), (seen, wanted) = ([part.float() for part in rows] for rows in (exact, (around(keep(held)), windows(held))))
    opt, chance = torch.optim.AdamW(net.parameters(), lr=RATE), torch.Generator().manual_seed(seed)
    state, least = {name: value.clone() for name, value in net.state_dict().items()}, F.mse_loss(net(seen), wanted).item()
    for step in range(steps):
        opt.param_groups[0]["lr"] = RATE * SCHEDULES["one-cycle"]((step + 0.5) / steps)
        rows = torch.randint(len(inputs), (ROWS,), generator=chance)
        opt.zero_grad()
        F.mse_loss(net(inputs[rows]), targets[rows]).backward()
        opt.step()
        if (step + 1) % max(1, steps // LOOKS) == 0:
            with torch.no_grad():
                loss = F.mse_loss(net(seen), wanted).item()
            if loss < least:
                least, state = loss, {name: value.clone() for name, value in net.state_dict().items()}
    net.load_state_dict(state)
    return net


@torch.no_grad()
def recovered(net: Decoder, keep: Keep, train: torch.Tensor, test: torch.Tensor) -> float:
    """The share of the variation of maps `test` that `net` finds again in `keep(test)`, as `found_again` counts it."""
    missed = windows(test) - net(around(keep(test)).float())
    return 1 - (missed.square().sum() / (test - train.mean(0)).double().square().sum()).item()


def on_decoders(digits: Digits, seed: int, *, num_epochs: int = 2, images: int = 300, hold_back: int = 60) -> dict[str, Any]:
    """What a `linear` decoder and one with a `hidden` layer find again of C1 and of C3 of a LeNet with max pooling, together.

    Both are fitted to `images` training digits, the second with `hold_back` of them for its length, and measured on as many
    test digits; `accuracy` is the share that the hidden one finds of C1 after max pooling.
    """
    net: LeNet = fit_by_recipe(Pooled("max", activation="relu", seed=seed), digits, seed, num_epochs=num_epochs)
    with torch.no_grad():
        train, test = (net.eval().maps(X[:images]) for X in (digits.X_train, digits.X_test))
    found: dict[str, Any] = {"linear": {}, "hidden": {}}
    for layer in ("C1", "C3"):
        maps = train[layer], test[layer]
        found["linear"][layer] = {name: round(found_again(keep, *maps), 5) for name, keep in KEEPS.items()}
        decoders = {name: decoder(keep, maps[0], hold_back, seed) for name, keep in KEEPS.items()}
        found["hidden"][layer] = {name: round(recovered(net, KEEPS[name], *maps), 5) for name, net in decoders.items()}
    return {"accuracy": found["hidden"]["C1"]["max"]} | found


@named(data="mnist", seeds=5)
def pooling_decoders(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """What a linear decoder and one with a hidden layer find again in what four ways to halve a map keep."""
    return compare({"max relu": {}}, seeds, data, run=on_decoders, keep=keep)
