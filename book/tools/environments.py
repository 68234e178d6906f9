"""Run every notebook in other versions than the book's: `python -m book.tools.environments colab` or `oldest`.

`colab` installs what Colab has on its machines (tests/colab.txt), then the package without changing one of these;
`oldest` the oldest versions that pyproject.toml admits. Names of notebooks after that run only these.
`autogluon` installs AutoGluon, which does not go with the book's versions, and runs the experiment of that name.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from book.tools import execution
from book.tools.paths import BUILD, ROOT, find_notebook, notebooks

UV = [sys.executable, "-m", "uv"]
PYTHONS = {
    "colab": ("3.13", "3.12", "3.11"),
    "oldest": ("3.11",),
    "autogluon": ("3.12", "3.11"),
}  # the first that this machine has


def main(which: str, *names: str) -> None:
    """Make the environment, run the notebooks, and exit with the names of those that failed."""
    if which not in PYTHONS:
        sys.exit(f"Expected colab, oldest or autogluon, got {which!r}.")
    os.chdir(ROOT)
    python = make(which, BUILD / which)
    if which == "autogluon":
        command = [str(python), "-m", "lenet_utils.experiments", "run", which, "--replace"]
        sys.exit(subprocess.run(command, env=os.environ | {"HF_HUB_OFFLINE": "1"}).returncode)
    failed = run_all([find_notebook(name) for name in names] or notebooks(), kernel(which, python))
    if failed:
        sys.exit(f"In the versions of {which}, {len(failed)} notebooks failed: {', '.join(failed)}.")


def make(which: str, folder: Path) -> Path:
    """An environment of its own in `folder`; returns its Python."""
    for version in PYTHONS[which]:
        if not subprocess.run(
            [*UV, "venv", "-q", "--clear", "--no-python-downloads", "--python", version, str(folder)]
        ).returncode:
            break
    else:
        sys.exit(f"None of the Pythons {', '.join(PYTHONS[which])} is on this machine.")
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    if which == "oldest":
        _install(python, "--resolution", "lowest-direct", ".[notebooks]", "ipykernel>=6")
        return python
    if which == "autogluon":
        _install(python, ".", "autogluon.timeseries>=1.5", "autogluon.tabular[all]>=1.5")
        return python
    _install(python, "-r", "tests/colab.txt")
    before = _versions(python)
    pins = folder / "before.txt"
    pins.write_text("".join(f"{name}=={version}\n" for name, version in before.items()), encoding="utf-8")
    _install(python, "-c", str(pins), ".[notebooks]")
    changed = {name for name, version in before.items() if _versions(python).get(name) != version}
    if changed:
        sys.exit(f"Installing the package changed what Colab has: {', '.join(sorted(changed))}.")
    return python


def kernel(name: str, python: Path) -> str:
    """A kernel of that name in that Python, which Jupyter finds from now on."""
    folder = BUILD / "jupyter"
    spec = folder / "kernels" / name / "kernel.json"
    spec.parent.mkdir(parents=True, exist_ok=True)
    command = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec.write_text(json.dumps({"argv": command, "display_name": name, "language": "python"}), encoding="utf-8")
    os.environ["JUPYTER_PATH"] = str(folder)
    return name


def run_all(paths: list[Path], kernel: str) -> list[str]:
    """Run the notebooks on all cores with a line for each; returns the names of those that failed."""
    failed = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = {pool.submit(execution.run, path, kernel=kernel): path for path in paths}
        for job in as_completed(jobs):
            problem = job.exception()
            print(f"{jobs[job].stem}: {'ran' if problem is None else execution.short(problem)}", flush=True)
            failed += [jobs[job].stem] * (problem is not None)
    return failed


def _install(python: Path, *what: str) -> None:
    if subprocess.run([*UV, "pip", "install", "-q", "--compile-bytecode", "--python", str(python), *what]).returncode:
        sys.exit("uv could not install the versions; its reason stands above. It needs the network.")


def _versions(python: Path) -> dict[str, str]:
    listed = subprocess.run([*UV, "pip", "list", "--format", "json", "--python", str(python)], capture_output=True, check=True)
    return {package["name"]: package["version"] for package in json.loads(listed.stdout)}


if __name__ == "__main__":
    main(*(sys.argv[1:] or [""]))
