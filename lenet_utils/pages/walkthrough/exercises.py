"""The exercises of the page `walkthrough`."""

from lenet_utils.exercises.kinds import Number

EXERCISES = {
    "larger": Number(
        (16, 12, 12), {"padded-c3": (16, 16, 16), "from-28": (16, 10, 10), "channels": (6, 12, 12), "batch": (1, 16, 12, 12)}
    ),
    "flat": Number(576, {"from-28": 400, "one-map": 36, "before-pooling": 2304}),
}
