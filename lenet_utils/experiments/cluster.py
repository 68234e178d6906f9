"""Comparisons on several machines: a Dask cluster as joblib's backend."""

from contextlib import contextmanager

import joblib


@contextmanager
def cluster(address, timeout=10):
    """Within this context `compare` runs on the Dask cluster whose scheduler listens at `address` (tcp://host:port).

    Yields the `distributed.Client`; `ConnectionError` if nobody answers within `timeout` seconds.
    """
    from distributed import Client

    try:
        client = Client(address, timeout=timeout)
    except (OSError, ValueError) as error:
        raise ConnectionError(
            f"No Dask scheduler answers at {address!r} within {timeout} s ({error}). "
            "Start one with `dask scheduler` and workers with `dask worker ADDRESS`, or leave the cluster out."
        ) from None
    with client, joblib.parallel_config("dask", wait_for_workers_timeout=timeout):
        yield client
