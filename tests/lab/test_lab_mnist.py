"""All of MNIST in the train panel: four files from the reader's disk, here of the same form but with digits of the book."""

import gzip
import re
import struct

import numpy as np
import pytest
from playwright.sync_api import expect

from lab_pages import complaint
from lenet_utils import data

FIRST = {"train": [5, 0, 4, 1, 9], "t10k": [7, 2, 1, 0, 4]}
NAMES = [f"{part}-{kind}-ubyte" for part in FIRST for kind in ("images-idx3", "labels-idx1")]


def idx(array):
    """The form of the files: 0, 0, 8 for bytes, the number of dimensions, their sizes, the bytes."""
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    """A folder with the four files, the first labels those of MNIST, and another file; two files are packed."""
    folder, digits = tmp_path_factory.mktemp("mnist"), data.load()
    for part, count, X, y in (
        ("train", 60000, digits.X_train, digits.y_train.numpy()),
        ("t10k", 10000, digits.X_test, digits.y_test.numpy()),
    ):
        order = np.resize(np.arange(len(y)), count)
        order[:5] = [np.flatnonzero(y == label)[0] for label in FIRST[part]]
        images = (255 * X).byte().numpy().reshape(-1, 28, 28)[order]
        (folder / f"{part}-images-idx3-ubyte").write_bytes(idx(images))
        (folder / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(y[order].astype("u1")), 1))
    (folder / "readme.txt").write_text("not one of them")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("button", ["Train on all of MNIST", "or open its folder"])
def test_the_four_files_are_trained_on_and_tested_with(base, visit, disk, button):
    page, panel, troubles = visit(f"{base}/train-light.html")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    chosen = disk if "folder" in button else sorted(disk.iterdir())
    panel.get_by_label(button).set_input_files(chosen)
    row = panel.locator("[aria-label='Results of the two networks'] tbody tr")
    accuracy = row.locator("td:nth-child(4)")
    expect(accuracy.filter(has_text="9")).to_have_text(re.compile(r"^9\d\.\d\d %$"), timeout=120_000)
    panel.get_by_role("button", name="Pause").click()
    panel.get_by_role("button", name="Go on").wait_for()
    assert row.count() == 1 and panel.get_by_text("Accuracy on the 10,000 test digits").is_visible()
    assert [url for url in asked if not url.startswith("blob:")] == [] and troubles == []


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("train-images-idx3-ubyte", None, "Missing: train-images-idx3-ubyte. Opened: readme.txt, t10k-images-idx3-ubyte"),
        (
            "t10k-labels-idx1-ubyte.gz",
            lambda file: file[: len(file) // 2],
            "t10k-labels-idx1-ubyte.gz is damaged and cannot be unpacked.",
        ),
        ("t10k-images-idx3-ubyte", lambda file: file[:-9], "t10k-images-idx3-ubyte holds 7840007 bytes, expected 7840016."),
        (
            "t10k-images-idx3-ubyte",
            lambda file: b"\0\0\x0d" + file[3:],
            "t10k-images-idx3-ubyte begins with 3331, 10000, 28, 28, expected 2051, 10000, 28, 28.",
        ),
        (
            "t10k-labels-idx1-ubyte.gz",
            lambda file: gzip.compress(gzip.decompress(file)[:8] + bytes([9, 2, 1, 1, 6]) + gzip.decompress(file)[13:], 1),
            "is not of MNIST: its first labels are 9, 2, 1, 1, 6, expected 7, 2, 1, 0, 4.",
        ),
    ],
    ids=["missing", "cut", "short", "other header", "Fashion-MNIST"],
)
def test_files_that_are_not_mnist_are_refused_with_what_came(http, visit, disk, tmp_path, name, change, says):
    for file in disk.iterdir():
        if file.name != name:
            (tmp_path / file.name).symlink_to(file)
        elif change:
            (tmp_path / file.name).write_bytes(change(file.read_bytes()))
    _, panel, troubles = visit(f"{http}/train-light.html")
    panel.get_by_label("Train on all of MNIST").set_input_files(sorted(tmp_path.iterdir()))
    complaint(panel, says)
    assert panel.get_by_role("button", name="Train", exact=True).is_visible() and troubles == []


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("preset=mnist", "Open the four files of MNIST first"),
        ("a_digits=60000", "There are 4000 digits to train on, A asks for 60000."),
    ],
)
def test_without_the_files_it_says_so(http, visit, state, says):
    _, panel, troubles = visit(f"{http}/train-light.html#lab-train?v=1&{state}")
    panel.get_by_role("button", name="Train", exact=True).click()
    complaint(panel, says)
    assert troubles == []
