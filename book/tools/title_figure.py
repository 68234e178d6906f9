"""Draw the title page's picture, a trained LeNet reading a digit, as SVG: `python -m book.tools.title_figure FILE`."""

import sys
from pathlib import Path

import matplotlib

matplotlib.use("svg")

from lenet_utils import data
from lenet_utils.figures import plots
from lenet_utils.nets import lenet
from lenet_utils.pages.network import to_scale
from lenet_utils.training import fit


def main(path: Path) -> None:
    digits = data.load()
    net = lenet.LeNet(seed=0)
    fit.fit(net, digits.X_train, digits.y_train, num_epochs=6, batch_size=64, optimizer="adamw", lr=4e-3, progress=False)
    plots.use_style()
    figure, ax = plots.figure(3.0)
    to_scale.draw(net, digits.X_test[3], ax)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
