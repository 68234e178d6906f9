"""Explorers: controls, a picture and a line of arithmetic that follow one another.

In a notebook they are alive; the built page, which has no kernel, shows the picture they start with.
"""

import base64
import io

import ipywidgets as widgets
import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F

from lenet_utils.figures import plots
from lenet_utils.nets import shapes
from lenet_utils.words import say

KERNELS = {
    "blur": torch.ones(3, 3) / 9,
    "│ edges": torch.tensor([[-1.0, 0, 1]] * 3),
    "─ edges": torch.tensor([[-1.0, 0, 1]] * 3).T,
    "outline": torch.tensor([[-1.0, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
}
POOLINGS = {"–": None, "average 2×2": F.avg_pool2d, "max 2×2": F.max_pool2d}


class Explorer(widgets.VBox):
    """`controls` maps names to widgets; `draw(**values)` returns a figure, or None, and a line of HTML."""

    def __init__(self, controls, draw):
        self._controls, self._draw = controls, draw
        self._picture = widgets.Image(format="png", layout=widgets.Layout(max_width="700px", width="100%"))
        self._line = widgets.HTML()
        for control in controls.values():
            control.observe(lambda change: self._refresh(), names="value")
        bar = widgets.HBox(list(controls.values()), layout=widgets.Layout(flex_flow="row wrap"))
        super().__init__([bar, self._line, self._picture])
        self._refresh()

    def _refresh(self):
        figure, self._line.value = self._draw(**{name: control.value for name, control in self._controls.items()})
        self._picture.layout.display = "none" if figure is None else ""
        self._picture.value = b"" if figure is None else _png(figure)

    def _repr_mimebundle_(self, **kwargs):
        """What a notebook shows, and for the static page its picture and line as HTML."""
        settings = ", ".join(f"{c.description} {getattr(c, 'label', None) or c.value}" for c in self._controls.values())
        source = base64.b64encode(self._picture.value).decode()
        picture = f'<img src="data:image/png;base64,{source}" alt="{settings}">' if source else ""
        caption = f"<figcaption>{self._line.value} {say('figures/picture-of')}</figcaption>"
        html = f'<figure class="lenet-explorer">{picture}{caption}</figure>'
        return {**super()._repr_mimebundle_(**kwargs), "text/html": html}


def convolution(images, kernels=None):
    """One convolution and one pooling over the first images `(N, 1, H, W)`; `kernels` adds to the built-in ones by name."""
    kernels = KERNELS | (kernels or {})
    controls = {
        "digit": widgets.IntSlider(3, 0, min(9, len(images) - 1), description=say("figures/digit")),
        "kernel": widgets.Dropdown(options=list(kernels), value="│ edges", description=say("figures/kernel")),
        "size": widgets.IntSlider(3, 1, 31, 2, description=say("figures/size")),
        "padding": widgets.IntSlider(1, 0, 4, description=say("figures/padding")),
        "stride": widgets.IntSlider(1, 1, 4, description=say("figures/stride")),
        "pooling": widgets.Dropdown(options=list(POOLINGS), value="average 2×2", description=say("figures/pooling")),
    }

    def draw(digit, kernel, size, padding, stride, pooling):
        return _draw_convolution(images[digit], resized(kernels[kernel], size), padding, stride, POOLINGS[pooling])

    return Explorer(controls, draw)


def resized(kernel, size):
    """`kernel` stretched to `size` x `size`; its sum of absolute weights stays."""
    wide = F.interpolate(kernel[None, None], size=(size, size), mode="nearest")[0, 0]
    return wide * kernel.abs().sum() / wide.abs().sum().clamp(min=1e-9)


def _draw_convolution(picture, kernel, padding, stride, pool):
    n, size = picture.shape[-1], len(kernel)
    try:
        out = shapes.output_size(n, size, stride, padding)
        pooled = out if pool is None else shapes.output_size(out, 2, 2)
    except shapes.ShapeError as error:
        return None, say("figures/impossible", error=error)
    result = F.conv2d(picture[None], kernel[None, None], padding=padding, stride=stride)
    line = _side_line("C", n, size, stride, padding, out)
    panels = [(F.pad(picture[0], (padding,) * 4), plots.INK), (kernel, None), (result[0, 0], None)]
    if pool is not None:
        panels.append((pool(result, 2)[0, 0], plots.POOLING))
        line += " &nbsp; " + _side_line("S", out, 2, 2, 0, pooled)
    return _panels(panels, size), line


def _side_line(name, n, kernel, stride, padding, out):
    numbers = {"name": name, "kernel": kernel, "stride": stride, "padding": padding}
    whole = (n + 2 * padding - kernel) % stride == 0
    return say("figures/side" if whole else "figures/side-floor", n=n, out=out, **numbers)


def _panels(panels, size):
    with plt.ioff():
        figure, axes = plots.figure(2.2, columns=4)
    for ax in axes[len(panels) :]:
        ax.axis("off")
    for ax, (values, colour) in zip(axes, panels, strict=False):
        title = f"{len(values)}×{len(values)}"
        plots.weights(values, ax, title=title) if colour is None else plots.image(values, ax, colour, title=title)
    plots.outline(axes[0], 0, 0, size, plots.INK)
    return figure


def _png(figure):
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=2 * figure.dpi)
    plt.close(figure)
    return stream.getvalue()
