"""One net trained by two real processes: against `fit` in one, and killed and gone on with against never stopped."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from lenet_utils import data
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.beyond_one_machine import checkpoint, distributed
from lenet_utils.training.fit import fit

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("distributed")]  # real processes, trained once for all
PATIENCE = 120  # seconds, on a machine that is busy
EPOCHS = 3
# 31 batches of 129, shared as 65 and 64, and one of a single image, of which the second process gets nothing
SETTINGS = {"batch_size": 129, "lr": 0.1, "momentum": 0.5, "activation": "tanh", "pool": "max", "seed": 3}


def torchrun(command):
    """The finished command, run with one thread a process and on this machine's own network interface only."""
    variables = {"OMP_NUM_THREADS": "1"} | ({"GLOO_SOCKET_IFNAME": "lo"} if sys.platform == "linux" else {})
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | variables)
    try:
        out, err = process.communicate(timeout=PATIENCE)
    finally:
        process.terminate()  # torchrun then stops its processes
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def alone(monkeypatch, path, **options):
    """What torchrun does for a single process, in this one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    variables = {"RANK": 0, "LOCAL_RANK": 0, "WORLD_SIZE": 1, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    for name, value in variables.items():
        monkeypatch.setenv(name, str(value))
    distributed.main(distributed.command(1, checkpoint=path, **options)[-len(options) - 1 :])


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """The checkpoint of two processes that nobody stopped."""
    path = tmp_path_factory.mktemp("two") / "lenet.pt"
    done = torchrun(distributed.command(2, epochs=EPOCHS, checkpoint=path, **SETTINGS))
    assert done.returncode == 0, done.stderr
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == [f"epoch {k} of {EPOCHS}" for k in (1, 2, 3)]
    assert list(path.parent.iterdir()) == [path]
    return path


@pytest.fixture
def copy(stored, tmp_path):
    return Path(tmp_path / "lenet.pt").write_bytes(stored.read_bytes()) and tmp_path / "lenet.pt"


def state(path):
    return checkpoint.read(path, {}, EPOCHS)


def weights(net):
    return torch.cat([weight.flatten() for weight in net.values()])


def by_script(script, path):
    """The command of two processes, with a script in the place of the module."""
    command = distributed.command(2, epochs=EPOCHS, checkpoint=path, **SETTINGS)
    module = command.index("lenet_utils.pages.beyond_one_machine.distributed")
    return [*command[: module - 1], str(script), *command[module + 1 :]]


# 5 batches of 129 and one of a single image
DOUBLED = """
import dataclasses, torch
from lenet_utils import data
from lenet_utils.pages.beyond_one_machine import distributed

def doubled(*names, load=data.load, **options):
    digits = load(*names, **options)
    X_train, X_test = digits.X_train[:646].double(), digits.X_test[:200].double()
    return dataclasses.replace(digits, X_train=X_train, y_train=digits.y_train[:646], X_test=X_test, y_test=digits.y_test[:200])

torch.set_default_dtype(torch.float64)
data.load = doubled
"""


@pytest.fixture
def doubled(double_precision, monkeypatch):
    """The digits and networks of `DOUBLED` in this process."""
    monkeypatch.setattr(data, "load", data.load)
    exec(DOUBLED, {})


# In single precision rounding decides which of two nearly equal values of a pooling window is the larger, and with it
# where the gradient goes. In double precision the two would have to agree in 15 digits.
def test_two_processes_train_the_net_of_one(doubled, tmp_path, monkeypatch):
    s, digits = SETTINGS, data.load()
    net, start = (LeNet(s["activation"], s["pool"], seed=s["seed"]) for _ in range(2))
    options = {"lr": s["lr"], "momentum": s["momentum"], "batch_size": s["batch_size"], "seed": s["seed"]}
    test = digits.X_test, digits.y_test
    history = fit(net, digits.X_train, digits.y_train, num_epochs=EPOCHS, validation=test, progress=False, **options)
    alone(monkeypatch, tmp_path / "one.pt", epochs=EPOCHS, **SETTINGS)
    script = tmp_path / "doubled.py"
    script.write_text(DOUBLED + "distributed.main()")
    done = torchrun(by_script(script, tmp_path / "two.pt"))
    assert done.returncode == 0, done.stderr
    for path in (tmp_path / "one.pt", tmp_path / "two.pt"):
        # 18 steps of lr / (1 - momentum) = 0.2, each off by some 1e-16 of a gradient near 1, are some 1e-15
        torch.testing.assert_close(weights(state(path)["net"]), weights(net.state_dict()), rtol=0, atol=1e-12)
        assert state(path)["accuracies"] == history.accuracies
    assert (weights(net.state_dict()) - weights(start.state_dict())).abs().max() > 0.01  # so that there was something to learn


KILLED = """
import os, signal, torch
from lenet_utils.pages.beyond_one_machine import distributed

save = torch.save

def killed_at_the_second(state, part):
    if len(state["accuracies"]) == 2:
        part.write_bytes(b"half a checkpoint")
        os.kill(os.getpid(), signal.SIGKILL)
    save(state, part)

