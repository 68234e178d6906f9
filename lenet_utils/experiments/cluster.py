"""Where runs are done: on the cores of this machine or, within `cluster`, by the workers of a Dask scheduler."""

import pickle
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import joblib

_client: ContextVar[Any] = ContextVar("client", default=None)
# The nanny of a worker makes the C library give memory back at once, which takes as long again as the training itself.
_REMEDY = (
    "Start one with `dask scheduler` and workers with `dask worker ADDRESS --nthreads 1 --no-nanny`, one a core, "
    "or leave the cluster out."
)


@contextmanager
def cluster(address: str, timeout: float = 10) -> Iterator[Any]:
    """Within this context `compare` runs on the Dask cluster whose scheduler listens at `address` (tcp://host:port).

    Yields the `distributed.Client`. The runs of a worker that is lost are done by the others. `ConnectionError` if no
    scheduler with workers answers within `timeout` seconds, or when it is lost; what is finished is kept, see `compare`.
    """
    from distributed import Client
    from distributed.comm import CommClosedError

    try:
        client = Client(address, timeout=timeout)
    except (OSError, ValueError) as error:
        raise ConnectionError(f"No Dask scheduler answers at {address!r} within {timeout} s ({error}). {_REMEDY}") from None
    with client:
        before = _client.set(client)
        try:
            _expect_workers(client, address, timeout)
            yield client
        except (CancelledError, CommClosedError) as error:
            raise ConnectionError(f"The Dask scheduler at {address!r} is lost; finished runs are kept. {_REMEDY}") from error
        finally:
            _client.reset(before)


def _expect_workers(client: Any, address: str, timeout: float) -> None:
    try:
        client.wait_for_workers(1, timeout)
    except TimeoutError:
        raise ConnectionError(f"The Dask scheduler at {address!r} has no workers. {_REMEDY}") from None


def as_finished(function: Callable[..., Any], calls: Sequence[tuple[Any, ...]], n_jobs: int) -> Iterator[Any]:
    """What `function(*call)` gives for each of `calls`, in the order in which they finish; `n_jobs` is for this machine."""
    client = _client.get()
    if client is not None:
        return _on_cluster(client, function, calls)
    jobs = [joblib.delayed(function)(*call) for call in calls]
    return joblib.Parallel(n_jobs=n_jobs, return_as="generator_unordered", batch_size=1)(jobs)


def _on_cluster(client: Any, function: Callable[..., Any], calls: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
    """Not by joblib's own Dask backend, which waits for ever for a run that takes its worker down."""
    import cloudpickle
    from distributed import as_completed

    # In the thread of the run: a worker that lacks a package says so, and others hear from it meanwhile.
    def unpacked(work: bytes) -> Any:
        function, call = pickle.loads(work)
        return function(*call)

    packed = [cloudpickle.dumps((function, call)) for call in calls]
    for future in as_completed([client.submit(unpacked, work, pure=False) for work in packed], loop=client.loop):
        yield future.result()
