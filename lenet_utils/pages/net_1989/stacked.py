"""Many networks of one paper trained side by side, one pattern at a time, as one tensor program.

A step of a network this small is mostly the cost of calling torch, so `R` networks that differ in their initial weights
take hardly longer than one. Forward and backward are written out; run by run they are what autograd gives, to rounding.
The rates are those of the diagonal Levenberg-Marquardt step, eta / (mu + h) for every weight (1998, Appendix C): h is
the mean over some patterns of the second derivative of the loss, sent back through the layers with squared weights.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F

from lenet_utils.nets import papers

A, S = 1.7159, 2 / 3  # the scaled tanh: A tanh(S a)


class _Maps:
    """`papers.Maps` of `R` networks: `(R, inputs, H, W)` to `(R, maps, H', W')`, one pattern a network."""

    def __init__(self, layers: Sequence[papers.Maps]) -> None:
        one = layers[0]
        self.links = _by_weight(one)
        self.weight = torch.stack([layer.weight.detach().flatten(1) for layer in layers]) * self.links
        self.bias = torch.stack([layer.bias.detach().flatten(1)[:, :, None].flatten(1, 2) for layer in layers])
        self.kernel, self.stride, self.padding, self.background = one.kernel, one.stride, one.padding, one.background
        self.size = one.size

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.padding:
            x = F.pad(x, [self.padding] * 4, value=self.background)
        self.padded = x.shape[2:]
        views = x.unfold(2, self.kernel, self.stride).unfold(3, self.kernel, self.stride)  # (R, inputs, H', W', kernel, kernel)
        self.patches = views.permute(0, 1, 4, 5, 2, 3).reshape(*self.weight.shape[::2], -1)  # (R, inputs * kernel², places)
        sums = torch.baddbmm(self.bias, self.weight, self.patches)
        return sums.view(*sums.shape[:2], self.size, self.size)

    def backward(self, d: torch.Tensor, power: int = 1, last: bool = False) -> torch.Tensor:
        d = d.flatten(2)  # (R, maps, places)
        weight, patches = _power(self.weight, power), _power(self.patches, power)
        bias = d if self.bias.shape[2] > 1 else d.sum(2, keepdim=True)
        self.slopes = torch.bmm(d, patches.transpose(1, 2)), bias
        if last:
            return d  # nobody asks for more before the first layer
        back = F.fold(torch.bmm(weight.transpose(1, 2), d), self.padded, self.kernel, stride=self.stride)
        p = self.padding
        return back[:, :, p:-p, p:-p] if p else back


class _Subsampling:
    """`papers.Subsampling` of `R` networks: `(R, maps, H, W)` to half the side."""

    links = 1.0

    def __init__(self, layers: Sequence[papers.Subsampling]) -> None:
        self.weight = torch.stack([layer.weight.detach() for layer in layers])
        self.bias = torch.stack([layer.bias.detach() for layer in layers])
        self.source = torch.tensor(layers[0].source)
        self.plain = layers[0].source == list(range(len(self.source)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.x = x
        self.sums = self._sums(x)
        return self.weight * self.sums + self.bias

    def backward(self, d: torch.Tensor, power: int = 1, last: bool = False) -> torch.Tensor:
        sums = self.sums if power == 1 else self._sums(self.x.square())
        self.slopes = (d * sums).sum((2, 3), keepdim=True), d.sum((2, 3), keepdim=True)
        back = _power(self.weight, power) * d
        if not self.plain:
            back = torch.zeros_like(back[:, : self.x.shape[1]]).index_add_(1, self.source, back)
        r, maps, side, _ = back.shape
        return back[:, :, :, None, :, None].expand(-1, -1, -1, 2, -1, 2).reshape(r, maps, 2 * side, 2 * side)

    def _sums(self, x: torch.Tensor) -> torch.Tensor:
        sums = 4 * F.avg_pool2d(x, 2)
        return sums if self.plain else sums[:, self.source]


class _Full:
    """`papers.Full`, or `papers.Maps` of one place, of `R` networks: `(R, *)` to `(R, units, 1, 1)`.

    Sums of products, since a batch of matrices times vectors is several times slower in the library.
    """

    def __init__(self, layers: Sequence[papers.Full | papers.Maps]) -> None:
        self.links: torch.Tensor | float = _by_weight(layers[0]) if isinstance(layers[0], papers.Maps) else 1.0
        self.weight = torch.stack([layer.weight.detach().flatten(1) for layer in layers])
        self.bias = torch.stack([layer.bias.detach().flatten() for layer in layers])
        self.products = torch.empty_like(self.weight)  # asked for anew in every step it would cost more than the products

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.shape, self.x = x.shape, x.reshape(len(x), 1, -1)
        return (torch.mul(self.weight, self.x, out=self.products).sum(2) + self.bias)[:, :, None, None]

    def backward(self, d: torch.Tensor, power: int = 1, last: bool = False) -> torch.Tensor:
        d = d[:, :, 0, 0]
        self.slopes = torch.mul(d[:, :, None], _power(self.x, power), out=self.products), d
        return torch.bmm(d[:, None], _power(self.weight, power)).view(self.shape)


def _stacked(nets: Sequence[papers.Paper], name: str) -> _Maps | _Subsampling | _Full:
    """The layers `name` of `R` networks as one."""
    layers, one = [net[name] for net in nets], nets[0][name]
    if isinstance(one, papers.Maps):
        return _Full(layers) if one.size == 1 and not one.padding else _Maps(layers)
    return _Subsampling(layers) if isinstance(one, papers.Subsampling) else _Full(layers)


def _by_weight(layer: papers.Maps) -> torch.Tensor:
    """1 where a weight of `papers.Maps` exists, 0 where it does not: `(maps, inputs * kernel²)`."""
    return layer.links.expand(-1, -1, layer.kernel, layer.kernel).flatten(1)


def _power(x: torch.Tensor, power: int) -> torch.Tensor:
    return x if power == 1 else x.square()


class Stack:
    """`R` networks of one kind from `papers`, without the RBF layer, as one."""

    def __init__(self, nets: Sequence[papers.Paper]) -> None:
        names = [name for name, layer in nets[0].layers.items() if not isinstance(layer, papers.RBF)]
        self.nets, self.names = nets, names
        self.layers = [_stacked(nets, name) for name in names]
        self.weights = [values for layer in self.layers for values in (layer.weight, layer.bias)]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """`(R, 1, H, W)`, one pattern a network, to `(R, units)` of the last layer."""
        self.states: list[torch.Tensor] = []
        for layer in self.layers:
            x = torch.tanh(layer.forward(x).mul_(S)).mul_(A)
            self.states.append(x)
        return x.flatten(1)

    def backward(self, d: torch.Tensor, power: int = 1) -> list[torch.Tensor]:
        """From the derivative of the loss by the last layer's states `(R, units)` to that by every weight, as a list.

        With `power=2` second derivatives come from the second derivative `d`: squares of weights, inputs and slopes.
        """
        d = d[:, :, None, None]
        for layer, state in zip(reversed(self.layers), reversed(self.states), strict=True):
            slope = torch.addcmul(_PEAK, state, state, value=-S / A)
            d = layer.backward(d * _power(slope, power), power, last=layer is self.layers[0])
        return [values for layer in self.layers for values in layer.slopes]

    def step(self, slopes: Sequence[torch.Tensor], rates: Sequence[torch.Tensor]) -> None:
        for weight, slope, rate in zip(self.weights, slopes, rates, strict=True):
            weight.addcmul_(slope, rate, value=-1)

    def links(self) -> list[torch.Tensor | float]:
        """1 where a weight exists and 0 where it does not, for every tensor of weights."""
        return [links for layer in self.layers for links in (layer.links, 1.0)]

    @torch.no_grad()
    def unstack(self) -> Sequence[papers.Paper]:
        """Write the weights back into the networks; returns them."""
        for name, layer in zip(self.names, self.layers, strict=True):
            for r, net in enumerate(self.nets):
                net[name].weight.copy_(layer.weight[r].view_as(net[name].weight))
                net[name].bias.copy_(layer.bias[r].view_as(net[name].bias))
        return self.nets


_PEAK = torch.tensor(A * S)  # the slope at 0
