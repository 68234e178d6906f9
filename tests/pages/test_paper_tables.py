"""What the pages on the papers print and draw, and two of their answers, by hand examples."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from lenet_utils.exercises.check import check
from lenet_utils.experiments import Comparison
from lenet_utils.nets.bitmaps import BITMAPS
from lenet_utils.nets.papers import TABLE_I, LeNet5
from lenet_utils.pages.atlas import figures as atlas
from lenet_utils.pages.beyond_one_machine import tables as machines
from lenet_utils.pages.figure_9 import figures as figure_9
from lenet_utils.pages.line_of_digits.figures import reading
from lenet_utils.pages.net_1989 import levenberg, tables
from lenet_utils.pages.net_1989.figures import links
from lenet_utils.pages.two_cores.tables import gains, heart
from lenet_utils.training import lanes

plt.switch_backend("Agg")


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_the_counts_of_lenet_5_are_those_of_the_paper():
    counts = tables.count(LeNet5(seed=0))
    assert list(counts.index) == ["image", "C1", "S2", "C3", "S4", "C5", "F6", "OUT", "sum"]
    assert counts.loc["C3"].tolist() == [1_600, 151_600, 1_516]
    assert counts.loc["sum"].tolist()[1:] == [340_908, 60_000]


def test_rates_are_finite_where_a_weight_exists(digits):
    net, X = LeNet5(seed=0), torch.rand(6, 1, 32, 32)
    loss = levenberg.Squares(BITMAPS)
    by_layer = tables.rates_by_layer(net, X, torch.arange(6), loss, 0.0005, 0.02, sample=6)
    assert list(by_layer)[:4] == ["C1 w", "C1 b", "S2 w", "S2 b"]
    assert max(each.max() for each in by_layer.values()) <= 0.0005 / 0.02 + 1e-9
    assert sum(int((each > 0).sum()) for each in by_layer.values()) == 60_000


def test_links_are_a_column_per_map():
    ax = links(TABLE_I, rows="S2", columns="C3")
    squares = ax.images[0].get_array()
    assert squares.shape == (6, 16) and squares.sum() == 60 and squares[:, 0].tolist() == [1, 1, 1, 0, 0, 0]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("maps of C3", "maps of S2")


def test_the_classes_stand_beside_their_rows():
    penalties = torch.full((10, 3), 9.0)
    penalties[7, 1] = 1.0
    ax = reading(torch.rand(1, 1, 32, 40), penalties)
    ring = ax.lines[0].get_xydata()
    assert len(ring) == 1 and ring[0][1] == ax.get_yticks()[7]


def test_a_race_has_a_row_for_each_name():
    row = {"seconds": 2.0, "accuracy": 0.991, "runs": [[], []], "digits_seen": 1000}
    times = {"variants": {"fit": row, "other": row | {"seconds": 6.0}}, "ratios": {"fit": 1.0, "other": 3.0}}
    assert machines.race(times, ["other"]).loc["other"].tolist() == ["6.0", "3.00", "99.10%", 2, "1,000"]


def test_a_race_counts_the_passes_until_the_aim_where_the_digits_seen_are_not_stored():
    row = {"seconds": 9.0, "accuracy": 0.991, "runs": [[[3.0, 0.98], [6.0, 0.989], [9.0, 0.991], [12.0, 0.985]]]}
    times = {"variants": {"example": row}, "ratios": {"example": 1.0}, "aim": 0.99}
    assert machines.race(times, ["example"]).loc["example", "digits seen"] == "180,000"


def test_the_map_has_a_scale_with_chance_and_one_half():
    drawing = atlas.panels(np.full((4, 2, 4, 8, 2, 3), 0.1))[0, 0].figure
    scale = drawing.axes[-1]
    assert len(drawing.axes) == 17 and scale.get_xlabel() == "digits read correctly"
    assert scale.get_xticks().tolist() == [0, 0.1, 0.5, 1]


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        ("figure_9/products", 40 + 40 * 39 // 2, "the numbers themselves, or their squares"),
        ("lenet_5/connections", 120 * 2 * 2 * 16 * 25 + 120, "one bias per map"),
    ],
)
def test_likely_slips_get_a_reason_that_fits(name, answer, said):
    verdict = check(name, answer)
    assert verdict.right is False and said in verdict.text


def test_workers_are_ready_after_the_start_that_was_measured():
    ways = {
        "n_jobs=1": {"seconds": 4.0, "speed_up": 1.0, "rounds": [4.0]},
        "Dask": {"seconds": 2.0, "speed_up": 2.0, "rounds": [2.0]},
    }
    table = machines.by_workers({"independent_runs": ways, "start_up_seconds": {"Dask": 5.0, "torchrun": 6.0}})
    assert table["ready_after"].tolist() == ["", "5.0 s"] and table["speed_up"].tolist() == [1.0, 2.0]


def test_a_gain_is_the_speed_over_that_of_the_step_before():
    speeds = {"a": 10.0, "b": 30.0, "c": 15.0}
    table = gains({name: {"images_per_second": speed, "share_of_peak": speed / 100} for name, speed in speeds.items()})
    assert table["gain"].tolist() == [3.0, 0.5] and table["share of peak"].tolist() == [0.3, 0.15]


def test_the_heart_of_the_lanes_is_one_loop():
    text = heart(lanes.SOURCE.read_text())
    assert text.count("{") == text.count("}") + 1 and "for" in text.splitlines()[0]


def test_costs_are_means_over_the_seeds():
    rows = [("b", 0, 1.0, 4.0), ("b", 1, 3.0, 6.0), ("a", 0, 5.0, 5.0)]
    runs = pd.DataFrame(rows, columns=["variant", "seed", "seconds", "answer_seconds"])
    times = figure_9.costs(Comparison(runs))
    assert times.loc["b"].tolist() == [2.0, 5.0] and list(times.index) == ["b", "a"]
    training, answers = plt.gca().lines
    assert (training.get_label(), answers.get_label()) == ("training", "10,000 answers")
    assert training.get_marker() != answers.get_marker()  # rings are the paper's in the figure before


def test_the_papers_count_of_products_is_told_from_ours():
    assert check("figure_9/products", 40 + 820).right is True
    assert "the paper's count" in str(check("figure_9/products", 820 + 1))


def test_c5_on_a_larger_image_has_as_many_connections_as_products_and_biases():
    layer = nn.Conv2d(16, 120, 5)
    nn.init.ones_(layer.weight)
    nn.init.ones_(layer.bias)
    connections = int(layer(torch.ones(1, 16, 6, 6)).sum())
    assert check("lenet_5/connections", connections).right is True
    assert "number of weights" in str(check("lenet_5/connections", 48_120))


def test_a_machine_alone_sends_no_message():
    found = check("beyond_one_machine/gain", (12 + 2) / (6 + 2))
    assert found.right is not True and "a machine alone sends nothing" in str(found)
