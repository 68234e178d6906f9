"""The claims of others that the book judges: complete, with sources that there are, and shown where they say."""

import re

import numpy as np
import pandas as pd
import pytest
import torch
import torch.nn.functional as F
from docutils.nodes import make_id
from pybtex.database import parse_file

from book.tools import claims
from book_files import NOTEBOOKS, ROOT, read, toc_files
from lenet_utils import data, experiments
from lenet_utils.nets.papers import Net1989
from lenet_utils.pages.mistakes.comparisons import verdicts as ladder_verdicts
from lenet_utils.pages.mistakes.comparisons import whole_ladder
from lenet_utils.pages.sentences import experiment as sentences
from lenet_utils.pages.sentences.comparisons import verdicts

BOOK = ROOT / "book" / "pages"
GROUPS = claims.load()
CLAIMS = [claim for group in GROUPS.values() for claim in group]
SOURCES = parse_file(ROOT / "book" / "data" / "references.bib").entries
PAGES = [*BOOK.glob("*.md"), *(ROOT / "chapters").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
TEXTS = ("id", "title", "claim", "found", "verdict", "why")
SECTIONS = re.findall(r'keywords % "(\w+)"', (BOOK / "sources.md").read_text(encoding="utf-8"))
WITH_NOTES = {"article", "book", "inproceedings", "misc"}  # the style prints no note of the other types

each_claim = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim["id"])
each_source = pytest.mark.parametrize("key", SOURCES)


def links(path):
    """Where the Markdown links of a page or notebook lead, in its own words."""
    if path.suffix == ".ipynb":
        text = "\n\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    else:
        text = path.read_text(encoding="utf-8")
    return re.findall(r"\]\(([^)\s]+)\)", text)


def test_there_are_claims():
    assert len(CLAIMS) >= 60 and all(GROUPS.values())
    assert len({claim["id"] for claim in CLAIMS}) == len({claim["claim"] for claim in CLAIMS}) == len(CLAIMS)
    assert {claim["verdict"] for claim in CLAIMS} == set(claims.VERDICTS)


@each_claim
def test_complete(claim):
    assert set(claim) == {*TEXTS, "sources", "shown"}
    assert all(isinstance(claim[name], str) and claim[name].strip() for name in TEXTS)
    assert claim["verdict"] in claims.VERDICTS
    assert claim["claim"].endswith(".") and claim["found"].endswith(".") and claim["why"].endswith(".")
    assert 1 <= len(re.findall(r"(?<! p)[.?!](?= [A-Z\d]|$)", claim["why"])) <= 3, "one to three sentences"


@each_claim
def test_anchor_is_the_title(claim):
    """In the page the anchor is made of the heading, by two rules that must agree."""
    assert claim["id"] == claims.anchor(claim["title"]) == make_id(claim["title"])


@each_claim
def test_sources(claim):
    assert claim["sources"]
    for source in claim["sources"]:
        assert set(source) == {"key", "place"} and source["key"] in SOURCES and source["place"].strip()


@each_claim
def test_shown(claim):
    assert isinstance(claim["shown"], list)
    for target in claim["shown"]:
        path, _, place = target.partition("#")
        page = (BOOK / path).resolve()
        assert page.is_file() and str(page.relative_to(ROOT).with_suffix("")) in toc_files(), target
        assert not place or place in claims.headings(BOOK / path), target


def test_page_is_up_to_date():
    assert claims.PAGE.read_text(encoding="utf-8") == claims.render(GROUPS), "run python -m book.tools.claims"


def test_page_is_in_the_table_of_contents():
    assert toc_files()[-2:] == ["book/pages/claims", "book/pages/sources"]


@pytest.mark.parametrize("path", [*PAGES, *NOTEBOOKS], ids=lambda path: path.stem)
def test_links_to_claims_and_sources(path):
    """An anchor on one of these pages is an anchor that it has."""
    for target in links(path):
        page, _, place = target.partition("#")
        if place and page.endswith(("book/pages/claims.md", "book/pages/sources.md", "claims.md", "sources.md")):
            goal = (path.parent / page).resolve()
            assert place in claims.headings(goal), target


@each_source
def test_source_is_listed(key):
    """Its name, its section, and a note that the style prints."""
    entry = SOURCES[key]
    assert entry.fields["shorthand"] and entry.fields["keywords"] in SECTIONS
    assert entry.type in WITH_NOTES and (entry.persons["author"] and entry.fields["year"])


