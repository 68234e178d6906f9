"""Comparisons on a Dask cluster of real processes on this machine, some of which are killed."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time

import joblib
import pytest
import torch

from lenet_utils.experiments import compare
from lenet_utils.experiments.cluster import cluster

pytestmark = pytest.mark.slow  # real processes

VARIANTS = {"tanh": {"activation": "tanh", "num_epochs": 1}, "relu": {"activation": "relu", "num_epochs": 1, "lr": 0.05}}
SEEDS = range(4)
PATIENCE = 300  # seconds, on a machine that is busy


def values(comparison):
    """Everything but the seconds, in the order of variants and seeds."""
    return comparison.runs.drop(columns="seconds").to_dict("records")


@pytest.fixture(scope="module")
def local():
    return values(compare(VARIANTS, SEEDS, n_jobs=1, progress=False))


@pytest.fixture
def start(tmp_path):
    """Starts `dask KIND ARGUMENTS` on 127.0.0.1; whatever still runs after the test is killed."""
    running = []

    def dask(kind, *arguments, **variables):
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *arguments, "--host", "127.0.0.1", "--no-dashboard"]
        with (tmp_path / f"{kind}-{len(running)}.log").open("w") as log:
            environment = os.environ | {"OMP_NUM_THREADS": "1"} | variables
            running.append(subprocess.Popen(command, stdout=log, stderr=log, env=environment))
        return running[-1]

    yield dask
    for process in running:
        process.kill()
        process.wait()


@pytest.fixture
def scheduler(start):
    def listening(**variables):
        address = f"tcp://127.0.0.1:{free_port()}"
        return start("scheduler", "--port", address.rpartition(":")[2], **variables), address

    return listening


@pytest.fixture
def worker(start):
    return lambda address, *arguments: start("worker", address, "--nthreads", "1", "--no-nanny", *arguments)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def kill_after(runs, keep, process):
    """Kill `process` as soon as the file `keep` holds so many finished runs; returns the thread that waits for it."""

    def wait():
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and not (keep.exists() and keep.read_text().count("\n") >= runs):
            time.sleep(0.01)
        process.kill()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    return thread


@pytest.fixture(autouse=True)
def bounded():
    """A comparison that waits for ever fails; Windows has no alarm."""

    def alarm(*_):
        raise TimeoutError(f"The test takes more than {PATIENCE} s.")

    if hasattr(signal, "SIGALRM"):
        before = signal.signal(signal.SIGALRM, alarm)
        signal.alarm(PATIENCE)
        yield
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    else:
        yield


def test_two_workers_give_the_values_of_this_machine_and_nothing_is_lost_with_one_of_them(scheduler, worker, local, tmp_path):
    _, address = scheduler()
    first, second = worker(address), worker(address)
    with cluster(address, timeout=PATIENCE) as client:
        client.wait_for_workers(2, PATIENCE)
        assert values(compare(VARIANTS, SEEDS, progress=False)) == local
        killing = kill_after(2, tmp_path / "kept.jsonl", first)
        assert values(compare(VARIANTS, SEEDS, keep=tmp_path / "kept.jsonl", progress=False)) == local
        killing.join()
        assert first.wait(PATIENCE) and second.poll() is None
        assert len(client.nthreads()) == 1
    short = {"none": {"num_epochs": 0}}
    assert len(compare(short, SEEDS, n_jobs=1, progress=False).runs) == len(SEEDS)  # on this machine again


def test_what_finished_before_the_scheduler_was_lost_is_not_run_again(scheduler, worker, local, tmp_path):
    listening, address = scheduler()
    worker(address)
    keep = tmp_path / "kept.jsonl"
    killing = kill_after(2, keep, listening)
    lost = f"{address}' is lost; finished runs are kept. Start one with `dask scheduler`"
    with pytest.raises(ConnectionError, match=lost), cluster(address, timeout=PATIENCE):
        compare(VARIANTS, SEEDS, keep=keep, progress=False)
    killing.join()
    kept = keep.read_text()
    assert 2 <= kept.count("\n") < len(local)
    assert values(compare(VARIANTS, SEEDS, keep=keep, n_jobs=1, progress=False)) == local
    assert keep.read_text().startswith(kept) and keep.read_text().count("\n") == len(local)  # a line a run


def test_an_address_where_nobody_listens():
    address = f"tcp://127.0.0.1:{free_port()}"
    nobody = f"No Dask scheduler answers at '{address}' within 1 s .*Start one with `dask scheduler`"
    with pytest.raises(ConnectionError, match=nobody), cluster(address, timeout=1):
        pass


def test_no_workers_and_a_worker_without_the_package(scheduler, worker):
    _, address = scheduler()
    with pytest.raises(ConnectionError, match=f"{address}' has no workers. Start one with"), cluster(address, timeout=5):
        pass
    worker(address, "--preload", "import sys; sys.modules['lenet_utils'] = None")
    with pytest.raises(ModuleNotFoundError, match="lenet_utils"), cluster(address, timeout=PATIENCE):
        compare(VARIANTS, SEEDS, progress=False)


def test_a_run_that_takes_its_worker_down_is_an_error(scheduler, worker):
    def crash(digits, seed):
        os._exit(1)

    _, address = scheduler(DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0")
    worker(address)
    with cluster(address, timeout=PATIENCE), pytest.raises(Exception, match="all those workers died(?s:.+)0 of 1 runs") as error:
        compare({"crash": {}}, [0], run=crash, progress=False)
    assert type(error.value).__name__ == "KilledWorker"


def test_threads_of_one_process_do_not_take_from_one_anothers_random_numbers():
    def drawn(digits, seed):
        torch.manual_seed(seed)
        time.sleep(0.05)
        return {"accuracy": torch.rand(1).item()}

    with joblib.parallel_config("threading"):
        found = compare({"drawn": {}}, range(6), run=drawn, n_jobs=3, progress=False)
    assert found.values("drawn") == [torch.rand(1, generator=torch.Generator().manual_seed(seed)).item() for seed in range(6)]


def test_joblibs_own_backend_gives_the_same_values_and_loses_nothing_with_a_worker(scheduler, worker, local, tmp_path):
    from distributed import Client

    _, address = scheduler()
    first, second = worker(address), worker(address)
    with Client(address, timeout=PATIENCE) as client, joblib.parallel_config("dask"):
        client.wait_for_workers(2, PATIENCE)
        killing = kill_after(2, tmp_path / "kept.jsonl", first)
        assert values(compare(VARIANTS, SEEDS, keep=tmp_path / "kept.jsonl", progress=False)) == local
        killing.join()
        assert first.wait(PATIENCE) and second.poll() is None
