"""The exercises of the page `mistakes`."""

import torch

from lenet_utils.exercises.kinds import Function, Number

EXERCISES = {
    "wilson": Number(
        0.9962051,
        {"lower-end": 0.9934147, "two-deviations": 0.9963825, "exact": 0.9962867, "percent": 99.62051, "share": 0.995},
        tolerance=4e-5,
    ),
    "recall": Function(
        lambda confusion: confusion.diagonal() / confusion.sum(1),
        ((torch.tensor([[8, 2], [1, 3]]),), (torch.tensor([[5, 1, 0], [2, 6, 2], [0, 0, 7]]),)),
        {
            "columns": lambda confusion: confusion.diagonal() / confusion.sum(0),
            "of-all": lambda confusion: confusion.diagonal() / confusion.sum(),
            "counts": lambda confusion: confusion.diagonal(),
            "errors": lambda confusion: 1 - confusion.diagonal() / confusion.sum(1),
            "one-number": lambda confusion: confusion.diagonal().sum() / confusion.sum(),
        },
    ),
}
