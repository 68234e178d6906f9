"""Choices of links for C3, against loops by hand and against the LeNet that has them all."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from lenet_utils.experiments.runs import RECIPE
from lenet_utils.nets.lenet import LeNet
from lenet_utils.nets.papers import TABLE_I
from lenet_utils.pages.channel_connections import experiment as connections
from lenet_utils.pages.channel_connections import experiment_longer as longer
from lenet_utils.pages.channel_connections.exercises import sees
from lenet_utils.training.fit import evaluate, fit


@pytest.mark.parametrize("seed", range(20))
def test_a_random_table_has_sixty_links_and_no_map_without(seed):
    table = connections.random_table(seed=seed)
    assert len(table) == 16 and all(table) and sum(map(len, table)) == 60
    assert all(list(seen) == sorted(set(seen)) and set(seen) <= set(range(6)) for seen in table)
    assert table == connections.random_table(seed=seed) and table != connections.random_table(seed=seed + 1)


@pytest.mark.slow
def test_random_tables_use_every_link_alike():
    counts = torch.zeros(16, 6)
    for seed in range(800):
        for j, seen in enumerate(connections.random_table(seed=seed)):
            counts[j, list(seen)] += 1
    assert (counts / 800 - 60 / 96).abs().max() < 0.07  # four deviations of a share of 800


def test_with_all_links_it_is_lenet(few):
    linked, plain = connections.linked(connections.ALL, seed=3), LeNet("relu", "max", seed=3)
    torch.testing.assert_close(linked(few.X_test), plain(few.X_test), rtol=0, atol=1e-5)


@pytest.mark.parametrize("table", [TABLE_I, connections.ONE_EACH, connections.random_table(seed=1)])
def test_a_map_is_the_sum_over_what_it_sees_before_and_after_training(few, table):
    net, plain = connections.linked(table, seed=0), LeNet("relu", "max", seed=0)
    S2 = net.maps(few.X_test)["S2"].detach()
    for C3 in (plain.C3, net.C3):  # the weights are those of the plain net
        for j, seen in enumerate(table):
            parts = [F.conv2d(S2[:, [i]], C3.weight[j, i][None, None])[:, 0] for i in seen]
            by_hand = sum(parts) + C3.bias[j]
            torch.testing.assert_close(net.C3(S2)[:, j], by_hand, rtol=0, atol=1e-5)
    fit(net, few.X_train, few.y_train, num_epochs=1, progress=False)
    seen = torch.tensor([[i in row for i in range(6)] for row in table])
    assert torch.equal(net.C3.weight.detach().abs().sum((2, 3)) > 0, seen)


def test_equal_maps_stay_equal_with_all_links_and_part_with_table_i(few):
    for table, stay in ((connections.ALL, True), (TABLE_I, False)):
        net = connections.linked(table, seed=0, equal=True)
        maps = net.C3(net.maps(few.X_test)["S2"])
        assert (maps - maps[:, :1]).abs().max() < 1e-5 if stay else (maps - maps[:, :1]).abs().max() > 0.01
        fit(net, few.X_train, few.y_train, num_epochs=2, progress=False)
        weight, kept = net.C3.weight.detach(), net.C3.links.bool()[:, :, 0, 0]
        spread = max((weight[kept[:, i], i] - weight[kept[:, i], i][:1]).abs().max() for i in range(6))
        assert (spread < 1e-6) == stay  # a few steps, each rounded to 1.5e-8 near 0.2


def test_likeness_is_the_mean_correlation_of_numpy(few):
    net = connections.linked(TABLE_I, seed=0)
    sums = net.C3(net.maps(few.X_test)["S2"]).detach().double().numpy()
    pairs = [abs(np.corrcoef(sums[:, a].ravel(), sums[:, b].ravel())[0, 1]) for a in range(16) for b in range(a)]
    assert connections.likeness(net, few.X_test) == pytest.approx(np.mean(pairs), abs=1e-4)
    assert connections.likeness(connections.linked(connections.ALL, 0, equal=True), few.X_test) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("name", connections.VARIANTS)
def test_a_run_is_the_network_of_its_variant_trained_by_the_recipe(few, name):
    settings = connections.VARIANTS[name]
    tables = {"all": connections.ALL, "Table I": TABLE_I, "one": connections.ONE_EACH}
    table = tables.get(settings["table"]) or connections.random_table(seed=2)
    net = connections.linked(table, 2, settings.get("equal", False))
    before = connections.likeness(net, few.X_test)
    fit(net, few.X_train, few.y_train, seed=2, progress=False, **RECIPE | {"num_epochs": 1, "batch_size": 64})
    expected = {"accuracy": evaluate(net, few.X_test, few.y_test).accuracy, "before": before}
    assert connections.on_links(few, 2, **settings) == expected | {"after": connections.likeness(net, few.X_test)}


def test_who_sees_whom_is_found_from_outside():
    assert torch.equal(sees(nn.Conv2d(6, 16, 5), 6), torch.ones(16, 6))
    found = sees(nn.Conv2d(4, 6, 3, groups=2), 4)
    assert torch.equal(found, torch.block_diag(torch.ones(3, 2), torch.ones(3, 2)))
    table_i = torch.tensor([[float(i in seen) for i in range(6)] for seen in TABLE_I])
    assert torch.equal(sees(connections.linked(TABLE_I, 0).C3, 6), table_i)


# Six passes, by the compiled engine


@pytest.mark.parametrize("table", [TABLE_I, connections.ONE_EACH, connections.random_table(seed=1)])
def test_a_mask_is_the_table_before_and_after_training(few, table):
    net, seen = longer.masked(table, seed=0), torch.tensor([[i in row for i in range(6)] for row in table])
    plain = LeNet("relu", "max", seed=0)
    factors = net.C3.weight.detach() / plain.C3.weight.detach()
    for j, row in enumerate(table):
        for i in range(6):
            readers = sum(i in other for other in table)
            wanted = (22 / (len(row) + readers)) ** 0.5 if i in row else 0.0
            torch.testing.assert_close(factors[j, i], torch.full((5, 5), wanted))
    fit(net, few.X_train, few.y_train, num_epochs=1, progress=False, engine="lanes")
    assert torch.equal(net.C3.weight.detach().abs().sum((2, 3)) > 0, seen)
    with torch.no_grad():
        other = connections.linked(table, seed=0)
        other.C3.weight.copy_(net.C3.weight)
        other.C3.bias.copy_(net.C3.bias.view(16, 1, 1))
        torch.testing.assert_close(net.C3(net.maps(few.X_test)["S2"]), other.C3(net.maps(few.X_test)["S2"]), rtol=0, atol=1e-5)


def test_with_all_connections_the_masked_network_is_lenet():
    for one, other in zip(longer.masked(connections.ALL, 3).parameters(), LeNet("relu", "max", seed=3).parameters(), strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize("table, kernels", [("all", 96), ("Table I", 60), ("random", 60), ("one", 16)])
def test_a_longer_run_keeps_its_connections(few, table, kernels):
    found = longer.on_tables(few, 2, table=table, num_epochs=1)
    tables = {"all": connections.ALL, "Table I": TABLE_I, "one": connections.ONE_EACH}
    net = longer.masked(tables.get(table) or connections.random_table(seed=2), 2)
    fit(net, few.X_train, few.y_train, seed=2, progress=False, engine="lanes", **RECIPE | {"num_epochs": 1})
    assert found == {"accuracy": evaluate(net, few.X_test, few.y_test).accuracy, "kernels": kernels}
