"""Execute the notebooks whose outputs are not known yet, on all cores, and keep each under the key of what it depends on.

An executed notebook lies in `build/notebooks/NAME.KEY.ipynb`, beside it `NAME.KEY.json` with its seconds and with the
files of the repository that it really opened. From there they go to the cache in which Jupyter Book looks for them.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import yaml
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from book.tools import dependencies
from book.tools.paths import BUILD, ROOT

EXECUTED = BUILD / "notebooks"
RECORDER = ROOT / "book" / "tools" / "recorder"
SECONDS = ROOT / "benchmarks" / "results" / "build_time.json"
KEPT = 3  # versions of an executed notebook, so that going back to an earlier text executes nothing


def execute(notebooks: Sequence[Path]) -> list[Path]:
    """Execute those of `notebooks` that are due, the slowest first, and hand all to Jupyter Book's cache.

    Returns the notebooks that were executed. `SystemExit` names those that failed; what was executed stays.
    """
    due = sorted((path for path in notebooks if not stored(path).exists()), key=known_seconds, reverse=True)
    if due:
        _execute_all(due)
    _hand_over(notebooks)
    return due


def stored(notebook: Path) -> Path:
    """Where the executed `notebook` is, or will be, as its text and what it depends on are now."""
    return EXECUTED / f"{notebook.stem}.{dependencies.key(notebook)}.ipynb"


def opened(notebook: Path) -> set[Path]:
    """The files of the repository that the executed `notebook` opened while it ran, but for what records them."""
    about = json.loads(stored(notebook).with_suffix(".json").read_text(encoding="utf-8"))
    return {path for name in about["opened"] if not (path := ROOT / name).is_relative_to(RECORDER)}


def with_outputs(notebook: Path) -> nbformat.NotebookNode:
    """`notebook` as it is now, with the outputs of its execution."""
    nb, executed = (nbformat.read(path, as_version=4) for path in (notebook, stored(notebook)))
    nb.metadata |= {name: executed.metadata[name] for name in ("language_info", "widgets") if name in executed.metadata}
    pairs = zip(*([cell for cell in each.cells if cell.cell_type == "code"] for each in (nb, executed)), strict=True)
    for cell, run_cell in pairs:
        cell.outputs, cell.execution_count = run_cell.outputs, run_cell.execution_count
    return nb


def run(notebook: Path, record: Path | None = None, kernel: str = "python3", cores: int = 1) -> nbformat.NotebookNode:
    """`notebook` executed by a kernel of its own; with `record`, that file lists what was opened.

    One thread a kernel: two that wait for each other on a busy machine are many times slower than one. `cores` is for
    the processes that joblib starts, each of which imports everything anew; with one core it starts none.
    """
    nb = nbformat.read(notebook, as_version=4)
    environment = os.environ | {"JUPYTER_PREFER_ENV_PATH": "1", "OMP_NUM_THREADS": "1", "LOKY_MAX_CPU_COUNT": str(cores)}
    if record:
        environment |= {"PYTHONPATH": f"{ROOT}{os.pathsep}{RECORDER}", "LENET_OPENED": str(record), "LENET_ROOT": str(ROOT)}
    timeout = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["execute"]["timeout"]
    place = {"metadata": {"path": notebook.parent}}
    quiet = ["--log-level=ERROR"]  # a kernel warns of a connection that does not leave this machine
    NotebookClient(nb, timeout=timeout, kernel_name=kernel, extra_arguments=quiet, resources=place).execute(env=environment)
    return nb


def _execute_all(due: list[Path]) -> None:
    """Print a line for each notebook that is done."""
    EXECUTED.mkdir(parents=True, exist_ok=True)
    cores = os.cpu_count() or 1
    kernels = min(cores, len(due))
    start, failures, left = time.perf_counter(), [], list(due)
    print(f"{len(due)} notebooks to execute on {kernels} cores.", flush=True)
    with ThreadPoolExecutor(kernels) as pool:
        jobs = {pool.submit(_execute_one, path, cores // kernels): path for path in due}
        try:
            for done, job in enumerate(as_completed(jobs), start=1):
                path = jobs[job]
                left.remove(path)
                problem = job.exception()
                if isinstance(problem, OSError) and not isinstance(problem, TimeoutError):
                    raise problem
                if problem:
                    failures.append(f"{path.relative_to(ROOT).with_suffix('').as_posix()}: {short(problem)}")
                said = "failed" if problem else f"{job.result():.0f} s"
                rest = _remaining(left, kernels, start, done, len(due))
                print(f"{done:3} of {len(due)}  {path.stem}: {said}{rest}", flush=True)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    if failures:
        sys.exit("\n".join([*failures, "", f"{len(failures)} of {len(due)} notebooks failed; the others are kept."]))


def _execute_one(notebook: Path, cores: int) -> float:
    """Execute `notebook` and keep it; returns the seconds that it took."""
    target, start = stored(notebook), time.perf_counter()
    with TemporaryDirectory() as folder:
        record = Path(folder) / "opened"
        nb = run(notebook, record, cores=cores)
        names = sorted(set(record.read_text(encoding="utf-8").splitlines())) if record.exists() else []
    seconds = time.perf_counter() - start
    _write(target.with_suffix(".json"), json.dumps({"seconds": round(seconds, 1), "opened": names}, indent=1))
    _write(target, nbformat.writes(nb))
    for old in sorted(EXECUTED.glob(f"{notebook.stem}.*.ipynb"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
        old.with_suffix(".json").unlink(missing_ok=True)
        old.unlink()
    return seconds


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    part = path.with_name(f"{path.name}.{threading.get_ident()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _hand_over(notebooks: Sequence[Path]) -> None:
    """Put what was executed where Jupyter Book looks for it, unless it lies there already."""
    folder = ROOT / yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["execute"]["cache"]
    folder.mkdir(parents=True, exist_ok=True)
    stamp = folder / "handed_over.json"
    there = json.loads(stamp.read_text(encoding="utf-8")) if stamp.exists() else {}
    cache = get_cache(str(folder))
    for path in notebooks:
        executed = stored(path)
        notebook = with_outputs(path)
        about = f"{executed.name} {cache.create_hashed_notebook(notebook)[1]}"
        if there.get(path.stem) != about:
            cache.cache_notebook_bundle(CacheBundleIn(notebook, str(path)), check_validity=False, overwrite=True)
            there[path.stem] = about
            _write(stamp, json.dumps(there, indent=1))


def known_seconds(notebook: Path) -> float:
    """How long `notebook` took the last time, here or where the book's figures were measured; a minute if nobody knows."""
    last = sorted(EXECUTED.glob(f"{notebook.stem}.*.json"), key=lambda path: path.stat().st_mtime)
    if last:
        return json.loads(last[-1].read_text(encoding="utf-8"))["seconds"]
    return json.loads(SECONDS.read_text(encoding="utf-8")).get("seconds_per_notebook", {}).get(notebook.stem, 60.0)


def _remaining(left: list[Path], kernels: int, start: float, done: int, total: int) -> str:
    """How long the rest will take, from what it took the last time and how fast this time goes."""
    if not left:
        return f"; all done in {(time.perf_counter() - start) / 60:.1f} min"
    seconds = max(sum(map(known_seconds, left)) / kernels, max(map(known_seconds, left)) / 2)
    return f"; about {seconds / 60:.0f} min left" if seconds >= 90 else f"; about {seconds:.0f} s left"


def short(problem: BaseException) -> str:
    """Why a notebook failed: the error of the cell, with its traceback."""
    if isinstance(problem, CellTimeoutError):
        return f"CellTimeoutError: {problem}"
    if isinstance(problem, CellExecutionError | DeadKernelError):
        return str(problem)
    return f"{type(problem).__name__}: {problem}"
