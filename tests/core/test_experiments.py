"""Comparisons against the runs called by hand and the table of t; what is finished stays; a result is whole or the old one."""

import dataclasses
import importlib
import inspect
import itertools
import json
import linecache
import math
import os
import shlex
import subprocess
import sys
import types
import warnings
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from tqdm.auto import tqdm

from book_files import first
from lenet_utils import data
from lenet_utils.exercises.kinds import accuracy_of
from lenet_utils.experiments import (
    Comparison,
    ResultError,
    compare,
    comparison,
    interval,
    load,
    registry,
    results,
    run_cache,
    runs,
    sources,
)
from lenet_utils.experiments import __main__ as command_line
from lenet_utils.experiments.registry import run
from lenet_utils.experiments.runs import RECIPE, train
from lenet_utils.nets import lenet
from lenet_utils.pages.atlas import experiment as atlas
from lenet_utils.pages.mistakes import experiment as ladder
from lenet_utils.pages.mistakes.examine import answers, examined, probabilities
from lenet_utils.pages.net_1989.experiment import zip_nets
from lenet_utils.pages.training import experiment as plateau
from lenet_utils.training import fit
from lenet_utils.training.augment import Affine

CALLS: list = []
STOP: dict = {}
TWO = {"b": {"base": 10.0}, "a": {"base": 0.0}}


def toy(digits, seed, base=0.0):
    """Notes that it was called; raises what `STOP` has for it."""
    CALLS.append((base, seed))
    if (base, seed) in STOP:
        raise STOP[base, seed]
    return {"accuracy": base + seed / 10, "losses": [math.nan, math.inf, 1.0], "data": digits.name}


def threads(digits, seed, error=None):
    if error:
        raise ValueError(error)
    return {"threads": torch.get_num_threads(), "process": os.getpid()}


def toys(variants=TWO, seeds=(2, 0), data="usps", run=toy, **options):
    return compare(variants, seeds, data, run=run, n_jobs=1, progress=False, **options)


def few(name):
    return first(data.load(name), 300, 100)


def short(digits, seed, **settings):
    """Three steps with a hundred images, and where they were done."""
    small = dataclasses.replace(digits, X_train=digits.X_train[:100], y_train=digits.y_train[:100])
    return runs.brief(small, seed, num_epochs=1, batch_size=40, **settings) | threads(digits, seed)


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    CALLS.clear(), STOP.clear()
    monkeypatch.setattr(run_cache, "_in_memory", {})
    monkeypatch.setattr(comparison, "_digits", lambda name: SimpleNamespace(name=name))


# One run


SETTINGS = {"activation": "tanh", "pool": "max", "init": "1998", "lr": 0.05, "momentum": 0.5, "num_epochs": 2, "batch_size": 64}


def by_hand(digits, seed):
    net = lenet.LeNet("tanh", "max", init="1998", seed=seed)
    test = digits.X_test, digits.y_test
    history = fit.fit(
        net, digits.X_train, digits.y_train, lr=0.05, momentum=0.5, num_epochs=2, batch_size=64, seed=seed, validation=test,
        progress=False,
    )  # fmt: skip
    metrics = fit.evaluate(net, *test)
    return {"accuracy": metrics.accuracy, "loss": metrics.loss, "accuracies": history.accuracies, "losses": history.losses}


@pytest.mark.parametrize("normalise", ["note", "1998"])
def test_train_is_the_training_written_by_hand(normalise):
    digits = few("mnist-5k")
    expected = by_hand(data.normalised(digits, normalise), seed=3)
    found = train(digits, 3, **SETTINGS, normalise=normalise)
    assert found.pop("seconds") > 0 and found == expected
    brief = runs.brief(digits, 3, **SETTINGS, normalise=normalise)
    assert brief.pop("seconds") > 0 and brief == {k: v for k, v in expected.items() if k != "losses"}


