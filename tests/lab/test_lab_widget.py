"""The panel of a notebook: the page's element in its HTML, files on request, and plain errors."""

import gzip
import json

import numpy as np
import pytest
import torch
from bs4 import BeautifulSoup

from book_files import ROOT
from lenet_utils.experiments import results
from lenet_utils.lab import assets
from lenet_utils.lab.widget import BUNDLE, KINDS, Lab, lab


def element(panel):
    data, _ = panel._repr_mimebundle_()
    return BeautifulSoup(data["text/html"], "html.parser").find("lenet-lab")


@pytest.mark.parametrize("kind", KINDS)
def test_the_static_page_gets_the_same_panel(kind):
    data, _ = lab(kind)._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert element(lab(kind))["kind"] == kind and "needs JavaScript" in element(lab(kind)).get_text()


def test_the_state_goes_to_both():
    panel = lab("train", preset="swap-0.9", a_lr=0.5, alone=True)
    assert panel.state == {"preset": "swap-0.9", "a_lr": 0.5, "alone": True}
    assert json.loads(element(panel)["state"]) == panel.state


def test_a_quote_in_the_state_does_not_end_the_attribute():
    assert json.loads(element(lab("draw", strokes="'><b>"))["state"]) == {"strokes": "'><b>"}


def test_the_notebook_runs_the_bytes_of_the_page():
    assert Lab._esm.startswith(BUNDLE.read_text(encoding="utf-8")) and Lab._esm.rstrip().endswith(
        "export default globalThis.lenetLab;"
    )


def test_an_unknown_panel_is_named():
    with pytest.raises(ValueError, match="No panel is called 'paint'. Known: draw, convolve, shapes, train, learn, atlas."):
        lab("paint")


def test_a_walk_goes_to_both_and_an_unknown_one_is_named():
    panel = lab("learn", walk="backprop", at=3)
    assert panel.walk == element(panel)["walk"] == "backprop" and panel.state == {"at": 3}
    assert "walk" not in element(lab("learn")).attrs
    with pytest.raises(ValueError, match="No walk is called 'stroll'. Known: digit, backprop, silent."):
        lab("draw", walk="stroll")


def test_the_kernel_sends_a_file_that_the_panel_asks_for(monkeypatch):
    sent, panel = [], lab("atlas")
    monkeypatch.setattr(panel, "send", lambda content, buffers: sent.append((content, buffers)))
    panel._handle_custom_msg({"asset": "atlas"}, [])
    assert sent == [({"asset": "atlas"}, [results.paths()["atlas"].read_bytes()])]


@pytest.mark.slow
def test_the_digits_are_packed_by_sixteen_levels_the_training_digits_first(digits):
    content = gzip.decompress(assets.asset("digits"))
    assert len(content) == 5000 * 393
    packed = torch.frombuffer(bytearray(content[: 5000 * 392]), dtype=torch.uint8).view(5000, 392)
    pixels = torch.stack([packed // 16, packed % 16], dim=2).view(5000, 1, 28, 28) / 15
    assert (pixels[:4000] - digits.X_train).abs().max() <= 1 / 30 + 1e-6
    assert (pixels[4000:] - digits.X_test).abs().max() <= 1 / 30 + 1e-6
    assert list(content[5000 * 392 :]) == digits.y_train.tolist() + digits.y_test.tolist()


def test_the_files_stay_within_what_a_reader_should_wait_for():
    code, more = (len(gzip.compress(script, 9)) for script in (BUNDLE.read_bytes(), assets.asset("more")))
    assert code + len(assets.asset("lenet_relu")) <= 150_000
    assert more <= 60_000
    assert len(assets.asset("digits")) <= 500_000


def test_an_unknown_file_is_named():
    with pytest.raises(ValueError, match="No file of the lab is called 'cats'"):
        assets.asset("cats")


def test_every_file_is_written_in_both_forms(tmp_path, monkeypatch):
    monkeypatch.setattr(assets, "ASSETS", {"two": lambda: b"\x01\x02"})
    assets.write(tmp_path / "lab")
    assert (tmp_path / "lab" / "two.bin").read_bytes() == b"\x01\x02"
    assert (tmp_path / "lab" / "more.js").read_bytes() == assets.MORE.read_bytes()
    assert (tmp_path / "lab" / "two.js").read_text() == '(window.lenetAssets ??= {}).two = "AQI=";\n'


def test_the_page_says_what_the_benchmark_measured():
    result = json.loads((ROOT / "benchmarks" / "results" / "lab.json").read_text())
    ratios, text = result["ratios"], (ROOT / "book" / "pages" / "lab.md").read_text(encoding="utf-8")
    assert f"{ratios['TensorFlow.js']:.0f} times as many images per second as TensorFlow.js" in text
    for name in ("jax-js", "ConvNetJS"):
        assert f"{ratios[name]:.0f} times as many as {name}" in text
    assert f"{ratios['lab, plain']:.0f} times as many as its own plain JavaScript" in text
    assert f"PyTorch on one thread was as fast ({1 / ratios['PyTorch']:.1f} times)" in text
    assert f"Relaxed SIMD made the panel {1 / ratios['lab, relaxed']:.1f} times as fast" in text
    assert result["machine"]["cores"] == 2
    assert f"two made the panel {1 / ratios['lab, all cores']:.1f} times as fast" in text
    assert f"five times in {result['waits']['mnist_seconds']:.0f} seconds" in text
    assert f"read {result['waits']['mnist_accuracy']:.1%} of the 10,000 test digits".replace("%", " %") in text
    assert result["batch"] == 32


def test_numbers_of_numpy_in_the_state_are_those_of_python():
    panel = lab("train", seed=np.int64(3), a_lr=np.float64(0.5), alone=np.bool_(True), b_padding=torch.tensor(2))
    assert panel.state == {"seed": 3, "a_lr": 0.5, "alone": True, "b_padding": 2}
    assert json.loads(BeautifulSoup(panel.html(), "html.parser").find("lenet-lab")["state"]) == panel.state
