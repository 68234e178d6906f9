"""How much of the label a linear classifier reads from what a layer outputs."""

from sklearn.linear_model import LogisticRegression

from lenet_utils.data import Digits
from lenet_utils.nets.lenet import LeNet
from lenet_utils.training.features import features


def probe(net: LeNet, digits: Digits, layer: str, images: int = 2000) -> float:
    """The accuracy on test digits of a logistic regression fitted to what `layer` outputs for `images` training digits."""
    before, after = (features(net, X[:images], layer) for X in (digits.X_train, digits.X_test))
    scale = before.abs().max()
    regression = LogisticRegression(max_iter=300).fit((before / scale).numpy(), digits.y_train[:images].numpy())
    return float(regression.score((after / scale).numpy(), digits.y_test[:images].numpy()))
