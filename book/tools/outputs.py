"""Store the text outputs of cells tagged nbval-check-output in the notebooks, all or those named, and no other output:
`python -m book.tools.outputs [NAME ...]`. A notebook is executed only if its outputs are not known yet.
"""

import os
import sys

import nbformat

from book.tools import execution
from book.tools.build import one_build
from book.tools.paths import ROOT, find_notebook, notebooks

CHECKED = "nbval-check-output"


def main(names: list[str]) -> None:
    os.chdir(ROOT)
    paths = [find_notebook(name) for name in names] or notebooks()
    with one_build():
        execution.execute(paths)
    for path in paths:
        nbformat.write(with_texts(execution.with_outputs(path)), path)


def with_texts(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The executed `notebook` without outputs but the texts that nbval compares."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [text_only(o) for o in cell.outputs if is_text(o)] if CHECKED in cell.metadata.get("tags", []) else []
            cell.execution_count = cell.execution_count if cell.outputs else None  # nbval asks for it
            cell.metadata.pop("execution", None)
    notebook.metadata.pop("widgets", None)
    return notebook


def is_text(output: nbformat.NotebookNode) -> bool:
    return output.output_type == "stream" and output.name == "stdout" or output.output_type == "execute_result"


def text_only(output: nbformat.NotebookNode) -> nbformat.NotebookNode:
    if output.output_type == "execute_result":
        output.data = {"text/plain": output.data["text/plain"]}
        output.execution_count = None
    return output


if __name__ == "__main__":
    main(sys.argv[1:])
