"""The lab: LeNet in the reader's own browser, in a notebook as in the page.

    lab("draw")
    lab("train", preset="swap-0.9")

The same bundle, `lab.js`, runs in both. In the page no kernel is needed; in a notebook the kernel sends the files.
"""

import json
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from lenet_utils.errors import expect_one_of
from lenet_utils.lab import assets
from lenet_utils.words import say

KINDS = ("draw", "convolve", "shapes", "train", "atlas")
BUNDLE = Path(__file__).with_name("lab.js")


class Lab(anywidget.AnyWidget):
    """A panel; `state` holds its fields, those that the reader has changed as well."""

    _esm = BUNDLE.read_text(encoding="utf-8") + "export default globalThis.lenetLab;\n"
    kind = traitlets.Unicode().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, kind: str, **state: Any) -> None:
        expect_one_of("panel", kind, KINDS)
        state = {name: value.item() if hasattr(value, "item") else value for name, value in state.items()}  # numpy's numbers
        super().__init__(kind=kind, state=state)
        self._options = dict(state)
        self.on_msg(_send)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """What a notebook shows, and for the static page the element that the script of the page brings to life."""
        shown = super()._repr_mimebundle_(**kwargs)
        data, about = shown if isinstance(shown, tuple) else (shown, {})
        return {**(data or {}), "text/html": self.html()}, about

    def html(self) -> str:
        """The element of the page."""
        state = f" state='{escape(json.dumps(self._options), quote=True)}'" if self._options else ""
        # says: lab/draw, lab/convolve, lab/shapes, lab/train, lab/atlas
        return f'<lenet-lab kind="{self.kind}"{state}><p>{say(f"lab/{self.kind}")} {say("lab/script")}</p></lenet-lab>'


def _send(widget: Lab, content: dict[str, Any], buffers: list[bytes]) -> None:
    name = content.get("asset")
    widget.send({"asset": name}, buffers=[_asset(name)])


_asset = cache(assets.asset)


def lab(kind: str, **state: Any) -> Lab:
    """A panel of the lab: `draw`, `convolve`, `shapes`, `train` or `atlas`; `state` sets its fields, as a link to it does.

    `ValueError` for another kind; what is wrong with a field the panel itself says.
    """
    return Lab(kind, **state)