def test_examined_is_brief_with_every_answer():
    digits = few("mnist-5k")
    found, brief = examined(digits, 3, **SETTINGS), runs.brief(digits, 3, **SETTINGS)
    assert (found["accuracy"], found["accuracies"]) == (brief["accuracy"], brief["accuracies"])
    assert np.sum(found["confusion"], axis=1).tolist() == digits.y_test.bincount(minlength=10).tolist()
    assert np.trace(found["confusion"]) == round(100 * brief["accuracy"]) == 100 - len(found["wrong"])


def test_probabilities_are_the_softmax_of_what_the_net_gives():
    net, X = lenet.LeNet(seed=0), torch.rand(1500, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(probabilities(net, X), net(X).softmax(1), rtol=0, atol=1e-6)


def test_answers_are_counted_as_by_hand():
    """Of five answers the second and the last are wrong; two have a confidence between a half and three quarters."""
    shares = torch.tensor([[0.7, 0.2, 0.1], [0.3, 0.1, 0.6], [0.0, 1.0, 0.0], [0.1, 0.1, 0.8], [0.3, 0.4, 0.3]])
    found = answers(shares, torch.tensor([0, 1, 1, 2, 0]), bins=4)
    assert found["accuracy"] == 0.6
    assert found["confusion"] == [[1, 1, 0], [0, 1, 1], [0, 0, 1]]
    assert found["calibration"] == [[0, None, None], [1, 0.4, 0.0], [2, 0.65, 0.5], [2, 0.9, 1.0]]
    assert found["wrong"] == [[1, 1, 2, 0.6], [4, 0, 1, 0.4]]


# Comparisons


def test_a_comparison_is_every_run_called_by_hand(monkeypatch):
    digits = few("mnist-5k")
    monkeypatch.setattr(comparison, "_digits", {"mnist-5k": digits}.get)
    variants = {"tanh": {"activation": "tanh", "num_epochs": 1}, "relu": {"activation": "relu", "num_epochs": 1}}
    rows = compare(variants, [1, 0], n_jobs=1, progress=False).runs.drop(columns="seconds").to_dict("records")
    expected = [{"variant": v, "seed": s, **train(digits, s, **variants[v])} for v in variants for s in (1, 0)]
    assert rows == [{k: v for k, v in row.items() if k != "seconds"} for row in expected]


def test_the_digits_are_read_once_and_nothing_is_downloaded(monkeypatch):
    monkeypatch.undo()
    asked = []
    monkeypatch.setattr(data, "load", lambda name, **options: asked.append((name, options)) or SimpleNamespace(name=name))
    comparison._digits.cache_clear()
    toys()
    comparison._digits.cache_clear()
    assert asked == [("usps", {"download": False})]


def test_rows_are_in_the_order_of_variants_and_seeds_and_the_data_set_arrives():
    table = toys()
    assert table.runs[["variant", "seed", "accuracy"]].to_numpy().tolist() == [
        ["b", 2, 10.2],
        ["b", 0, 10.0],
        ["a", 2, 0.2],
        ["a", 0, 0.0],
    ]
    assert table.variants == ["b", "a"] and table.values("a") == [0.2, 0.0] and table.values("b", "data") == ["usps"] * 2


@pytest.mark.slow
def test_two_processes_give_the_same_as_one(monkeypatch):
    monkeypatch.undo()  # workers read the digits themselves
    tasks = {"tanh": {"activation": "tanh"}, "relu": {"activation": "relu"}}, [0, 1]
    two, one = (compare(*tasks, run=short, n_jobs=n, progress=False).runs for n in (2, 1))
    for column in ("variant", "seed", "accuracy", "loss", "accuracies"):
        assert two[column].tolist() == one[column].tolist(), column
    assert set(two["threads"]) == {1} and os.getpid() not in set(two["process"]) and set(one["process"]) == {os.getpid()}


def test_a_run_has_one_thread_and_afterwards_there_are_as_many_as_before():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        assert toys({"a": {}}, run=threads).values("a", "threads") == [1, 1]
        assert torch.get_num_threads() == 2
        with pytest.raises(ValueError, match="lost"):
            toys({"a": {"error": "lost"}}, run=threads)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_the_bar_shows_the_runs_and_can_be_switched_off(capsys):
    compare(TWO, [0], "usps", run=toy, n_jobs=1)
    shown = capsys.readouterr()
    assert shown.out == "" and "/2" in shown.err
    toys()
    assert capsys.readouterr() == ("", "")


def test_the_bar_starts_at_what_is_kept_and_counts_to_the_end(monkeypatch, tmp_path):
    bars = []
    monkeypatch.setattr(comparison, "tqdm", lambda **options: bars.append(tqdm(**options)) or bars[-1])
    for seeds in ([0], [0, 1]):
        compare(TWO, seeds, "usps", run=toy, n_jobs=1, keep=tmp_path / "runs.jsonl")
    assert [(bar.initial, bar.n, bar.total) for bar in bars] == [(0, 2, 2), (2, 4, 4)]


# Statistics


def of(**variants):
    rows = [(v, seed, value) for v, values in variants.items() for seed, value in enumerate(values)]
    return Comparison(pd.DataFrame(rows, columns=["variant", "seed", "accuracy"]))


def test_intervals_are_those_of_the_table_of_t():
    """t at 97.5 % is 4.303 with two degrees of freedom and 12.706 with one; 1, 2, 3 deviate by 1, and 4, 6 by the root of 2."""
    assert interval([1, 2, 3]) == pytest.approx((2, 2 - 4.303 / 3**0.5, 2 + 4.303 / 3**0.5, 3), abs=1e-3)
    assert interval([4, 6]) == pytest.approx((5, 5 - 12.706, 5 + 12.706, 2), abs=1e-3)
    with warnings.catch_warnings(action="error"):
        mean, low, high, n = interval([0.5])
    assert (mean, n) == (0.5, 1) and math.isnan(low) and math.isnan(high)


def test_the_table_has_a_row_a_variant():
    table = of(y=[1, 2, 3], x=[4, 4, 4]).table()
    assert table.index.tolist() == ["y", "x"] and table.columns.tolist() == ["mean", "low", "high", "seeds"]
    assert table.loc["y"].tolist() == pytest.approx([2, -0.484, 4.484, 3], abs=1e-3)
    assert table.loc["x"].tolist() == [4, 4, 4, 3]
    assert "<td>4.4841</td>" in of(y=[1, 2, 3])._repr_html_()


def test_a_difference_is_of_pairs_with_the_same_seed():
    """The runs vary by 10, their differences 1, 2 and 3 do not."""
    assert of(x=[11, 22, 33], y=[10, 20, 30]).difference("x", "y") == pytest.approx((2, -0.484, 4.484, 3), abs=1e-3)


@pytest.mark.parametrize(
    "ask, message",
    [
        (lambda table: table.values("c"), "No variant is called 'c'. Known: x, y."),
        (lambda table: table.values("x", "los"), "No value is called 'los'. Known: variant, seed, accuracy."),
        (lambda table: table.difference("x", "c"), "No variant is called 'c'. Known: x, y."),
        (lambda table: table.table("los"), "No value is called 'los'."),
    ],
)
def test_unknown_variants_and_values_are_named_with_the_known(ask, message):
    with pytest.raises(ValueError, match=message):
        ask(of(x=[1], y=[2]))


# Refused before the first run


@pytest.mark.parametrize(
    "wrong, error, message",
    [
        ({"variants": {}}, ValueError, "at least one variant and one seed, got 0 and 2"),
        ({"seeds": []}, ValueError, "at least one variant and one seed, got 2 and 0"),
        ({"seeds": [0, 1, 0]}, ValueError, r"Expected different seeds, got \[0, 1, 0\]"),
        ({"data": "emnist"}, ValueError, "No data set is called 'emnist'. Known: mnist-5k, mnist, fashion-mnist, usps."),
        (
            {"variants": {"a": {"base": 1}, "b": {"bias": 1}}},
            TypeError,
            "Variant 'b': got an unexpected keyword argument 'bias'. Known settings: base.",
        ),
    ],
)
def test_impossible_comparisons_are_refused_before_the_first_run(wrong, error, message):
    with pytest.raises(error, match=message):
        toys(**wrong)
    assert CALLS == []


def test_the_settings_of_train_are_those_of_lenet_and_fit_but_for_what_it_sets_itself():
    """So a misspelt setting is known before the first run."""
    with pytest.raises(TypeError, match="Variant 'a': got an unexpected keyword argument 'activaton'") as error:
        toys({"a": {"activaton": "relu"}}, run=train)
    known = str(error.value).partition("Known settings: ")[2].rstrip(".").split(", ")
    of_net, of_fit = (list(inspect.signature(function).parameters) for function in (lenet.LeNet, fit.fit))
    its_own = {"seed", "net", "X", "y", "validation", "progress", "memory_format"}
    assert known == [name for name in of_net + of_fit if name not in its_own] + ["normalise"]


# Stopped and gone on


@pytest.fixture(params=["memory", "file"])
def keep(request, tmp_path):
    return tmp_path / "new" / "runs.jsonl" if request.param == "file" else None


@pytest.mark.slow  # some seconds each
@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_stopped_it_keeps_what_is_finished_and_runs_the_rest_when_called_again(keep, error):
    STOP[0.0, 2] = error("stopped")
    with pytest.raises(error, match="stopped") as raised:
        toys(keep=keep)
    assert raised.value.__notes__ == ["2 of 4 runs are finished and kept; compare with the same arguments to run the rest."]
    assert CALLS == [(10.0, 2), (10.0, 0), (0.0, 2)]
    CALLS.clear(), STOP.clear()
    table = toys(keep=keep).runs
    assert CALLS == [(0.0, 2), (0.0, 0)]
    assert table.drop(columns="losses").equals(toys().runs.drop(columns="losses"))
    assert repr(table["losses"].tolist()) == repr([[math.nan, math.inf, 1.0]] * 4)


def test_complete_in_memory_it_runs_anew_and_a_file_is_read(keep):
    toys(keep=keep)
    toys(keep=keep, seeds=(2, 0, 1))
    assert CALLS[4:] == ([(10.0, 1), (0.0, 1)] if keep else [(b, s) for b in (10.0, 0.0) for s in (2, 0, 1)])


@pytest.mark.parametrize("left", [1, 5, 30, -1])
def test_a_line_cut_by_a_crash_is_run_again_and_no_other(tmp_path, left):
    keep = tmp_path / "runs.jsonl"
    whole = toys(keep=keep).runs
    lines = keep.read_bytes().splitlines(keepends=True)
    keep.write_bytes(b"".join(lines[:-1]) + lines[-1][:left])
    CALLS.clear()
    assert repr(toys(keep=keep).runs) == repr(whole) and CALLS == [(0.0, 0)]
    assert keep.read_bytes().splitlines(keepends=True) == lines


@pytest.mark.parametrize(
    "content",
    [
        b"not a line of JSON\n",
        b'{"key": "1"}\n',
        b"[1, 2]\n",
        b"\xff\xfe\n",
        b"the only copy",
        b'{"key": "1", "values": {}}\nthe end',
    ],
)
def test_another_file_is_refused_by_name_and_left_as_it_is(tmp_path, content):
    keep = tmp_path / "thesis.txt"
    keep.write_bytes(content)
    with pytest.raises(ValueError, match="thesis.txt is not a file of finished runs .* Delete it to run everything again"):
        toys(keep=keep)
    assert keep.read_bytes() == content and CALLS == []


def test_values_that_json_does_not_know_are_not_counted_as_kept(tmp_path):
    with pytest.raises(TypeError, match="not JSON serializable") as error:
        toys({"a": {}}, [0], run=lambda digits, seed: {"accuracy": torch.tensor(1.0)}, keep=tmp_path / "runs.jsonl")
    assert error.value.__notes__[0].startswith("0 of 1 runs")


def other(digits, seed, base=0.0):
    return toy(digits, seed, base)


KEY = {"run": toy, "dataset": "usps", "seed": 0, "settings": {"base": 1, "more": [2]}}


@pytest.mark.parametrize(
    "change",
    [{"run": other}, {"dataset": "mnist"}, {"seed": 1}, {"settings": {"base": 1, "more": [3]}}, {"settings": {"base": 1}}],
)
def test_a_run_is_kept_under_all_it_depends_on(change):
    assert run_cache.RunCache.key(**KEY | change) != run_cache.RunCache.key(**KEY) == run_cache.RunCache.key(**KEY)


def test_the_order_of_the_settings_does_not_matter():
    assert run_cache.RunCache.key(**KEY | {"settings": {"more": [2], "base": 1}}) == run_cache.RunCache.key(**KEY)


def key_after(monkeypatch, changed, **options):
    """The key of a run when the module `changed` of the package has one line more."""
    text = sources.text
    with monkeypatch.context() as patch:
        patch.setattr(sources, "text", lambda name: text(name) + "\n" * (name == changed))
        return run_cache.RunCache.key(**KEY | options)


@pytest.mark.slow
@pytest.mark.parametrize("run", [runs.brief, plateau.steps_to_leave, ladder.recognise, zip_nets], ids=lambda run: run.__name__)
def test_a_run_is_not_kept_beyond_a_change_of_any_module_that_it_imports(monkeypatch, run):
    """The oracle is a Python that imports the module of the run and nothing else."""
    program = f"import sys, {run.__module__}; print(*(n for n in sys.modules if n.partition('.')[0] == 'lenet_utils'))"
    listed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert {run.__module__, "lenet_utils", "lenet_utils.data", "lenet_utils.training.fit"} <= set(listed)
    before = run_cache.RunCache.key(**KEY | {"run": run})
    assert [name for name in listed if key_after(monkeypatch, name, run=run) == before] == []


def test_a_run_is_kept_beyond_a_change_of_what_it_does_not_import(monkeypatch):
    for other_module in ("lenet_utils.pages.sentences.experiment", "lenet_utils.lab.widget"):
        assert key_after(monkeypatch, other_module, run=runs.brief) == run_cache.RunCache.key(**KEY | {"run": runs.brief})


HELPED = {"margin": 2}


def helped(digits, seed):
    """A run as readers write them: it names a function of theirs, a function, a module and a constant of the package."""
    return {"accuracy": helper(), "net": lenet.LeNet, "recipe": RECIPE, "margin": HELPED}


def helper():
    return accuracy_of


@pytest.mark.parametrize("module", ["data", "nets.lenet", "nets.shapes", "experiments.runs", "exercises.kinds"])
def test_a_run_of_the_reader_is_not_kept_beyond_a_change_of_what_it_names(monkeypatch, module):
    before = run_cache.RunCache.key(**KEY | {"run": helped})
    assert key_after(monkeypatch, f"lenet_utils.{module}", run=helped) != before


def test_a_run_of_the_reader_is_not_kept_beyond_a_change_of_a_function_that_it_calls(monkeypatch):
    before = run_cache.RunCache.key(**KEY | {"run": helped})
    monkeypatch.setitem(helped.__globals__, "helper", lambda: 1 + 1)
    assert run_cache.RunCache.key(**KEY | {"run": helped}) != before


def test_a_run_typed_at_the_prompt_is_kept_under_what_was_typed(monkeypatch):
    """Python 3.13 keeps the text of `python -c` under the name that code of `exec` has too."""
    monkeypatch.setitem(linecache.cache, "<string>", (9, None, ["import os\n"], "<string>"))
    keys = []
    for text in ("accuracy: seed", "accuracy: seed", "accuracy: seed + 1"):
        name, value = text.split(": ")
        typed = {}
        exec(f"def run(digits, seed): return {{'{name}': {value}}}", typed)
        keys.append(run_cache.RunCache.key(**KEY | {"run": typed["run"]}))
    assert keys[0] == keys[1] != keys[2]


def test_settings_count_with_the_module_that_they_are_from(monkeypatch):
    options = {"run": toy, "settings": {"augment": Affine()}}
    before = run_cache.RunCache.key(**KEY | options)
    assert key_after(monkeypatch, "lenet_utils.training.augment", **options) != before
    assert key_after(monkeypatch, "lenet_utils.training.augment", run=toy) == run_cache.RunCache.key(**KEY)


def test_a_run_is_not_kept_beyond_another_torch(monkeypatch):
    before = run_cache.RunCache.key(**KEY)
    monkeypatch.setattr(torch, "__version__", "1.0")
    assert run_cache.RunCache.key(**KEY) != before


def test_code_of_a_run_that_was_changed_is_run_again_and_code_only_loaded_anew_is_not(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    for accuracy, number in (("0.5", 1), ("0.5", 1), ("0.75", 2)):
        (tmp_path / "changing.py").write_text(f"def run(digits, seed):\n    return {{'accuracy': {accuracy}}}\n")
        module = importlib.reload(importlib.import_module("changing"))
        found = toys({"a": {}}, [0], run=module.run, keep=tmp_path / "runs.jsonl")
        assert found.values("a") == [float(accuracy)]
        assert len((tmp_path / "runs.jsonl").read_text().splitlines()) == number


# Named experiments


@pytest.fixture
def tiny(monkeypatch, tmp_path):
    """A named experiment of two variants; results go to `tmp_path`."""

    def tiny(data, seeds, keep):
        """Two toys.

        And nothing else.
        """
        return toys(seeds=seeds, data=data, keep=keep)

    page = tmp_path / "pages" / "made"
    page.mkdir(parents=True)
    monkeypatch.setattr(registry.datasets, "load", lambda name: None)  # nothing is downloaded
    monkeypatch.setattr(results, "PAGES", page.parent)
    monkeypatch.setattr(registry.Experiment, "folder", page)
    monkeypatch.setattr(registry, "modules", lambda: {"tiny": "made_up"})
    monkeypatch.setattr(command_line, "modules", registry.modules)
    monkeypatch.setitem(sys.modules, "made_up", types.SimpleNamespace(tiny=registry.named(data="usps", seeds=3)(tiny)))
    return page / "tiny.json"


def giving(content, monkeypatch):
    made_up = sys.modules["made_up"]
    monkeypatch.setattr(made_up, "tiny", dataclasses.replace(made_up.tiny, make=lambda *arguments: content))


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_result_says_what_it_depends_on_and_holds_every_run(tiny):
    assert run("tiny") == tiny and files(tiny.parent) == ["tiny.json"]
    content = json.loads(tiny.read_text())
    assert {name: content[name] for name in ("data", "seeds", "threads")} == {"data": "usps", "seeds": 3, "threads": 1}
    assert content["versions"]["torch"] == importlib.metadata.version("torch") and content["versions"]["python"] in sys.version
    assert content["machine"]["cores"] == os.cpu_count() and content["machine"]["cpu"] and content["seconds"] >= 0
    assert repr(load("tiny")["runs"].runs) == repr(toys(seeds=range(3)).runs)


def test_the_command_in_a_result_makes_it_again(tiny, monkeypatch):
    run("tiny", "mnist", 2)
    python, *module, command = shlex.split(load("tiny.mnist")["command"], posix=True)[:4]
    assert (python, module, command) == ("python", ["-m", "lenet_utils.experiments"], "run")
    asked = []
    monkeypatch.setattr(command_line, "run", lambda *arguments, **options: asked.append((arguments, options)))
    command_line.main(shlex.split(load("tiny.mnist")["command"])[3:])
    assert asked == [(("tiny", "mnist", 2), {"replace": False})]


def test_another_data_set_has_a_file_of_its_own(tiny):
    run("tiny")
    before = tiny.read_bytes()
    assert run("tiny", "mnist", 1).name == "tiny.mnist.json" and tiny.read_bytes() == before
    assert load("tiny.mnist")["data"] == "mnist" and load("tiny.mnist")["runs"].values("a", "data") == ["mnist"]


def test_what_is_finished_on_one_data_set_outlives_a_run_on_another(tiny):
    STOP[0.0, 0] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        run("tiny", seeds=1)
    CALLS.clear(), STOP.clear()
    run("tiny", "mnist", 1), run("tiny", seeds=1)
    assert CALLS == [(10.0, 0), (0.0, 0), (0.0, 0)] and files(tiny.parent) == ["tiny.json", "tiny.mnist.json"]


def test_a_stopped_experiment_leaves_the_old_result_and_goes_on_from_there(tiny):
    run("tiny", seeds=1)
    before = tiny.read_bytes()
    STOP[0.0, 1] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        run("tiny", seeds=2)
    assert tiny.read_bytes() == before and files(tiny.parent) == ["tiny.json", "tiny.part.jsonl"]
    CALLS.clear(), STOP.clear()
    run("tiny", seeds=2)
    assert CALLS == [(0.0, 1)] and load("tiny")["seeds"] == 2 and files(tiny.parent) == ["tiny.json"]


def test_a_result_that_json_does_not_know_leaves_the_old_one(tiny, monkeypatch):
    run("tiny")
    before = tiny.read_bytes()
    giving({"values": [1, object()]}, monkeypatch)
    with pytest.raises(TypeError):
        run("tiny")
    assert tiny.read_bytes() == before and files(tiny.parent) == ["tiny.json"]


def test_a_disk_that_fills_up_leaves_the_old_result(tiny, monkeypatch):
    run("tiny")
    before = tiny.read_bytes()

    def full(path, text, **options):
        path.write_bytes(text[:20].encode())
        raise OSError("no space left")

    monkeypatch.setattr(type(tiny), "write_text", full)
    with pytest.raises(OSError, match="no space left"):
        run("tiny")
    assert tiny.read_bytes() == before and load("tiny")["seeds"] == 3 and "tiny.part.jsonl" in files(tiny.parent)


@pytest.mark.parametrize("text", ["],", "},{", '"', "ünïcode\n"])
def test_a_result_comes_back_as_it_was_whatever_its_texts(tiny, monkeypatch, text):
    content = {text: [[1], [text, math.inf]], "rows": [{"a": text}, {text: None}], "empty": {}}
    giving(content, monkeypatch)
    run("tiny")
    assert load("tiny").items() >= content.items()


def test_a_number_of_runs_is_not_taken_for_a_list_of_them(tiny, monkeypatch):
    giving({"runs": 4}, monkeypatch)
    run("tiny")
    assert load("tiny")["runs"] == 4


def test_a_result_with_more_seeds_is_not_replaced_unless_told(tiny, monkeypatch):
    run("tiny")
    before = tiny.read_bytes()
    CALLS.clear()
    with pytest.raises(ValueError, match=r"tiny.json holds 3 seeds, and 2 would replace them. Run at least 3, or add --replace"):
        run("tiny", seeds=2)
    with pytest.raises(SystemExit, match="holds 3 seeds"):
        command_line.main(["run", "tiny", "--seeds", "2"])
    assert CALLS == [] and tiny.read_bytes() == before
    run("tiny", seeds=3), run("tiny", seeds=4), run("tiny", seeds=2, replace=True)
    command_line.main(["run", "tiny", "--seeds", "1", "--replace"])
    assert load("tiny")["seeds"] == 1


def test_a_damaged_result_is_no_reason_not_to_run(tiny):
    tiny.write_text('{"seeds": 9')
    run("tiny", seeds=1, folder=str(tiny.parent))
    assert load("tiny", folder=str(tiny.parent))["seeds"] == 1


@pytest.mark.parametrize("damaged", ["half", "", "5", '["command"]', "{}"])
def test_a_damaged_result_is_refused_with_the_command_that_makes_it(tiny, damaged):
    run("tiny")
    whole = tiny.read_text()
    tiny.write_text(whole[: len(whole) // 2] if damaged == "half" else damaged)
    with pytest.raises(ResultError, match="(?s)tiny.json is .*Make it with: python -m lenet_utils.experiments run tiny$"):
        load("tiny")


def test_a_missing_result_is_named_with_those_there_are_and_the_command(tiny):
    with pytest.raises(ResultError, match=r"no result 'tiny' \(there are: none\). Make it with: .* run tiny$"):
        load("tiny")
    run("tiny")
    with pytest.raises(ResultError, match=r"no result 'tiny.mnist' \(there are: tiny\). .* run tiny --data mnist$"):
        load("tiny.mnist")


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"name": "huge"}, "No experiment is called 'huge'. Known: .*tiny"),
        ({"data": "emnist"}, "No data set is called 'emnist'. Known: mnist-5k"),
        ({"seeds": 0}, "seeds expects a whole number of at least 1, got 0"),
    ],
)
def test_impossible_experiments_are_refused_in_python_and_on_the_command_line(tiny, wrong, message):
    arguments = {"name": "tiny", **wrong}
    with pytest.raises(ValueError, match=message):
        run(**arguments)
    options = [f"--{name}={value}" for name, value in wrong.items() if name != "name"]
    with pytest.raises(SystemExit, match=message):
        command_line.main(["run", arguments["name"], *options])
    assert files(tiny.parent) == []


