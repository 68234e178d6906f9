"""Lines of digits: what is written, what a pass costs and which positions are chosen, against hand examples."""

import pytest
import torch

from lenet_utils.nets import shapes
from lenet_utils.nets.papers import LeNet5
from lenet_utils.pages.line_of_digits import lines


def test_a_line_has_its_digits_where_they_belong_and_the_darker_ink_where_they_overlap():
    images = torch.stack([torch.full((1, 32, 32), value) for value in (0.25, 0.75)])
    line = lines.write(images, background=-0.1, step=20)
    assert line.shape == (1, 1, 32, 52)
    assert (line[..., :20] == 0.25).all() and (line[..., 20:] == 0.75).all()
    assert (lines.write(images, background=-0.1, step=40)[..., 32:40] == -0.1).all()


def test_the_network_slides_as_if_every_window_were_cut_out():
    net, line = LeNet5(seed=1), torch.rand(1, 1, 32, 60)
    assert lines.windows(line).shape == (8, 1, 32, 32)
    torch.testing.assert_close(net(line)[0, :, 0].T, net(lines.windows(line)), rtol=1e-4, atol=1e-3)


def test_one_window_costs_what_the_table_says_and_a_line_less_than_its_windows():
    net, table = LeNet5(seed=1), shapes.walk(shapes.LENET5, size=32)
    assert lines.multiply_adds(net, 32) == table.macs == 326_520
    dense = 48_000 + 10_080 + 840
    assert lines.multiply_adds(net, 36) == 28 * 32 * 150 + 10 * 12 * 1500 + 2 * dense  # C1, C3, and two positions of the rest
    assert lines.multiply_adds(net, 128) < 25 * table.macs / 2


def test_positions_are_chosen_whose_smallest_penalty_is_the_smallest_within_two():
    penalties = torch.full((10, 8), 9.0)
    penalties[3, 1], penalties[5, 3], penalties[7, 6] = 1.0, 2.0, 3.0
    assert lines.smallest_nearby(penalties).tolist() == [1, 6]


def test_reading_counts_digits_positions_and_whole_lines(monkeypatch):
    """A network that knows the answers at two middles, and nothing elsewhere."""
    scores = torch.zeros(1, 10, 1, 9)
    scores[0, 4, 0, 0], scores[0, 2, 0, 8] = 5.0, 5.0
    scores[0, :, 0, 1:8] -= 1.0
    images, labels = torch.rand(1, 2, 1, 32, 32), torch.tensor([[4, 3]])
    right, positions, whole = lines.measure(lambda line: scores, images, labels, step=32)
    assert (right, whole) == (0.5, 0.0) and positions == pytest.approx(5.0)  # 0, 8, and the ties at 3, 4 and 5
    assert lines.measure(lambda line: scores, images, torch.tensor([[4, 2]]), step=32)[0] == 1.0
