"""Short errors that say what was expected and what came."""

from numbers import Integral


def expect_one_of(what, name, known):
    """`ValueError` with the known names unless `name` is one of them."""
    if name not in known:
        raise ValueError(f"No {what} is called {name!r}. Known: {', '.join(known)}.")


def expect_whole(least=1, error=ValueError, **values):
    """`error` that names the first of `values` that is not a whole number of at least `least`."""
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
            raise error(f"{name} expects a whole number of at least {least}, got {value!r}.")
