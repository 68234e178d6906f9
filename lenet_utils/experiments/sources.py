"""The sources that a run reaches: what a stored value of the run depends on, found by following imports and globals."""

import ast
import inspect
import marshal
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TypeGuard

PACKAGE = "lenet_utils"
ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = tuple(sysconfig.get_paths()[kind] for kind in ("stdlib", "purelib", "platlib"))


def sources(objects: Iterable[object]) -> list[str]:
    """The source texts that `objects` reach, in an order of their own.

    Of a function or class in this package they are its module and all that this imports from the package, directly or not.
    Of one in a notebook, at the prompt or in another file they are its own lines and what these name. Libraries do not count.
    """
    modules, own, waiting = set(), {}, list(objects)
    while waiting:
        item = waiting.pop()
        name = item.__name__ if isinstance(item, ModuleType) else getattr(item, "__module__", None) or ""
        if name.partition(".")[0] == PACKAGE:
            modules.add(name)
        elif _is_own(item) and id(item) not in own:
            own[id(item)] = _source(item)
            waiting += _named_by(item)
    return sorted(own.values()) + [text(name) for name in sorted(_closure(modules))]


def _is_own(item: object) -> TypeGuard[FunctionType | type]:
    if inspect.isfunction(item):
        return not item.__code__.co_filename.startswith((*LIBRARIES, "<frozen"))
    file = getattr(sys.modules.get(item.__module__), "__file__", None) if inspect.isclass(item) else ""
    return file is None or bool(file) and not file.startswith(LIBRARIES)


def _named_by(item: FunctionType | type) -> Iterator[object]:
    """The values of all globals and closures that a function, or the methods of a class, name."""
    for function in [item] if inspect.isfunction(item) else filter(inspect.isfunction, vars(item).values()):
        codes = [function.__code__]
        for code in codes:
            codes += filter(inspect.iscode, code.co_consts)
        for name in {name for code in codes for name in code.co_names} & function.__globals__.keys():
            value = function.__globals__[name]
            yield from _homes(name, value) if isinstance(value, dict | list | tuple) else [value]
        yield from (cell.cell_contents for cell in function.__closure__ or ())


def _homes(name: str, value: object) -> list[ModuleType]:
    """The modules of this package that have the very `value` under that name: a constant does not know where it comes from."""
    loaded = [module for title, module in list(sys.modules.items()) if title.partition(".")[0] == PACKAGE]
    return [module for module in loaded if vars(module).get(name) is value]


def _source(item: FunctionType | type) -> str:
    typed = repr(marshal.dumps(item.__code__)) if inspect.isfunction(item) else item.__qualname__
    try:  # Python 3.13 has the text of `python -c` under "<string>", the name of what `exec` runs
        return typed if inspect.isfunction(item) and item.__code__.co_filename == "<string>" else inspect.getsource(item)
    except (OSError, TypeError):  # typed at the prompt
        return typed


def _closure(names: Iterable[str]) -> set[str]:
    """Modules of this package and all that they import from it, directly or not."""
    reached, waiting = set(), list(names)
    while waiting:
        name = waiting.pop()
        if name and name not in reached and _path(name):
            reached.add(name)
            waiting += [name.rpartition(".")[0], *_imports(text(name))]
    return reached


@cache
def _imports(source: str) -> list[str]:
    """What a source imports from this package: modules, and names that may be modules."""
    nodes = list(ast.walk(ast.parse(source)))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return [name for name in names if name.partition(".")[0] == PACKAGE]


@cache
def _path(name: str) -> Path | None:
    stem = ROOT.joinpath(*name.split("."))
    return next((path for path in (stem.with_suffix(".py"), stem / "__init__.py") if path.exists()), None)


@cache
def text(name: str) -> str:
    """The source of a module of this package, as it was when this Python first asked, for that is what runs."""
    return (_path(name) or ROOT / name).read_text(encoding="utf-8")
