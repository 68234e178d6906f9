"""Loaded by every Python that has this folder on its path: lists the files of the repository that it opens.

The names go to the file in LENET_OPENED, one a line, relative to LENET_ROOT. Modules count as opened when they are
imported from their compiled files, too.
"""

import os
import sys

_target = os.environ.get("LENET_OPENED", "")
_root = os.environ.get("LENET_ROOT", "") + os.sep
_not_ours = tuple(os.path.join(_root, name) for name in (".venv", "build", "node_modules"))
_seen: set[str] = set()


def _source(path: str) -> str:
    """The module of a compiled file, any other path as it is."""
    folder, name = os.path.split(path)
    if os.path.basename(folder) == "__pycache__":
        return os.path.join(os.path.dirname(folder), name.split(".", 1)[0] + ".py")
    return path


def _record(event: str, arguments: tuple) -> None:
    if event != "open" or not isinstance(arguments[0], str) or "w" in (arguments[1] or ""):
        return
    path = _source(os.path.abspath(arguments[0]))
    if path.startswith(_root) and path not in _seen and not path.startswith(_not_ours) and os.path.isfile(path):
        _seen.add(path)
        line = path[len(_root) :] + "\n"
        handle = os.open(_target, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            os.write(handle, line.encode())
        finally:
            os.close(handle)


if _target:
    sys.addaudithook(_record)
