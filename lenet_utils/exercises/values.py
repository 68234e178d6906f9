"""What a value is, whatever container it comes in: numbers of Python, numpy and torch, alone or in lists, are one thing here."""

import math
from collections.abc import Callable
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import nn

# says: exercises/values-forgotten, exercises/pvalue-forgotten, exercises/transposed, exercises/in-percent, exercises/one-based


MOST = 10**7  # numbers that are looked at, where an exercise asks for some hundreds


def numbers(value: object) -> torch.Tensor | None:
    """The real numbers in `value` as float64 in their shape; None if it holds anything else, or lists of unequal length."""
    if isinstance(value, torch.Tensor):
        if value.is_complex() or value.dtype == torch.bool or value.is_nested or value.is_meta or value.numel() > MOST:
            return None
        return _dense(value).cpu().double()
    if isinstance(value, np.ndarray | np.generic | pd.Series):
        array = np.asarray(value)
        return torch.tensor(array.astype(np.float64)) if array.dtype.kind in "iuf" and array.size <= MOST else None
    if isinstance(value, list | tuple):
        parts = [part for part in map(numbers, value) if part is not None]
        if len(parts) < len(value) or len({part.shape for part in parts}) > 1:
            return None
        return torch.stack(parts) if parts else torch.zeros(0, dtype=torch.float64)
    if isinstance(value, Real) and not isinstance(value, bool):
        return torch.tensor(_as_float(value), dtype=torch.float64)
    return None


def _dense(value: torch.Tensor) -> torch.Tensor:
    return value.detach().dequantize() if value.is_quantized else value.detach().to_dense()


def _as_float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def equal(result: object, right: Any, tolerance: float = 1e-6) -> bool:
    """Whether two tensors agree to 1e-5 (of 1, or of the number where it is larger), tuples exactly, numbers within `tolerance`.

    The containers of `result` do not matter: a list for a tuple, an array for a tensor, any with one element for a number.
    """
    given, expected = in_form_of(result, right), numbers(right)
    if expected is None:  # there are words among the numbers
        if isinstance(right, tuple):
            return isinstance(result, list | tuple) and len(result) == len(right) and all(map(equal, result, right))
        return type(result) is type(right) and result == right
    if given is None or given.shape != expected.shape:
        return False
    if isinstance(right, torch.Tensor):
        return torch.allclose(given, expected, rtol=1e-5, atol=1e-5)
    return bool(((given - expected).abs() < (1e-9 if isinstance(right, tuple) else tolerance)).all())


def in_form_of(result: object, right: object) -> torch.Tensor | None:
    """The numbers of `result`; without axes of length 1 if `right` is a number or a tuple, which have no shape to get wrong."""
    given = numbers(result)
    if given is None or (isinstance(right, torch.Tensor) and right.dim()):
        return given
    return given.squeeze().reshape(-1 if isinstance(right, tuple) and given.squeeze().dim() < 2 else given.squeeze().shape)


def slip(pairs: list[tuple[Any, Any]]) -> str | None:
    """The key of what is said if all `pairs` of a result and what is right differ in one of the usual ways, else None."""
    known: dict[str, Callable[[Any, Any], bool]] = {f"{part}-forgotten": _has(part) for part in ("values", "pvalue")}
    known |= {"transposed": _transposed, "in-percent": _in_percent, "one-based": _one_based}
    return next((f"exercises/{name}" for name, same in known.items() if all(same(*pair) for pair in pairs)), None)


def _has(part: str) -> Callable[[Any, Any], bool]:
    return lambda result, right: equal(getattr(result, part, None), right)


def _transposed(result: Any, right: Any) -> bool:
    given = numbers(result)
    return isinstance(right, torch.Tensor) and given is not None and given.dim() == 2 == right.dim() and equal(given.T, right)


def _in_percent(result: Any, right: Any) -> bool:
    given, expected = numbers(result), numbers(right)
    if given is None or expected is None or not expected.numel() or expected.min() < 0 or expected.max() > 1:
        return False
    return not bool((expected == 0).all()) and equal(given / 100, right, 1e-4)


def _one_based(result: Any, right: Any) -> bool:
    given = numbers(result)
    return given is not None and isinstance(right, torch.Tensor) and not right.is_floating_point() and equal(given - 1, right)


def short(value: object) -> str:
    """A few words for `value`, to be shown to the reader."""
    if isinstance(value, torch.Tensor) and (value.is_nested or value.is_meta):
        return f"a tensor of {'many shapes' if value.is_nested else 'no numbers'}"
    if isinstance(value, torch.Tensor | np.ndarray) and (value.ndim > 1 or math.prod(value.shape) > 4):
        what = "a tensor" if isinstance(value, torch.Tensor) else "an array"
        return f"{what} of shape {tuple(value.shape)}" + ("" if numbers(value) is not None else f" and type {value.dtype}")
    value = _dense(value) if isinstance(value, torch.Tensor) else value
    plain = value.tolist() if isinstance(value, torch.Tensor | np.ndarray) else value
    text = type(value).__name__ if isinstance(value, nn.Module) else repr(plain)
    return text if len(text) <= 60 else text[:57] + "..."


def form(value: object) -> str:
    """What `value` is, as one would ask for it."""
    if isinstance(value, torch.Tensor) and value.dim():
        return f"a tensor of shape {tuple(value.shape)}"
    return f"a tuple of {len(value)}" if isinstance(value, tuple) else "a number"
