"""What the question on features measures, against Captum, against PyTorch and by hand."""

from pathlib import Path

import pandas as pd
import pytest
import torch
from captum.attr import Occlusion

from book_files import ROOT, first, read
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.see_features import experiment as look
from lenet_utils.pages.see_features import experiment_chance as chance
from lenet_utils.pages.see_features import figures


@pytest.fixture(scope="module")
def few(digits):
    return first(digits, 60)


@pytest.fixture(scope="module")
def net():
    return LeNet("relu", "max", seed=0)


def test_strongest_are_the_largest_values_one_an_image():
    maps = torch.rand(12, 3, 4, 5)
    image, row, column = look.strongest(maps, count=4)
    for unit in range(3):
        values = maps[image[unit], unit, row[unit], column[unit]]
        assert values.tolist() == sorted(maps[:, unit].amax((1, 2)).tolist(), reverse=True)[:4]


@pytest.mark.parametrize("layer, side", [("C1", 5), ("C3", 14)])
def test_patches_are_all_that_a_unit_sees(net, few, layer, side):
    """The oracle is the network: a patch alone, on blank paper in its place, excites the unit as much."""
    with torch.no_grad():
        maps = net.maps(few.X_train)[layer]
        found = look.strongest(maps, count=2)
        cut = look.patches(net, few.X_train, found, layer)
        assert cut.shape == (maps.shape[1], 2, side, side)
        image, row, column = (place[1, 0].item() for place in found)
        jump, X = net.table[layer].jump, torch.zeros(1, 1, 32, 32)
        X[..., row * jump : row * jump + side, column * jump : column * jump + side] = cut[1, 0]
        alone = net.maps(X[..., 2:-2, 2:-2])[layer][0, 1, row, column]
    assert alone.item() == pytest.approx(maps[image, 1, row, column].item(), abs=1e-5)


def test_patches_alike_correlate():
    cut = torch.rand(2, 3, 4, 4)
    pairs = torch.corrcoef(cut[1].flatten(1))
    assert look.alike(cut)[1].item() == pytest.approx(pairs[[0, 0, 1], [1, 2, 2]].mean().item(), abs=1e-5)


def test_purity_is_the_share_of_the_most_frequent_digit():
    assert look.purity(torch.tensor([[1, 1, 1, 7], [0, 2, 9, 9]])).tolist() == [0.75, 0.5]


def test_ascent_ends_where_the_score_is_largest_and_stays_between_paper_and_ink():
    goal = torch.tensor([0.2, 2.0]).view(1, 1, 1, 2)
    found = look.ascend(lambda X: -(X - goal).square().sum((1, 2, 3)), torch.zeros(1, 1, 1, 2), steps=400)
    assert torch.allclose(found, torch.tensor([0.2, 1.0]).view(1, 1, 1, 2), atol=1e-2)


@pytest.mark.slow
def test_pleasing_pictures_please_and_ink_has_its_price(net):
    made, cheap = look.pleasing(net), look.pleasing(net, price=0.1)
    grey = net(torch.full((10, 1, 28, 28), 0.5)).diagonal()
    assert (net(made).diagonal() > grey).all() and cheap.sum() < made.sum()


def test_tiles_cover_every_pixel_once():
    assert torch.equal(look.tiles(torch.zeros(1, 1, 28, 28)).sum(0), torch.ones(1, 28, 28).long())
    assert look.tiles(torch.zeros(1, 1, 28, 28))[8, 0, 4:8, 4:8].all()


def test_occlusion_is_that_of_captum(net, few):
    X, y = few.X_test[:4], few.y_test[:4]
    captum = Occlusion(net).attribute(X, target=y, sliding_window_shapes=(1, 4, 4), strides=(1, 4, 4))
    assert torch.allclose(look.occlusion(net, X, y), captum[:, 0, ::4, ::4].flatten(1).detach(), atol=1e-5)


def test_ink_is_the_mean_of_a_tile(few):
    assert look.ink(few.X_test)[3, 9].item() == pytest.approx(few.X_test[3, 0, 4:8, 8:12].mean().item(), abs=1e-6)


def test_hiding_blanks_the_first_tiles_of_the_order(few):
    def counts_ink(X):  # says 1 while there is ink in the tile 10, else 0
        return torch.stack([torch.full((len(X),), 1e-6), X[:, 0, 4:8, 12:16].sum((1, 2))], dim=1)

    X = torch.ones(2, 1, 28, 28)
    order = torch.stack([torch.tensor([3, 10, 5]), torch.tensor([4, 6, 10])])
    assert look.after_hiding(counts_ink, X, torch.ones(2).long(), order, counts=range(4)) == [1, 1, 0.5, 0]


