"""Explorers: a figure that follows its controls, drawn by a function that stands in the notebook.

In a notebook they are alive; the built page, which has no kernel, shows the figure they start with.
"""

import base64
import io
from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets as widgets
import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from lenet_utils.words import say


class Explorer(widgets.VBox):
    """The figure that `draw(**values)` returns, and a control for each of `settings`, which follow `ipywidgets.interact`:
    a tuple is a slider, a list a choice. What is impossible, a `ValueError` of `draw`, is said in place of the figure."""

    def __init__(self, draw: Callable[..., Figure], **settings: Any) -> None:
        self._draw = draw
        self._controls = {name: widgets.interactive.widget_from_abbrev(setting) for name, setting in settings.items()}
        self._picture = widgets.Image(format="png", layout=widgets.Layout(max_width="700px", width="100%"))
        self._line = widgets.HTML()
        for name, control in self._controls.items():
            control.description = name
            control.observe(lambda change: self._refresh(), names="value")
        bar = widgets.HBox(list(self._controls.values()), layout=widgets.Layout(flex_flow="row wrap"))
        super().__init__([bar, self._line, self._picture])
        self._refresh()

    def _refresh(self) -> None:
        try:
            with plt.ioff():
                picture, line = _png(self._draw(**{name: control.value for name, control in self._controls.items()})), ""
        except ValueError as error:
            picture, line = b"", say("figures/impossible", error=escape(str(error)))
        self._picture.value, self._line.value = picture, line
        self._picture.layout.display = "" if picture else "none"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """What a notebook shows, and for the static page its picture and line as HTML."""
        settings = ", ".join(f"{name} {control.value}" for name, control in self._controls.items())
        source = base64.b64encode(self._picture.value).decode()
        picture = f'<img src="data:image/png;base64,{source}" alt="{escape(settings, quote=True)}">' if source else ""
        caption = f"<figcaption>{self._line.value} {say('figures/picture-of')}</figcaption>"
        html = f'<figure class="lenet-explorer">{picture}{caption}</figure>'
        return {**super()._repr_mimebundle_(**kwargs), "text/html": html}


def _png(figure: Figure) -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=2 * figure.dpi)
    plt.close(figure)
    return stream.getvalue()