def test_sections_hold_every_source_once():
    names = [entry.fields["shorthand"] for entry in SOURCES.values()]
    assert len(set(names)) == len(names)
    assert len(set(SECTIONS)) == len(SECTIONS) and {entry.fields["keywords"] for entry in SOURCES.values()} == set(SECTIONS)


def test_same_name_in_the_text_is_the_same_source():
    """The text names author and year, so no two sources that are cited may agree in both."""
    cited = {source["key"] for claim in CLAIMS for source in claim["sources"]}
    people = {key: [str(person) for person in SOURCES[key].persons["author"]] for key in cited}
    named = [(people[key][0], len(people[key]) > 2 or people[key][1:], SOURCES[key].fields["year"]) for key in cited]
    assert len(set(map(str, named))) == len(named)


def why(name):
    return next(claim["why"] for claim in CLAIMS if claim["id"] == name)


def says(name, *numbers):
    """Whether a reason gives these numbers."""
    return all(re.search(rf"(?<![\d.,]){re.escape(number)}(?![\d]|[.,]\d)", why(name)) for number in numbers)


def test_numbers_of_1989():
    net = Net1989(seed=0)
    h1, h2 = net.layers.H1.bias.numel(), net.layers.H2.bias.numel()
    shared = sum(weights for *_, weights in net.count().values()) - h1 - h2 + 12 + 12
    assert says("bias-per-unit-1989", *(f"{number:,}" for number in (h1, h2, h1 + h2, shared)))
    units = 16 * 16 + h1 + h2 + 30 + 10
    assert says("size-in-1989", "256", f"{units - 16 * 16:,}")
    assert says("three-days-of-training", f"{23 * 7_291:,}")
    assert says("error-in-2022", f"{0.0509 * 2_007:.0f}", f"{0.0409 * 2_007:.0f}", f"{100 * 82 / 2_007:.2f}")


def test_numbers_of_2022():
    assert says("cross-entropy-in-2022", "82", f"{(82 * (1 - 82 / 2007)) ** 0.5:.0f}")
    assert says("gain-of-33-years", f"{100 * (82 - 32) / 82:.0f}")
    assert says("speed-in-2022", f"{3 * 24 * 60 * 60 / 90:,.0f}")


def test_numbers_of_1998():
    x = torch.linspace(0, 3, 30_001, dtype=torch.float64)
    squash = torch.tanh(2 * x / 3)
    bend = (squash * (1 - squash**2)).argmax()  # the second derivative but for a factor
    assert f"{x[bend]:.3f}" == "0.988" and says("constants-of-the-squash", "0.988")
    assert abs(1.7159 * torch.tanh(torch.tensor(2 / 3)) - 1) < 1e-5
    deviation = (0.0095 * 0.9905 / 10_000) ** 0.5
    assert f"{deviation:.1%}" == "0.1%" and f"{100 * 1.96 * deviation:.2f}" == "0.19"
    assert says("uncertainty-of-the-error-rates", "95", "0.19")
    assert says("match-with-the-original", f"{60_000 + 1_706:,}", "1,706")


def test_a_difference_of_ten_digits():
    """The usual 95 % interval of a difference of two shares, from the totals alone."""
    shares = np.array([0.995, 0.996])
    half = 1.96 * np.sqrt((shares * (1 - shares)).sum() / 10_000)
    assert says("difference-of-a-tenth", *(f"{10_000 * (0.001 + side * half):.0f}" for side in (-1, 1)))


def test_variance_of_the_input(digits):
    X = 1.275 * torch.cat([digits.X_train, digits.X_test]) - 0.1
    wide = F.pad(X, (2, 2, 2, 2), value=-0.1)
    assert f"{wide.mean():.2f} {wide.var():.2f} {X.var():.2f}" == "0.03 0.12 0.15"
    assert says("variance-of-the-input", "0.03", "0.12", "0.15")


def test_classes_of_the_test_digits():
    runs = experiments.load("ladder")["runs"].values("longer", "confusion")
    (counts,) = {tuple(np.sum(confusion, axis=1)) for confusion in runs}
    assert (counts[1], counts[5], sum(counts)) == (1_135, 892, 10_000)
    assert says("equal-classes", "1,135", "892", "11.35")


