"""What the question on weights measures, against the same by hand."""

import itertools

import pandas as pd
import pytest
import torch

from book_files import first
from lenet_utils.experiments import Comparison
from lenet_utils.experiments.runs import train_relu_lenet
from lenet_utils.nets.lenet import LeNet
from lenet_utils.nets.papers import TABLE_I
from lenet_utils.pages.see_weights import experiment as look
from lenet_utils.pages.see_weights import figures
from lenet_utils.training.fit import evaluate, fit


@pytest.fixture(scope="module")
def few(digits):
    return first(digits, 100)


def net(seed=0):
    return LeNet("relu", "max", seed=seed)


def test_table_one_is_the_table_of_the_paper():
    table = look.table_one()
    assert [tuple(row.nonzero().flatten().tolist()) for row in table] == TABLE_I and table.sum() == 60


def test_moved_is_the_length_of_the_change():
    changed = net()
    changed.C3.weight.data *= 1.5
    assert look.moved(changed, net()) == pytest.approx({"C1": 0, "C3": 0.5, "F5": 0, "F6": 0, "OUT": 0}, abs=1e-6)


def test_norms_are_those_of_single_kernels():
    weight = net().C3.weight.detach()
    assert look.norms(net())[7, 2].item() == pytest.approx(weight[7, 2].square().sum().sqrt().item(), rel=1e-5)
    assert look.norms(net()).shape == (16, 6)


def test_largest_marks_the_largest():
    values = torch.tensor([[3.0, 1], [2, 5]])
    assert look.largest(values, 2).tolist() == [[True, False], [False, True]]


def test_links_of_the_table_are_found_in_any_order():
    chance = torch.Generator().manual_seed(0)
    rows, columns = torch.randperm(16, generator=chance), torch.randperm(6, generator=chance)
    assert look.in_table(look.table_one()[rows][:, columns]) == 60
    other = ~look.table_one()
    assert look.in_table(other) == max(  # by hand for the columns, with the rows taken one by one as an upper bound
        look_up(other, order) for order in itertools.permutations(range(6))
    )


def look_up(mask, order):
    """The best pairing of rows for one order of columns, by exchanging pairs until nothing is gained."""
    shared = (mask[:, list(order)].int() @ look.table_one().int().T).tolist()
    partner, gained = list(range(16)), True
    while gained:
        gained = False
        for i, j in itertools.combinations(range(16), 2):
            if shared[i][partner[j]] + shared[j][partner[i]] > shared[i][partner[i]] + shared[j][partner[j]]:
                partner[i], partner[j], gained = partner[j], partner[i], True
    return sum(shared[i][partner[i]] for i in range(16))


def test_pruned_kernels_stay_zero_in_training_and_the_others_move(few):
    first, mask = net(), look.table_one()
    cut = look.pruned(first, mask)
    by_hand = net()
    by_hand.C3.weight.data[~mask] = 0
    assert torch.equal(cut(few.X_test), by_hand(few.X_test)) and torch.equal(first.C3.weight, net().C3.weight)
    fit(cut, few.X_train, few.y_train, num_epochs=1, progress=False)
    cut(few.X_test)
    assert torch.equal(look.norms(cut) > 0, mask) and not torch.equal(cut.C3.weight, by_hand.C3.weight)


def test_ways_keep_as_many_and_the_right_ones():
    ways, size = look.ways(net(), seed=3), look.norms(net())
    assert [int(mask.sum()) for mask in ways.values()] == [60] * 4
    assert size[ways["largest"]].min() >= size[~ways["largest"]].max()
    assert size[ways["smallest"]].max() <= size[~ways["smallest"]].min()
    assert not torch.equal(ways["random"], look.ways(net(), seed=4)["random"])


def test_correlations_are_those_of_torch():
    first, second = torch.rand(20, 3, 2, 2), torch.rand(20, 4, 2, 2)
    rows = [values.transpose(0, 1).flatten(1) for values in (first, second)]
    assert torch.allclose(look.similar(first, second), torch.corrcoef(torch.cat(rows))[:3, 3:], atol=1e-5)


def test_shuffled_units_are_found_again(few):
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    other = net()
    with torch.no_grad():
        for part in (other.C1.weight, other.C1.bias):
            part.copy_(part[order])
        other.C3.weight.copy_(other.C3.weight[:, order])
    shared = look.shared(net(), other, few, images=50)
    assert shared["C1"]["matched"] > 0.999 and shared["C1"]["as they are"] < 0.9
    assert shared["C3"]["as they are"] > 0.999
    first, second = (each.maps(few.X_test)["C1"] for each in (net(), other))
    assert torch.equal(order[look.matched(look.similar(first, second).detach())], torch.arange(6))


def test_low_rank_has_the_rank_and_loses_what_is_left_out():
    whole, S = net().F5.weight.detach(), look.spectrum(net(), "F5")
    cut = look.low_rank(net(), "F5", 7)
    assert torch.linalg.matrix_rank(cut.F5.weight, atol=1e-3) == 7
    assert (cut.F5.weight - whole).norm().item() == pytest.approx(S[7:].norm().item(), rel=1e-3)  # Eckart and Young
    assert torch.allclose(S, torch.linalg.svd(whole).S, atol=1e-4)


def test_the_network_of_the_lab_is_the_one_measured(digits):
    pictures = (digits.X_test - 0.1307) / 0.3081
    assert evaluate(look.of_the_lab(), pictures, digits.y_test).accuracy > 0.98


def test_by_way_makes_a_variant_of_every_key():
    runs = Comparison(pd.DataFrame([{"variant": "lenet", "seed": s, "kept": {"a": s, "b": 2 * s}} for s in (1, 2)]))
    assert look.by_way(runs, "kept").values("b") == [2, 4] and look.by_way(runs, "kept").variants == ["a", "b"]
    runs = Comparison(pd.DataFrame([{"variant": "lenet", "seed": 1, "kept": {"largest": 3, "smallest": 1}}]))
    assert look.by_way(runs, "kept").variants == ["longest", "shortest"]


def test_look_measures_everything(few):
    found = look.look(few, 0, num_epochs=1, ranks=(1, 120))
    trained = train_relu_lenet(few, 0, num_epochs=1)
    accuracy = evaluate(trained, few.X_test, few.y_test).accuracy
    assert found["accuracy"] == found["pruned"]["all 96"] == found["ranks"][1] == accuracy
    assert found["kept"]["largest"][look.KEPT.index(60)] == found["pruned"]["largest"]
    assert torch.allclose(torch.tensor(found["norms"]), look.norms(trained), atol=1e-4)
    assert found["moved"] == look.moved(trained, net())


def test_the_tables_of_links_share_a_scale_from_the_shortest_kernel_to_the_longest():
    doubled = net()
    doubled.C3.weight.data *= 2
    fig = figures.links({"untrained": net(), "trained": doubled})
    lengths = look.norms(net())
    *tables, bar = fig.axes
    for ax in tables:
        assert ax.images[0].get_clim() == pytest.approx((lengths.min().item(), 2 * lengths.max().item()))
    assert bar.get_xlabel() == "length of a kernel"
