"""Short errors that say what was expected and what came."""

from collections.abc import Collection
from numbers import Integral


def expect_one_of(what: str, name: str, known: Collection[str]) -> None:
    """`ValueError` with the known names unless `name` is one of them."""
    if name not in known:
        raise ValueError(f"No {what} is called {name!r}. Known: {', '.join(known)}.")


def expect_whole(least: int = 1, error: type[Exception] = ValueError, **values: object) -> None:
    """`error` that names the first of `values` that is not a whole number of at least `least`."""
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
            raise error(f"{name} expects a whole number of at least {least}, got {value!r}.")
