"""The benchmark of 1989 measures the network that it says; no test looks at a time."""

import torch

from benchmarks import side_by_side
from lenet_utils.experiments import results
from lenet_utils.nets.papers import Net1989


def test_the_plain_loop_trains_the_same_network():
    """The same weights give the same sums, but for the squash, which is a plain tanh there."""
    plain, net = side_by_side.Plain(), Net1989(seed=0)
    assert sum(p.numel() for p in plain.parameters()) == 9_760
    with torch.no_grad():
        for name in ("H1", "H2"):
            getattr(plain, f"{name}b").copy_(net[name].bias)
        plain.H1w.copy_(net["H1"].weight)
        for k, seen in enumerate(net["H2"].links[:, :, 0, 0].bool()):
            plain.H2w[k].copy_(net["H2"].weight[k, seen])
        plain.H3w.copy_(net["H3"].weight.flatten(1).T)
        plain.H3b.copy_(net["H3"].bias.flatten())
        plain.outw.copy_(net["OUT"].weight.T)
        plain.outb.copy_(net["OUT"].bias)
        net.squash = torch.nn.Tanh()
        X = torch.rand(3, 1, 16, 16) * 2 - 1
        torch.testing.assert_close(plain(X), net(X))


def test_ratios_are_to_the_plain_loop_of_the_round():
    found = side_by_side.summary({"plain": [8.0, 6.0, 4.0], "side": [1.0, 3.0, 1.0]}, patterns=1000)
    assert found == {"plain": {"ms_a_step": 6.0, "ratio": 1.0}, "side": {"ms_a_step": 1.0, "ratio": 4.0}}


def test_the_result_is_saved_in_its_page(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "PAGES", tmp_path)
    threads = torch.get_num_threads()
    try:
        side_by_side.main(rounds=1, patterns=5, sizes=(1, 2))
    finally:
        torch.set_num_threads(threads)
    loaded = results.read("side_by_side", tmp_path / "net_1989")
    assert list(loaded["variants"]) == ["plain loop", "1 side by side", "2 side by side"]
    assert loaded["variants"]["plain loop"]["ratio"] == 1.0
