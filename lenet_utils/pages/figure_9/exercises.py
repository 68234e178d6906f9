"""The exercises of the page `figure_9`."""

from lenet_utils.exercises.kinds import Number

EXERCISES = {
    "pairs": Number(45, {"both-ways": 90, "one-a-class": 10, "with-itself": 55, "all": 100}),
    "products": Number(860, {"one-part": 820, "both-orders": 1_640, "squares-only": 80, "without": 40}),
}
