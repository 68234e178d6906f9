"""Formulas as MathML, made while the book is built, so that no page needs a script for them. A Sphinx extension.

Screen readers speak MathML; the TeX goes along as an annotation, which book.js puts in the clipboard when a formula is copied.
"""

from html import escape
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert


def mathml(tex: str, display: str) -> str:
    """The element `<math>` that draws `tex`, `inline` or as a `block`."""
    opening, _, drawn = convert(tex, display=display).partition("<mrow>")
    note = f'<annotation encoding="application/x-tex">{escape(tex)}</annotation>'
    return f"{opening}<semantics><mrow>{drawn.removesuffix('</math>')}{note}</semantics></math>"


def inline(writer: Any, node: nodes.math) -> None:
    writer.body.append(f'<span class="math">{mathml(node.astext(), "inline")}</span>')
    raise nodes.SkipNode


def block(writer: Any, node: nodes.math_block) -> None:
    writer.body.append(f'<div class="math">{mathml(node.astext(), "block")}</div>\n')
    raise nodes.SkipNode


def setup(app: Any) -> dict[str, bool]:
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
