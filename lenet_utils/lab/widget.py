"""The lab: LeNet in the reader's own browser, in a notebook as in the page.

    lab("draw")
    lab("train", walk="silent", preset="swap-0.9")

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

KINDS = ("draw", "convolve", "shapes", "train", "learn", "atlas")
WALKS = ("digit", "backprop", "silent")
BUNDLE = Path(__file__).with_name("lab.js")


class Lab(anywidget.AnyWidget):
    """A panel, one of `KINDS`; `state` sets its fields, as a link to it does, and follows what the reader changes.

    `walk` adds a guided walk: `digit` to `draw`, `backprop` to `learn`, `silent` to `train`.
    `ValueError` for another kind or walk; what is wrong with a field the panel itself says.
    """

    _esm = BUNDLE.read_text(encoding="utf-8") + "export default globalThis.lenetLab;\n"
    kind = traitlets.Unicode().tag(sync=True)
    walk = traitlets.Unicode().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, kind: str, walk: str = "", **state: Any) -> None:
        expect_one_of("panel", kind, KINDS)
        expect_one_of("walk", walk or WALKS[0], WALKS)
        state = {name: value.item() if hasattr(value, "item") else value for name, value in state.items()}  # numpy's numbers
        super().__init__(kind=kind, walk=walk, state=state)
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
        walk = f' walk="{self.walk}"' if self.walk else ""
        # says: lab/draw, lab/convolve, lab/shapes, lab/train, lab/learn, lab/atlas
        return f'<lenet-lab kind="{self.kind}"{walk}{state}><p>{say(f"lab/{self.kind}")} {say("lab/script")}</p></lenet-lab>'


def _send(widget: Lab, content: dict[str, Any], buffers: list[bytes]) -> None:
    widget.send({"asset": (name := content.get("asset"))}, buffers=[_asset(name)])


_asset = cache(assets.asset)


lab = Lab
