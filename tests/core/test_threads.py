"""How many threads PyTorch uses where the book sets them."""

import pytest
import torch

from lenet_utils.nets.bitmaps import BITMAPS
from lenet_utils.nets.papers import LeNet5
from lenet_utils.pages.net_1989 import levenberg
from lenet_utils.training.threads import one_thread


@pytest.fixture
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_one_thread_in_the_block_and_two_after_it(two_threads):
    with one_thread():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 2


def test_two_threads_after_an_error(two_threads):
    with pytest.raises(ValueError, match="lost"), one_thread():
        raise ValueError("lost")
    assert torch.get_num_threads() == 2


def test_a_pass_of_1998_uses_one_thread(two_threads):
    """Its operations are so small that two threads on a busy machine take thirty times as long."""
    seen = []

    class Loss(levenberg.Squares):
        def slope(self, x, y):
            seen.append(torch.get_num_threads())
            return super().slope(x, y)

    images, labels = torch.zeros(3, 1, 32, 32), torch.zeros(3, dtype=torch.int64)
    for _ in levenberg.passes([LeNet5(seed=0)], images, labels, Loss(BITMAPS), [0.0001], sample=2):
        assert torch.get_num_threads() == 2
    assert seen == [1, 1, 1]
