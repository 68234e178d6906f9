"""What one run of a comparison does: `run(digits, seed, **settings)` gives a dictionary of values."""

import inspect

import torch

from lenet_utils.data import normalised
from lenet_utils.models import LeNet
from lenet_utils.training import evaluate, fit


def _parameters(function, *without):
    found = inspect.signature(function).parameters.values()
    return [p.replace(kind=p.KEYWORD_ONLY) for p in found if p.default is not p.empty and p.name not in without]


OF_NET = _parameters(LeNet, "seed")
OF_FIT = _parameters(fit, "validation", "seed", "progress", "memory_format")


def train(digits, seed, **settings):
    """A LeNet trained and tested: `accuracy` and `loss` on the test images, the test `accuracies` after every epoch,
    the training `losses` of every step, and `seconds` of training.

    `settings` are those of `LeNet` and of `fit`, and `normalise`; `seed` fixes the first weights and the order of the batches.
    """
    net, history, digits = trained(digits, seed, **settings)
    metrics = evaluate(net, digits.X_test, digits.y_test)
    found = {"accuracy": metrics.accuracy, "loss": metrics.loss, "seconds": history.seconds}
    return found | {"accuracies": history.accuracies, "losses": history.losses}


def brief(digits, seed, **settings):
    """What `train` gives, without the losses."""
    found = train(digits, seed, **settings)
    return {name: found[name] for name in ("accuracy", "loss", "seconds", "accuracies")}


def examined(digits, seed, **settings):
    """What `brief` gives, and every answer to the test images looked at: see `answers`."""
    net, history, digits = trained(digits, seed, **settings)
    found = answers(probabilities(net, digits.X_test), digits.y_test)
    return found | {"seconds": history.seconds, "accuracies": history.accuracies}


@torch.no_grad()
def probabilities(net, X):
    """What `net` gives each class of images `X` `(N, C, H, W)`: `(N, num_classes)`, rows that sum to 1."""
    net.eval()
    return torch.cat([net(batch).softmax(1) for batch in X.split(1000)])


def answers(shares, y, bins=10):
    """Probabilities `(N, classes)` against labels `y` `(N,)`.

    `accuracy`; `confusion[label][answer]` counts; `calibration`, a row `(images, mean confidence, share right)`
    for each of `bins` bands of confidence; `wrong`, a row `(place, label, answer, confidence)` a mistake.
    """
    confidence, guess = shares.max(1)
    right, classes = guess == y, shares.shape[1]
    band = (confidence * bins).long().clamp(max=bins - 1)
    rows = [[int((band == b).sum()), *(_mean(v[band == b]) for v in (confidence, right))] for b in range(bins)]
    places = (~right).nonzero().flatten().tolist()
    return {
        "accuracy": right.double().mean().item(),
        "confusion": (y * classes + guess).bincount(minlength=classes**2).view(classes, classes).tolist(),
        "calibration": rows,
        "wrong": [[i, int(y[i]), int(guess[i]), round(confidence[i].item(), 4)] for i in places],
    }


def pooled(calibrations):
    """The `calibration` rows of several runs as one, every band weighted by its images."""
    bands = zip(*calibrations, strict=True)
    return [_pooled_band([row for row in band if row[0]]) for band in bands]


def _pooled_band(rows):
    images = sum(row[0] for row in rows)
    return [images, *(sum(row[0] * row[i] for row in rows) / images if images else None for i in (1, 2))]


def _mean(values):
    return round(values.double().mean().item(), 5) if len(values) else None


def trained(digits, seed, **settings):
    """The net, its `History` and the digits as it saw them; settings as in `train`."""
    digits = normalised(digits, settings.pop("normalise", "note"))
    names = {p.name for p in OF_NET}
    net = LeNet(**{name: value for name, value in settings.items() if name in names}, seed=seed)
    rest = {name: value for name, value in settings.items() if name not in names}
    test = digits.X_test, digits.y_test
    return net, fit(net, digits.X_train, digits.y_train, validation=test, seed=seed, progress=False, **rest), digits


def _takes_settings(function):
    """Name the settings of `LeNet` and `fit` in the signature, so that a wrong one is known before the first run."""
    first = list(inspect.signature(function).parameters.values())[:2]
    scale = inspect.Parameter("normalise", inspect.Parameter.KEYWORD_ONLY, default="note")
    function.__signature__ = inspect.Signature([*first, *OF_NET, *OF_FIT, scale])


_takes_settings(train)
_takes_settings(brief)
_takes_settings(examined)
