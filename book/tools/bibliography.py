"""A Sphinx extension: bibliographies as plain lists, each source under the name that the pages give it.

What docutils makes of citations has a role that ARIA has given up, and labels that nobody uses.
"""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-resolved", as_lists)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def as_lists(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Every run of citations becomes a list, every citation an item with the same ids."""
    domain: Any = app.env.get_domain("cite")
    keys = {citation.citation_id: citation.key for citation in domain.citations}
    for container in {citation.parent: None for citation in doctree.findall(nodes.citation)}:
        items = []
        for citation in container.children:
            names = domain.bibdata.data.entries[keys[citation["ids"][0]]].fields
            _, paragraph = citation.children
            paragraph[:0] = [nodes.strong("", f"{names['shorthand']}."), nodes.Text(" ")]
            items.append(nodes.list_item("", paragraph, ids=citation["ids"]))
        container.replace_self(nodes.bullet_list("", *items, classes=["bibliography"]))