def test_the_command_line_runs_and_lists(tiny, capsys):
    command_line.main(["list"])
    assert "tiny                 usps, 3 seeds, not made: Two toys.\n" in capsys.readouterr().out
    command_line.main(["run", "tiny", "--data", "mnist", "--seeds", "1"])
    command_line.main(["run", "tiny"])
    assert capsys.readouterr().out.splitlines() == [str(tiny.with_name("tiny.mnist.json")), str(tiny)]
    command_line.main(["list"])
    assert "tiny                 usps, 3 seeds, made: Two toys.\n" in capsys.readouterr().out


@pytest.mark.slow
def test_as_a_program_it_lists_every_experiment_of_the_book():
    command = [sys.executable, "-m", "lenet_utils.experiments", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert [line.split()[0] for line in listed] == list(registry.modules()) and len(listed) > 30
    assert len(set(registry.modules())) == len(listed)


@pytest.mark.slow
def test_every_committed_result_can_be_read_and_made_again():
    for name, path in results.paths().items():
        content = load(name)
        if content["command"].startswith("python -m benchmarks."):
            continue
        experiment = registry.find(name.partition(".")[0])
        assert content["command"] == experiment.command(content["data"], content["seeds"]), path
        assert name == (experiment.name if content["data"] == experiment.data else f"{experiment.name}.{content['data']}")
        assert path.parent == experiment.folder, path
        assert content["threads"] == 1 and content["seconds"] > 0 and content["machine"]["cpu"], path
        assert set(content["versions"]) == {"python", *results.PACKAGES} and content["versions"]["torch"], path


@pytest.mark.slow
def test_finding_an_experiment_imports_its_page_and_no_other():
    program = "import sys; from lenet_utils.experiments.registry import find; find('widths'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    pages = {name.split(".")[2] for name in loaded if name.startswith("lenet_utils.pages.")}
    assert pages == {"as_wide_as_possible"} and "sklearn" not in loaded


# The experiments of the book


def place(digits, seed, **point):
    """Each axis has its decimal place."""
    where = [axis.index(point[name]) for name, axis in atlas.AXES.items()] + [seed]
    number = int("".join(map(str, where)))
    return {"accuracy": number / 1000, "loss": {0: math.nan, 1: math.inf, 2: 1234.5}.get(number, number / 1e4)}


def test_the_atlas_has_every_point_in_its_place(monkeypatch):
    asked = []
    monkeypatch.setattr(atlas, "AXES", {name: values[-2:] for name, values in atlas.AXES.items()})
    monkeypatch.setattr(atlas, "compare", lambda v, s, d, run, keep: asked.append((d, run, keep)) or toys(v, s, d, run=place))
    found = atlas.atlas("mnist", range(3), "file")
    assert asked == [("mnist", runs.brief, "file")]
    assert found["axes"] == atlas.AXES | {"seed": [0, 1, 2]}
    accuracies, losses = np.array(found["accuracy_in_thousandths"]), np.array(found["loss"])
    for where in itertools.product(*(range(len(axis)) for axis in found["axes"].values())):
        number = int("".join(map(str, where)))
        assert accuracies[where] == number and losses[where] == pytest.approx(99 if number < 3 else number / 1e4, abs=5e-4)


def test_every_step_of_the_ladder_is_the_one_before_it_with_its_change():
    before = {}
    for name, settings in ladder.steps().items():
        changed = {key: value for key, value in settings.items() if key not in before or before[key] != value}
        assert changed == ladder.CHANGES[name] and before.keys() <= settings.keys()
        inspect.signature(train).bind(None, 0, **settings)
        before = settings
