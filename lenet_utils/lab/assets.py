"""The files that panels ask for when they need them: digits, trained weights, results.

    python -m lenet_utils.lab.assets build/static/lab

writes each of them twice: `NAME.bin`, which a page from a server fetches, and `NAME.js` with the same bytes as text, for a
page that is opened as a file, where browsers do not let one read another. The second script, `more.js`, runs as it is.
"""

import base64
import gzip
import sys
from pathlib import Path

import torch

from lenet_utils import data
from lenet_utils.errors import expect_one_of
from lenet_utils.experiments import results

NETS = ("relu", "sigmoid")
MORE = Path(__file__).with_name("more.js")


def asset(name: str) -> bytes:
    """The bytes of the file `name`, one of `ASSETS` or the second script, `more`; `ValueError` for another name."""
    files = ASSETS | {"more": MORE.read_bytes}
    expect_one_of("file of the lab", name, files)
    return files[name]()


def digits() -> bytes:
    """The 5,000 digits, the 4,000 to train on first: 16 levels of grey, two pixels a byte, then the labels; packed by gzip."""
    all_digits = data.load()
    images = torch.cat([all_digits.X_train, all_digits.X_test]).flatten(1)
    labels = torch.cat([all_digits.y_train, all_digits.y_test]).to(torch.uint8)
    levels = (15 * images).round().to(torch.uint8)
    packed = 16 * levels[:, ::2] + levels[:, 1::2]
    return gzip.compress(packed.numpy().tobytes() + labels.numpy().tobytes(), 9, mtime=0)


def weights(name: str) -> bytes:
    """The trained network `name` of the experiment `lab_nets`, 16 bits a number, in the form of `lab.weights`.

    Packed by gzip, the first bytes of all numbers before the second ones: exponents are alike and pack better together.
    """
    content = base64.b64decode(results.read("lab_nets")["weights"][name])
    return gzip.compress(content[::2] + content[1::2], 9, mtime=0)


def unpacked(content: bytes) -> bytes:
    """The bytes of a file in the form of `lab.weights`, from what `weights` packed."""
    plain = gzip.decompress(content)
    return bytes(byte for pair in zip(plain[: len(plain) // 2], plain[len(plain) // 2 :], strict=True) for byte in pair)


ASSETS = {
    "digits": digits,
    "atlas": lambda: results.paths()["atlas"].read_bytes(),  # as it is committed
    "lenet_relu": lambda: weights("relu"),
    "lenet_sigmoid": lambda: weights("sigmoid"),
}


def write(folder: str | Path) -> None:
    """Every file of `ASSETS` into `folder`, in both forms, and the second script."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MORE.name).write_bytes(MORE.read_bytes())
    for name in ASSETS:
        content = asset(name)
        (folder / f"{name}.bin").write_bytes(content)
        text = base64.b64encode(content).decode()
        (folder / f"{name}.js").write_text(f'(window.lenetAssets ??= {{}}).{name} = "{text}";\n', encoding="ascii")


if __name__ == "__main__":
    write(*sys.argv[1:])
