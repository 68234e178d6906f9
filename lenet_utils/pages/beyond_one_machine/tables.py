"""Measured times as tables, the figure of the speed-ups, and a Dask scheduler if there is one."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd

from lenet_utils.figures.plots import INK, MUTED, PAPER, figure


def race(times: Mapping[str, Any], names: Sequence[str], ratios: str = "ratios") -> pd.DataFrame:
    """The variants `names` of the result `time_to_99`, a row each; `ratios` names the stored factors to compare by.

    Where the digits seen are not stored, each run has an entry per pass over the 60,000 training digits, and those until the aim
    is reached count.
    """
    rows = {}
    for name in names:
        row = times["variants"][name]
        rows[name] = {
            "seconds": f"{row['seconds']:.1f}",
            "factor": f"{times[ratios][name]:.2f}",
            "accuracy": f"{row['accuracy']:.2%}",
            "seeds": len(row["runs"]),
            "digits seen": f"{row['digits_seen'] if 'digits_seen' in row else 60_000 * passes(row['runs'], times['aim']):,}",
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def passes(runs: Sequence[Sequence[tuple[float, float]]], aim: float) -> int:
    """After how many passes the mean accuracy reaches `aim`, 0 if it does not; `runs` have seconds and accuracy after every pass.

    A run that ended earlier keeps its last accuracy.
    """
    longest = max(map(len, runs))
    means = [statistics.mean(run[min(number, len(run) - 1)][1] for run in runs) for number in range(longest)]
    return next((number for number, mean in enumerate(means, 1) if mean >= aim), 0)


def by_workers(result: Mapping[str, Any]) -> pd.DataFrame:
    """Seconds and speed-up of the independent runs of the result `scaling`, and how long it takes to be ready, a row a way."""
    table = pd.DataFrame(result["independent_runs"]).T[["seconds", "speed_up"]].astype(float).round(2)
    ready = pd.Series(result["start_up_seconds"]).reindex(table.index)
    return table.assign(ready_after=[f"{seconds:.1f} s" if seconds > 0 else "" for seconds in ready])


def speed_ups(result: Mapping[str, Any]) -> None:
    """Bars of the speed-ups of the result `scaling`: independent runs, then one network with each batch size; a line at 2."""
    tables = {f"{result['runs']} training runs": result["independent_runs"]}
    tables |= {f"batch {size}": table for size, table in result["one_net"].items()}
    for ax, (title, table) in zip(figure(2.1, columns=3)[1], tables.items(), strict=True):
        bars(ax, {name: row["speed_up"] for name, row in table.items()})
        ax.set(title=title, xticks=[0, 1, 2], xlim=(0, 2.2), xlabel="times as fast")


def bars(ax: plt.Axes, ratios: Mapping[str, float]) -> None:
    """A bar for each of `ratios` with its number, the first at the top, and a line at 2."""
    ax.barh(list(ratios), list(ratios.values()), height=0.7, color=MUTED)
    for place, ratio in enumerate(ratios.values()):
        ax.text(0.08, place, f"{ratio:.2f}", va="center", color=PAPER)
    ax.axvline(2, color=INK, lw=1)
    ax.tick_params(axis="y", length=0)
    ax.invert_yaxis()


@contextmanager
def scheduler() -> Iterator[str]:
    """The address of a Dask scheduler without workers, which runs as long as the context; empty if Dask is missing."""
    try:
        from distributed import LocalCluster
    except ImportError:
        print("Dask is missing here (pip install distributed); the page goes on.")
        yield ""
        return
    with LocalCluster(n_workers=0, dashboard_address=":0") as local:
        yield local.scheduler_address
