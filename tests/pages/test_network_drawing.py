"""The drawings of the networks: shapes as the papers print them, a square for every map, and values that can be seen."""

import matplotlib.pyplot as plt
import torch

from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.network import drawing, to_scale


def test_the_shapes_are_those_of_the_papers():
    """LeCun et al. 1989, pp. 545-546, and LeCun et al. 1998, p. 7; the courses' network differs in its input alone."""
    nets = drawing.architectures()
    assert nets["1989"] == {"input": (1, 16, 16), "H1": (12, 8, 8), "H2": (12, 4, 4), "H3": (30,), "OUT": (10,)}
    of_1998 = {"C1": (6, 28, 28), "S2": (6, 14, 14), "C3": (16, 10, 10), "S4": (16, 5, 5), "F6": (84,), "OUT": (10,)}
    assert nets["LeNet-5, 1998"] == {"input": (1, 32, 32), "C5": (120,), **of_1998}
    assert nets["courses today"] == {"input": (1, 28, 28), "F5": (120,), **of_1998}


def test_a_square_for_every_map_up_to_eight_and_a_bar_for_units():
    figure, ax = plt.subplots()
    drawing.draw("1989", {"input": (1, 16, 16), "H1": (12, 8, 8), "H3": (30,)}, ax)
    assert [patch.get_width() for patch in ax.patches] == [16] + 8 * [8] + [4]
    texts = [text.get_text() for text in ax.texts]
    assert {"H1", "12×8×8", "30", "1989"} <= set(texts)
    plt.close(figure)


def test_each_value_stands_on_paper_and_shapes_are_written_alike():
    """A blue square on blue ink cannot be seen, so each of one pixel has an edge; the input has its name."""
    figure, ax = plt.subplots()
    to_scale.draw(LeNet(seed=0), torch.rand(1, 28, 28), ax)
    edged = [patch.get_width() for patch in ax.patches if patch.get_path_effects()]
    assert edged == 9 * [1]  # C1 from the image, C3 from six maps, and two poolings
    texts = {text.get_text() for text in ax.texts}
    assert {"input", "1×28×28", "6×14×14", "16×5×5"} <= texts and not any("@" in text for text in texts)
    plt.close(figure)
