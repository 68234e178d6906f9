"""Run every notebook, or those named, and store the text outputs of cells tagged nbval-check-output, and no other:
`python book/outputs.py [NOTEBOOK ...]`.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

import address

CHECKED = "nbval-check-output"


def main(names):
    for path in [Path(name).resolve() for name in names] or address.notebooks():
        print(path.name)
        notebook = nbformat.read(path, as_version=4)
        NotebookClient(notebook, timeout=120, coalesce_streams=True, resources={"metadata": {"path": path.parent}}).execute()
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = (
                    [text_only(o) for o in cell.outputs if is_text(o)] if CHECKED in cell.metadata.get("tags", []) else []
                )
                cell.execution_count = cell.execution_count if cell.outputs else None  # nbval asks for it
                cell.metadata.pop("execution", None)
        notebook.metadata.pop("widgets", None)
        nbformat.write(notebook, path)


def is_text(output):
    return output.output_type == "stream" and output.name == "stdout" or output.output_type == "execute_result"


def text_only(output):
    if output.output_type == "execute_result":
        output.data = {"text/plain": output.data["text/plain"]}
        output.execution_count = None
    return output


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
