"""Folders of data: the digits that were published, or a sentence. The files are small, of the make of MNIST."""

import gzip
import struct
import tempfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from torchvision import datasets

from fuzzing import inputs
from lenet_utils import data as sets

pytestmark = pytest.mark.fuzz


def idx(values):
    return struct.pack(f">{1 + values.ndim}i", 0x800 + values.ndim, *values.shape) + values.tobytes()


@pytest.fixture(scope="module")
def published():
    chance, files = np.random.default_rng(0), {}
    for part, number in (("train", 12), ("t10k", 3)):
        images, labels = chance.integers(0, 256, (number, 28, 28), np.uint8), chance.integers(0, 10, number, np.uint8)
        files |= {f"{part}-images-idx3-ubyte": idx(images), f"{part}-labels-idx1-ubyte": idx(labels)}
    with pytest.MonkeyPatch.context() as patch:
        packed_files = [(f"{name}.gz", sets._md5(gzip.compress(content))) for name, content in files.items()]
        patch.setattr(datasets.MNIST, "resources", packed_files)
        patch.setattr(sets, "KNOWN_MD5", {("mnist", name): sets._md5(content) for name, content in files.items()})
        yield SimpleNamespace(
            files=files, pixels=files["train-images-idx3-ubyte"][16:], labels=files["train-labels-idx1-ubyte"][8:]
        )


@st.composite
def a_place(draw, name):
    stem = draw(st.sampled_from([name, name.replace("-idx", ".idx")]))
    end = draw(st.sampled_from(["", ".gz", ".gz", ".zip", ".part"]))
    folder = draw(st.sampled_from(["MNIST/raw", "mnist/MNIST/raw", "MNIST/raw", "MNIST", ".", "raw"]))
    return f"{folder}/{stem}{end}" + draw(st.sampled_from(["", "", "", f"/{stem}", f"/{stem}{end}"]))


@st.composite
def a_content(draw, files, name):
    whole = files[draw(st.sampled_from([name] * 6 + list(files)))]
    packed_whole = gzip.compress(whole, draw(st.sampled_from([1, 9])))
    at = draw(st.integers(0, 60))
    forms = [
        whole,
        packed_whole,
        packed_whole,
        packed_whole[: -1 - at],
        whole[: -1 - at],
        b"",
        bytes(at),
        packed_whole + bytes(at),
    ]
    return draw(st.sampled_from([*forms, packed_whole[:at] + b"?" + packed_whole[at + 1 :], gzip.compress(packed_whole)]))


@inputs(1, some=60)
@given(st.data())
def test_a_folder_gives_the_digits_or_a_sentence(published, data):
    sets._read.cache_clear()
    with tempfile.TemporaryDirectory() as folder:
        for name in sorted(published.files):
            for _ in range(data.draw(st.integers(0, 2)) or 1):
                path = Path(folder) / data.draw(a_place(name))
                try:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(data.draw(a_content(published.files, name)))
                except OSError:
                    continue  # a file of the folder's name, or a folder of the file's
        before = sorted(path.name for path in Path(folder).rglob("*"))
        try:
            digits = sets.load("mnist", root=folder, download=False)
        except sets.DataError as error:
            assert 20 < len(str(error)) < 600 and folder in str(error), error
        else:
            assert bytes((digits.X_train * 255).round().byte().numpy()) == published.pixels
            assert bytes(digits.y_train.byte().numpy()) == published.labels
        assert sorted(path.name for path in Path(folder).rglob("*")) == before