def test_numbers_of_the_committed_runs():
    """What the reasons say of the book's own experiments is what their results say now."""
    full = experiments.load("ladder")["runs"]
    mistakes = 10_000 * (1 - full.table()["mean"])
    steps = mistakes["note"], mistakes["note"] - mistakes["relu"], mistakes["relu"] - mistakes["max"]
    assert [round(count) for count in steps] == [371, 179, 45] and says("relu-and-max-pooling", "371", "179", "45")
    position = experiments.load("position")["runs"]
    others = (experiments.load(name)["runs"] for name in ("structure", "class_space"))
    counted = verdicts(next(others), position, next(others))
    assert len(counted) == 24 and says("pooling-and-position", "twenty-four")
    gain, at_one = counted["max - none, 4 px"], counted["max - none, 1 px"]
    assert says("pooling-and-position", f"{gain[0]:.1f}", *(f"{value:.2f}" for value in at_one[:3])) and gain[3]
    assert not counted["avg - none, 4 px"][3] and not at_one[3]
    assert says("pooling-and-position", f"{-counted['avg - none, 1 px'][0]:.2f}") and counted["avg - none, 1 px"][3]
    for pooling in ("max", "avg"):
        (at_four, *_, far), (at_one, *_, near) = (counted[f"{pooling} - stride, {pixels} px"] for pixels in (4, 1))
        assert says("pooling-and-position", f"{at_four:.1f}", f"{at_one:.2f}") and far and near
    assert says("halving-and-position", f"{-counted['stride - none, 4 px'][0]:.1f}") and counted["stride - none, 4 px"][3]
    curves = [sentences.over_directions(position, by).mean(0) for by in sentences.WAYS]
    assert all(40 < 100 * (curve[0] - curve[4]) < 50.5 for curve in curves)
    assert not ladder_verdicts(whole_ladder(), experiments.load("fresh_digits"))["max"][3]
    layers = pd.DataFrame(experiments.load("class_space")["runs"].values("trained", "layers")).mean()
    errors = {name: 100 * (1 - layers[name]) for name in ("input", "S4", "F6")}
    assert says("way-to-the-classes", f"{errors['input']:.1f}", f"{errors['S4']:.1f}", f"{errors['F6']:.2f}")
    own = experiments.load("structure")["runs"].table().loc["lenet", "mean"]
    assert says("way-to-the-classes", f"{100 * (1 - own):.2f}") and counted["F6 - own"][3]
    assert says("way-to-the-classes", *(f"{value:.2f}" for value in counted["S4 - F6"][:3])) and counted["S4 - F6"][3]
    clothes = experiments.load("clothes")["runs"].table()["mean"]
    shares = {name: f"{100 * share:.1f}" for name, share in clothes.items()}
    assert says("rate-of-one-tenth", shares["sigmoid, rate 0.1"], shares["sigmoid, rate 0.9"])
    assert says(
        "relu-and-max-pooling", shares["ReLU, rate 0.1"], shares["sigmoid, rate 0.9"], f"{100 * clothes['ReLU, rate 0.9']:.0f}"
    )
    for before, after in (("max", "momentum"), ("one-cycle", "decay")):
        _, low, high = full.difference(before, after)[:3]
        assert low < 0 < high  # momentum-and-weight-decay
    rivals = experiments.load("rivals")["runs"].table()["mean"]
    assert f"{rivals['linear']:.0%} {rivals['mlp']:.1%}" == "92% 97.7%" and says("worth-of-99-percent", "92", "97.7")
    structure = experiments.load("structure")["runs"]
    gaps = [("lenet", "lenet permuted"), ("frozen", "frozen permuted"), ("lenet", "frozen")]
    assert says("learning-of-spatial-structure", *(f"{100 * structure.difference(*pair)[0]:.1f}" for pair in gaps))
    assert structure.difference("mlp", "mlp permuted")[1] < 0


def test_numbers_of_the_atlas():
    accuracy = np.array(experiments.load("atlas")["accuracy_in_thousandths"]) / 1000
    relu_at_09 = accuracy[3, :, 0, 6]  # Xavier weights: pooling, batch, seed
    assert relu_at_09.size == 12 and (relu_at_09 < 0.11).all() and says("relu-at-any-rate", "0.9")
    assert round(100 * accuracy[:, :, 2].mean(-1).max()) == 31 and says("initial-weights-of-1998", "31")


def test_a_slice_that_is_not_contiguous_can_be_viewed():
    X = torch.zeros(2, 16, 5, 5)
    part = X[:, :, :, :4]
    assert not part.is_contiguous() and part.view(32, 5, 4).shape == (32, 5, 4)
    with pytest.raises(RuntimeError):
        part.view(32, 20)
    assert part.reshape(32, 20).data_ptr() != X.data_ptr()


def test_the_digits_of_the_book_are_in_equal_numbers():
    labels = torch.cat([data.load().y_train, data.load().y_test])
    assert labels.bincount().tolist() == [500] * 10
