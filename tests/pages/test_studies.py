"""The experiments behind the summary chapter: what they feed, what they count, where they put it."""

import base64
import zlib

import numpy as np
import pytest
import torch

from book_files import first
from lenet_utils.experiments.registry import find
from lenet_utils.experiments.results import unpack_images
from lenet_utils.nets.lenet import count_params
from lenet_utils.pages.atlas import experiment as atlas
from lenet_utils.pages.mistakes import experiment as mistakes
from lenet_utils.pages.training import experiment as plateau


@pytest.fixture(scope="module")
def few(digits):
    return first(digits, 300, 100)


def test_only_the_ends_of_the_ladder_keep_their_answers(monkeypatch, few):
    monkeypatch.setattr("lenet_utils.experiments.comparison._digits", lambda name: few)
    monkeypatch.setattr("lenet_utils.pages.mistakes.experiment.compare", lambda *a, **k: _in_process(*a, **k))
    monkeypatch.setitem(mistakes.CHANGES, "longer", {"num_epochs": 1})
    monkeypatch.setitem(mistakes.CHANGES, "note", {"lr": 0.9, "num_epochs": 1})
    table = find("ladder")("mnist-5k", range(1), None).runs
    kept = table.dropna(subset=["wrong"])["variant"].tolist()
    assert kept == ["note", "longer"] and table["accuracy"].notna().all()


def _in_process(*arguments, **options):
    from lenet_utils.experiments import compare

    return compare(*arguments, **options, n_jobs=1, progress=False)


def test_batches_show_every_picture_once_a_pass_and_stop_in_time(few):
    sizes = [len(y) for _, y in plateau.batches(few, 128, 0, 5)]
    assert sizes == [128, 128, 44, 128, 128]
    whole = torch.cat([X.flatten(1).sum(1) for X, _ in plateau.batches(few, 128, 0, 3)])
    assert torch.equal(whole.sort().values, few.X_train.flatten(1).sum(1).sort().values)


def test_the_rival_has_the_weights_of_lenet():
    assert count_params(mistakes.NETS["mlp"](0)) == count_params(mistakes.NETS["lenet"](0)) == 61_706
    assert count_params(mistakes.NETS["linear"](0)) == 7_850


def test_neighbours_are_found_by_distance(few):
    distances = torch.cdist(few.X_test.flatten(1), few.X_train.flatten(1))
    votes = few.y_train[distances.topk(3, largest=False).indices]
    right = np.mean([np.bincount(vote, minlength=10).argmax() == label for vote, label in zip(votes, few.y_test, strict=True)])
    assert mistakes.recognise(few, 0, model="3 neighbours")["accuracy"] == pytest.approx(right, abs=0.021)


def test_pictures_are_unpacked_as_they_were_packed():
    pictures = torch.randint(0, 256, (3, 28, 28), dtype=torch.uint8)
    packed = base64.b64encode(zlib.compress(pictures.numpy().tobytes())).decode()
    assert torch.equal(unpack_images({"side": 28, "pictures": packed}), pictures)


def test_the_atlas_has_as_many_trainings_as_it_says():
    size = np.prod([len(values) for values in atlas.AXES.values()]) * find("atlas").seeds
    assert size == 1536 and "1,536" in find("atlas").about
