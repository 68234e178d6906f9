"""What must hold on every processor holds with the oldest instructions that PyTorch and oneDNN can be held to."""

import os
import subprocess
import sys

import pytest

from book_files import ROOT

# Sums in another order than here: no AVX in PyTorch's own kernels, none in oneDNN's convolutions and products.
OLDEST = {"ATEN_CPU_CAPABILITY": "default", "ONEDNN_MAX_CPU_ISA": "SSE41", "OMP_NUM_THREADS": "1"}
FILES = ["core/test_models.py", "pages/test_one_by_one.py", "core/test_papers.py", "core/test_shapes.py", "core/test_training.py"]


@pytest.mark.slow
def test_nothing_hangs_on_the_rounding_of_this_processor():
    """The networks and their training, with comparisons of trained weights among them."""
    said = subprocess.run(
        [sys.executable, "-c", "import torch; print(torch.backends.cpu.get_cpu_capability())"],
        env=os.environ | OLDEST, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.strip() == "DEFAULT"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "slow or not slow"]
    done = subprocess.run(
        [*command, *(str(ROOT / "tests" / name) for name in FILES)],
        cwd=ROOT,
        env=os.environ | OLDEST,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:]