torch.save = killed_at_the_second
distributed.main()
"""


def test_killed_over_its_second_checkpoint_it_goes_on_from_the_first_to_the_same_bits(stored, tmp_path):
    path, script = tmp_path / "lenet.pt", tmp_path / "killed.py"
    script.write_text(KILLED)
    killed = torchrun(by_script(script, path))
    assert killed.returncode != 0 and f"Signal {signal.SIGKILL.value}" in killed.stderr
    assert len(state(path)["accuracies"]) == 1
    again = torchrun(distributed.command(2, epochs=EPOCHS, checkpoint=path, **SETTINGS))
    assert again.returncode == 0, again.stderr
    assert again.stdout.startswith(f"epoch 2 of {EPOCHS}")
    assert_same(state(path), state(stored))


def assert_same(one, other):
    """To the last bit, except for the seconds."""
    assert torch.equal(weights(one["net"]), weights(other["net"])) and torch.equal(one["order"], other["order"])
    speeds = [[s["momentum_buffer"] for s in found["optimizer"]["state"].values()] for found in (one, other)]
    assert len(speeds[0]) == 10 and all(map(torch.equal, *speeds))
    assert one["accuracies"] == other["accuracies"] and one["settings"] == other["settings"]


def test_a_damaged_checkpoint_is_refused_once_by_name_and_stays(copy):
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    refused = torchrun(distributed.command(2, epochs=EPOCHS + 1, checkpoint=copy, **SETTINGS))
    message = f"{copy} is damaged or no checkpoint (a checksum is wrong). Delete it to begin anew."
    assert refused.returncode != 0 and refused.stdout == ""
    assert refused.stderr.count(message) == 1 and refused.stderr.count("Traceback") == 1  # that of torchrun itself
    assert copy.read_bytes() == content


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"lr": 0.2}, "lenet.pt was trained with lr=0.1, not with lr=0.2. Give the same settings or another file."),
        ({"pool": "avg", "seed": 4}, "was trained with pool='max', seed=3, not with pool='avg', seed=4."),
        ({"epochs": 2}, "lenet.pt has 3 epochs already, more than the 2 asked for. Give another file."),
        ({"epochs": -1}, "epochs expects a whole number of at least 0, got -1."),
        ({"batch_size": 0}, "batch_size expects a whole number of at least 1, got 0."),
        ({"data": "mnist"}, "train-images-idx3-ubyte.gz of 'mnist' is not in "),
        ({"data": "mnits"}, "No data set is called 'mnits'. Known: mnist-5k, mnist"),
        ({"activation": "tan"}, "No activation is called 'tan'. Known: sigmoid, tanh"),
    ],
)
def test_what_is_wrong_is_said_in_a_line_and_the_checkpoint_stays(copy, monkeypatch, other, message):
    monkeypatch.setenv("LENET_DATA", str(copy.parent / "empty"))
    before = copy.read_bytes()
    with pytest.raises(SystemExit) as refused:
        alone(monkeypatch, copy, **{"epochs": 5, **SETTINGS, **other})
    assert message in refused.value.code and "\n" not in refused.value.code
    assert copy.read_bytes() == before


def test_without_torchrun_it_says_how_to_start(monkeypatch, capsys, tmp_path):
    monkeypatch.delenv("RANK", raising=False)
    with pytest.raises(SystemExit, match="1"):
        distributed.main(["--checkpoint", str(tmp_path / "lenet.pt")])
    assert capsys.readouterr().err.startswith("Start it with torchrun --nproc-per-node 2 -m lenet_utils.pages.")


def test_no_damaged_byte_passes(tmp_path):
    """torch alone reads nearly all of these files, with other weights."""
    path = tmp_path / "lenet.pt"
    whole = {"settings": {"lr": 0.1}, "accuracies": [0.5], "net": torch.arange(300.0)}
    checkpoint.write(path, whole)
    content = path.read_bytes()
    wrong = 0
    for place in range(0, len(content), 13):
        damaged = bytearray(content)
        damaged[place] ^= 0b100
        path.write_bytes(damaged)
        try:
            found = checkpoint.read(path, {"lr": 0.1}, 1)
            assert torch.equal(found.pop("net"), whole["net"]) and found == {"settings": {"lr": 0.1}, "accuracies": [0.5]}
        except checkpoint.CheckpointError as error:
            assert str(error).startswith(f"{path} is damaged or no checkpoint")
            wrong += 1
    assert wrong > 100


@pytest.mark.parametrize("share", [0, 0.5, 0.999])
def test_a_checkpoint_cut_short_is_refused(copy, share):
    copy.write_bytes(copy.read_bytes()[: int(share * copy.stat().st_size)])
    with pytest.raises(checkpoint.CheckpointError, match="is damaged or no checkpoint"):
        state(copy)


def test_another_file_of_torch_is_refused(tmp_path):
    torch.save(LeNet().state_dict(), tmp_path / "net.pt")
    with pytest.raises(checkpoint.CheckpointError, match="net.pt is damaged or no checkpoint .it names no settings"):
        state(tmp_path / "net.pt")
