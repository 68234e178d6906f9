"""What a second core is worth, as one thread more, as one process more, or as one worker more of a Dask cluster.

`python -m benchmarks.scaling` prints speed-ups and saves the result that the page `beyond_one_machine`
shows. Every round runs all variants one after the other, so that whatever else the machine
does meets all of them; what counts is the median over the rounds of the ratio to the round's first variant. A round
beforehand does not count, nor does the first epoch of each torchrun: how long it takes until all are ready is told apart.
"""

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dask
import torch
from distributed import LocalCluster

from benchmarks.results import save
from lenet_utils.data import load
from lenet_utils.experiments import compare, results
from lenet_utils.experiments.cluster import cluster
from lenet_utils.experiments.runs import brief
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.beyond_one_machine import distributed
from lenet_utils.training.fit import fit

BATCHES = (256, 2048)
TRIM = "MALLOC_TRIM_THRESHOLD_"  # 65536 is what Dask gives its workers
Table = dict[str, dict[str, Any]]  # of every variant what `measure` found


def main(rounds: int = 7, runs: int = 4, num_epochs: int = 4) -> None:
    start = time.perf_counter()
    start_up: dict[str, float] = {}
    values: dict[str, Any] = {"independent_runs": independent_runs(rounds, runs, num_epochs, start_up)}
    values["one_net"] = {f"{batch}": one_net(rounds, batch, num_epochs, start_up) for batch in BATCHES}
    show(values, start_up)
    about = {"data": "mnist-5k", "rounds": rounds, "runs": runs, "num_epochs": num_epochs}
    page, seconds = results.PAGES / "beyond_one_machine", time.perf_counter() - start
    print(save("scaling", page, **about, seconds=seconds, start_up_seconds=start_up, **values))


def independent_runs(rounds: int, runs: int, num_epochs: int, start_up: dict[str, float]) -> Table:
    """Seconds of comparing so many runs here and by workers; `start_up` learns how long workers take to be ready."""

    def comparison(n_jobs: int = 1, seeds: int = runs, num_epochs: int = num_epochs) -> float:
        start = time.perf_counter()
        compare({"LeNet": {"num_epochs": num_epochs}}, range(seeds), run=brief, n_jobs=n_jobs, progress=False)
        return time.perf_counter() - start

    def by_dask(address: str, **sizes: int) -> float:
        with cluster(address) as client:
            client.wait_for_workers(2)
            return comparison(**sizes)

    start_up["n_jobs=2"] = comparison(2, seeds=4, num_epochs=0)
    start = time.perf_counter()
    with dask_workers({}) as plain:
        by_dask(plain, seeds=4, num_epochs=0)
        start_up["Dask"] = time.perf_counter() - start
        with dask_workers({TRIM: 65536}) as trimming:
            variants = {"n_jobs=1": comparison, "n_jobs=2": lambda: comparison(2)}
            variants |= {"Dask": lambda: by_dask(plain), "Dask as it comes": lambda: by_dask(trimming)}
            return measure(variants, rounds)


@contextmanager
def dask_workers(variables: Mapping[str, int]) -> Iterator[str]:
    """The address of a scheduler with two workers of one thread, started with these environment variables."""
    with dask.config.set({"distributed.nanny.pre-spawn-environ": variables}):
        local = LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=":0")
    try:
        with local:
            yield local.scheduler_address
    finally:
        os.environ.pop(TRIM, None)  # Dask sets it for this process too, and so for those that it starts later


def one_net(rounds: int, batch: int, num_epochs: int, start_up: dict[str, float]) -> Table:
    """Seconds of an epoch with batches of that size, by threads of one process and by processes of one thread."""
    variants = {
        "1 thread": lambda: with_fit(1, batch, num_epochs),
        "2 threads": lambda: with_fit(2, batch, num_epochs),
        "2 processes": lambda: with_torchrun(batch, num_epochs, start_up),
    }
    return measure(variants, rounds)


def with_fit(threads: int, batch: int, num_epochs: int) -> float:
    """Seconds of an epoch of `fit`."""
    digits, before = load(), torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        net = LeNet("tanh", seed=0)
        history = fit(net, digits.X_train, digits.y_train, num_epochs=num_epochs, batch_size=batch, progress=False)
    finally:
        torch.set_num_threads(before)
    return history.seconds / num_epochs


def with_torchrun(batch: int, num_epochs: int, start_up: dict[str, float]) -> float:
    """Seconds of an epoch by two processes of one thread each."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lenet.pt"
        command = distributed.command(2, epochs=1 + num_epochs, batch_size=batch, checkpoint=path)
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=os.environ | {"OMP_NUM_THREADS": "1"})
        seconds = torch.load(path, weights_only=True)["seconds"]
        start_up["torchrun"] = time.perf_counter() - start - sum(seconds)
    return statistics.mean(seconds[1:])


def measure(variants: Mapping[str, Callable[[], float]], rounds: int) -> Table:
    """For every variant its median seconds, its median speed-up over the first variant, and the seconds of all rounds."""
    seconds: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(1 + rounds):
        for name, run in variants.items():
            seconds[name].append(run())
    seconds = {name: values[1:] for name, values in seconds.items()}
    first = next(iter(seconds.values()))
    ratios = {name: [a / b for a, b in zip(first, values, strict=True)] for name, values in seconds.items()}
    return {
        name: {"seconds": statistics.median(values), "speed_up": statistics.median(ratios[name]), "rounds": values}
        for name, values in seconds.items()
    }


def show(values: Mapping[str, Any], start_up: Mapping[str, float]) -> None:
    tables = {"independent runs": values["independent_runs"]}
    tables |= {f"one net, batch {batch}": table for batch, table in values["one_net"].items()}
    for what, table in tables.items():
        for name, row in table.items():
            print(f"{what:22} {name:16} {row['seconds']:7.2f} s  {row['speed_up']:5.2f} x")
    for name, seconds in start_up.items():
        print(f"{'to be ready':22} {name:16} {seconds:7.2f} s")


if __name__ == "__main__":
    main()
