"""One LeNet trained by several processes: each does its share of every batch, and their gradients are added up.

    torchrun --nproc-per-node 2 -m lenet_utils.pages.beyond_one_machine.distributed --epochs 3 --checkpoint lenet.pt

The same command again goes on from the checkpoint, to the last bit as if never stopped if the processes are as many.
For several machines see `--nnodes` in the help of torchrun.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
import torch.nn.functional as F

from lenet_utils import data
from lenet_utils.errors import as_whole
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.beyond_one_machine import checkpoint
from lenet_utils.training.fit import evaluate

SETTINGS = {
    "data": "mnist-5k", "activation": "tanh", "pool": "avg", "batch_size": 256, "lr": 0.1, "momentum": 0.0, "seed": 0,
}  # fmt: skip


def step(net: torch.nn.Module, optimizer: torch.optim.Optimizer, X: torch.Tensor, y: torch.Tensor, batch: torch.Tensor) -> None:
    """One step on the images `X[batch]` `(N, 1, 28, 28)` and labels `y[batch]` `(N,)`, of which this process does its share."""
    share = batch.tensor_split(dist.get_world_size())[dist.get_rank()]
    loss = F.cross_entropy(net(X[share]), y[share], reduction="sum") / len(batch)  # shares may differ in size
    optimizer.zero_grad()
    loss.backward()
    add_up([weight.grad for weight in net.parameters() if weight.grad is not None])
    optimizer.step()


def add_up(tensors: Sequence[torch.Tensor]) -> None:
    """Put into each tensor the sum of what all processes have there, by one message that holds all of them."""
    message = torch.cat([tensor.flatten() for tensor in tensors])
    dist.all_reduce(message)
    for tensor, part in zip(tensors, message.split([tensor.numel() for tensor in tensors]), strict=True):
        tensor.copy_(part.view(tensor.shape))


class Training:
    """A net, its optimizer, the order of its batches, and the test accuracy and seconds of every epoch so far."""

    def __init__(self, settings: dict[str, Any]) -> None:
        as_whole(batch_size=settings["batch_size"])
        self.settings, self.digits = settings, data.load(settings["data"], download=False)
        self.net = LeNet(settings["activation"], settings["pool"], seed=settings["seed"]).to(memory_format=torch.channels_last)
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=settings["lr"], momentum=settings["momentum"])
        self.order = torch.Generator().manual_seed(settings["seed"])
        self.accuracies, self.seconds = list[float](), list[float]()

    def epoch(self) -> None:
        """Every image once, in a new order that is the same in all processes."""
        start, images = time.perf_counter(), self.digits.X_train
        for batch in torch.randperm(len(images), generator=self.order).split(self.settings["batch_size"]):
            step(self.net, self.optimizer, images, self.digits.y_train, batch)
        self.seconds.append(time.perf_counter() - start)
        self.accuracies.append(evaluate(self.net, self.digits.X_test, self.digits.y_test).accuracy)

    def state_dict(self) -> dict[str, Any]:
        state = {"net": self.net.state_dict(), "optimizer": self.optimizer.state_dict(), "order": self.order.get_state()}
        return state | {"settings": self.settings, "accuracies": self.accuracies, "seconds": self.seconds}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.net.load_state_dict(state["net"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.order.set_state(state["order"])
        self.accuracies, self.seconds = state["accuracies"], state["seconds"]


def train(training: Training, epochs: int, path: Path) -> None:
    """Go on from the checkpoint at `path`, if there is one, up to so many epochs; after each the first process writes it."""
    as_whole(0, epochs=epochs)
    found = from_first(lambda: checkpoint.read(path, training.settings, epochs))
    if found:
        training.load_state_dict(found)
    while len(training.accuracies) < epochs:
        training.epoch()
        if dist.get_rank() == 0:
            checkpoint.write(path, training.state_dict())
            seconds, accuracy = training.seconds[-1], training.accuracies[-1]
            print(f"epoch {len(training.seconds)} of {epochs}: {seconds:.2f} s, {accuracy:.1%} right on the test images")


def from_first(make: Callable[[], Any]) -> Any:
    """What `make()` gives or raises in the first process, in every process."""
    found: list = [None]
    if dist.get_rank() == 0:
        try:
            found = [make()]
        except (checkpoint.CheckpointError, OSError) as error:
            found = [error]
    dist.broadcast_object_list(found)
    if isinstance(found[0], Exception):
        raise found[0]
    return found[0]


def command(processes: int, **options: object) -> list[str]:
    """The command that trains with so many processes on this machine alone, as a list for `subprocess`."""
    here = ["--standalone", "--local-addr", "127.0.0.1", "--nproc-per-node", f"{processes}"]
    module = ["-m", "lenet_utils.pages.beyond_one_machine.distributed"]
    settings = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "torch.distributed.run", *here, *module, *settings]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="torchrun --nproc-per-node 2 -m lenet_utils.pages.beyond_one_machine.distributed")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--checkpoint", type=Path, required=True, help="file written after every epoch, and gone on from")
    for name, default in SETTINGS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default, help=f"{default}")
    settings = vars(parser.parse_args(arguments))
    epochs, path = settings.pop("epochs"), settings.pop("checkpoint")
    if "RANK" not in os.environ:
        parser.exit(1, f"Start it with {parser.prog} and the rest of the command.\n")
    dist.init_process_group("gloo")
    try:
        train(Training(settings), epochs, path)
    except (checkpoint.CheckpointError, data.DataError, ValueError, OSError) as error:
        sys.exit(f"{error}" if os.environ["LOCAL_RANK"] == "0" else 1)  # once on each machine
    finally:
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