def test_a_silent_map_is_as_if_its_weights_were_zero(net, few):
    without = LeNet("relu", "max", seed=0)
    with torch.no_grad():
        without.C3.weight[5], without.C3.bias[5] = 0, 0
    assert torch.equal(look.by_class(net, few.X_test, few.y_test, 5), look.by_class(without, few.X_test, few.y_test))
    guess = net(few.X_test).argmax(1)
    assert look.by_class(net, few.X_test, few.y_test)[4] == (guess[few.y_test == 4] == 4).double().mean()


def test_correlation_is_the_mean_over_rows_that_change():
    first, second = torch.rand(3, 9), torch.rand(3, 9)
    first[1] = 0
    rows = [torch.corrcoef(torch.stack([first[i], second[i]]))[0, 1] for i in (0, 2)]
    assert look.correlation(first, second) == pytest.approx(sum(rows).item() / 2, abs=1e-5)


def test_means_are_taken_entry_by_entry():
    runs = pd.DataFrame({"hidden": [{"a": [1.0, 2.0], "b": 0.0}, {"a": [3.0, 2.0], "b": 1.0}]})
    assert look.mean_of(runs, "hidden") == {"a": [2.0, 2.0], "b": 0.5}


@pytest.mark.slow
def test_look_measures_both_networks(few):
    found = look.look(few, 0, num_epochs=1, images=60, tested=20)
    fresh = LeNet("relu", "max", seed=0)
    assert {f"{what} untrained": found[f"{what} untrained"] for what in ("purity", "alike")} == {
        f"{what} untrained": value for what, value in look.of_pictures(fresh, few.X_train, few.y_train).items()
    }
    assert set(found["hidden"]) == {"trained", "untrained", "other", "ink", "random"}
    assert len({row[0] for row in found["hidden"].values()}) == 1 and 0 <= found["agree"] <= 1


def test_uphill_of_the_notebook_pleases_as_ascend_does(net):
    path = Path(ROOT) / "chapters" / "05_questions" / "see_features.ipynb"
    source = next(cell.source for cell in read(path).cells if "def uphill" in cell.source)
    space = {"torch": torch, "net": net}
    exec(source.split("\n\n\nstart")[0], space)
    start = torch.full((1, 1, 28, 28), 0.5)
    same = look.ascend(lambda X: net(X)[:, 3], start, steps=20)
    assert torch.allclose(space["uphill"](net, start, 3, steps=20), same, atol=1e-4)


def test_tied_digits_share_a_unit():
    counts = torch.zeros(2, 10)
    counts[0, 3], counts[1, [4, 7]] = 2, 1
    shares = chance.leading(counts)
    assert shares[0, 3] == 1 and shares[1, [4, 7]].tolist() == [0.5, 0.5] and shares.sum(1).tolist() == [1, 1]


def test_shuffled_units_agree_only_by_chance():
    seen = torch.eye(10)
    shares = chance.shuffled_agreement(seen, seen, shuffles=500)
    assert shares[0] == 1 and abs(shares[1:].mean() - 0.1) < 0.02
    assert chance.shuffled_agreement(seen, torch.zeros(10, 10), shuffles=3).tolist() == pytest.approx([0.1] * 4)


def test_shuffled_labels_have_the_purity_of_drawn_digits():
    y = torch.arange(10).repeat(400)
    image = torch.randint(4000, (50, 9), generator=torch.Generator().manual_seed(0))
    drawn = look.purity(torch.randint(10, (20_000, 9), generator=torch.Generator().manual_seed(1))).mean()
    assert chance.shuffled_purity(image, y, shuffles=200).mean() == pytest.approx(drawn.item(), abs=0.01)
    assert chance.shuffled_purity(image, torch.ones(4000, dtype=torch.int64), shuffles=2).tolist() == [1, 1]


def test_of_a_seed_it_keeps_what_each_unit_costs_each_digit(few):
    row = chance.of_seed(few, 0, num_epochs=1)
    assert {len(row["seen"]), len(row["lost"])} == {16} and {sum(counts) for counts in row["seen"]} == {9}
    assert sum(row["size"]) == len(few.y_test)
    assert 0 <= row["trained"]["C3"]["as large"] <= 1 and set(row["untrained"]) == set(chance.LAYERS)


def test_each_row_of_pleasing_images_is_named_at_its_middle():
    ax = figures.pleasing([torch.full((10, 1, 28, 28), row / 4) for row in range(4)])
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "untrained", "trained", "untrained,\nprice 0.1", "trained,\nprice 0.1",
    ]  # fmt: skip
    for row, middle in enumerate(ax.get_yticks()):
        (_, _, low, high), *_ = {tuple(image.get_extent()) for image in ax.images[10 * row : 10 * row + 1]}
        assert middle == (low + high) / 2
