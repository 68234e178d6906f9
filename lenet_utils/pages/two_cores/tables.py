"""What each step gains, the heart of the C code, and the sizes of thin networks."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pandas as pd

FIRST, LAST = "        for (int c = 0; c < in; c++) {\n            const float *k", "\n        }\n"


def gains(rows: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """A row for every step but the first: `gain`, its speed over that of the step before, and its share of the peak."""
    names, speeds = list(rows)[1:], [row["images_per_second"] for row in rows.values()]
    gain = [after / before for before, after in pairwise(speeds)]
    return pd.DataFrame({"gain": gain, "share of peak": [rows[name]["share_of_peak"] for name in names]}, names).round(2)


def heart(source: str) -> str:
    """The loop over the kernel in the forward pass of `lanes.c`."""
    start = source.index(FIRST)
    return source[start : source.index(LAST, start)]
