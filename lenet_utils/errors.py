"""Short errors that say what was expected and what came."""

from collections.abc import Collection
from numbers import Integral


def expect_one_of(what: str, name: str, known: Collection[str]) -> None:
    """`ValueError` with the known names unless `name` is one of them."""
    if name not in known:
        raise ValueError(f"No {what} is called {name!r}. Known: {', '.join(known)}.")


def as_whole(least: int | None = 1, error: type[Exception] = ValueError, **value: object) -> int:
    """The one `value`, numpy's or Python's, as an int; `error` that names it if it is no whole number of at least `least`."""
    [(name, given)] = value.items()
    if isinstance(given, bool) or not isinstance(given, Integral) or (least is not None and given < least):
        raise error(f"{name} expects a whole number{'' if least is None else f' of at least {least}'}, got {given!r}.")
    return int(given)
