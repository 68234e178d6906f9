"""Pictures with their pixels in another order: orders that keep neighbours together, and orders that do not."""

from collections.abc import Callable

import torch

from lenet_utils.data import Digits
from lenet_utils.errors import expect_one_of
from lenet_utils.experiments.runs import RECIPE
from lenet_utils.pages.mlp_or_cnn.experiment import new_net
from lenet_utils.training.fit import evaluate, fit

SIDE, TILE = 28, 4


def _places() -> torch.Tensor:
    return torch.arange(SIDE**2).view(SIDE, SIDE)


def _tiles(places: torch.Tensor) -> torch.Tensor:
    """Places `(28, 28)` as tiles in rows, `(49, 16)`."""
    across = SIDE // TILE
    return places.view(across, TILE, across, TILE).transpose(1, 2).reshape(across**2, TILE**2)


def _untiled(tiles: torch.Tensor) -> torch.Tensor:
    across = SIDE // TILE
    return tiles.view(across, across, TILE, TILE).transpose(1, 2).reshape(SIDE, SIDE)


def _shuffled(n: int, seed: int = 0) -> torch.Tensor:
    return torch.randperm(n, generator=torch.Generator().manual_seed(seed))


# Which pixel comes to each place, `(28, 28)`; `tiles` moves tiles of 4x4 as they are, `within` shuffles inside each one alike.
ORDERS: dict[str, Callable[[], torch.Tensor]] = {
    "as they are": _places,
    "mirrored": lambda: _places().flip(1),
    "tiles": lambda: _untiled(_tiles(_places())[_shuffled((SIDE // TILE) ** 2)]),
    "within": lambda: _untiled(_tiles(_places())[:, _shuffled(TILE**2)]),
    "all": lambda: _shuffled(SIDE**2).view(SIDE, SIDE),
}


def rearranged(X: torch.Tensor, order: torch.Tensor) -> torch.Tensor:
    """Images `(N, C, H, W)` with pixel `order[i]` at place `i`; `order` is a permutation of all places, of any shape."""
    places = torch.as_tensor(order).flatten()
    if places.sort().values.tolist() != list(range(X[0, 0].numel())):
        raise ValueError(f"order expects each of 0 to {X[0, 0].numel() - 1} once, got {tuple(places.shape)} numbers.")
    return X.flatten(2)[:, :, places].view_as(X)


def on_order(digits: Digits, seed: int, *, model: str, order: str, num_epochs: int = 1, batch_size: int = 64) -> dict[str, float]:
    """`accuracy` of a `lenet` or `mlp` that learned and is tested on rearranged digits; `order` is a name in `ORDERS`."""
    expect_one_of("order", order, ORDERS)
    X, X_test = (rearranged(X, ORDERS[order]()) for X in (digits.X_train, digits.X_test))
    net = new_net(model, seed)
    fit(net, X, digits.y_train, seed=seed, progress=False, **RECIPE | {"num_epochs": num_epochs, "batch_size": batch_size})
    return {"accuracy": evaluate(net, X_test, digits.y_test).accuracy}
