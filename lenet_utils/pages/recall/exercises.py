"""The exercises of the page `recall`."""

from lenet_utils.exercises.kinds import Number

EXERCISES = {
    "signs": Number(69_356, {"no-biases": 69_266, "ten-more": 62_556, "difference": 7_650, "biases-only": 61_796}),
    "small": Number(144, {"from-28": 400, "one-map": 9, "before-pooling": 576, "padded-c3": 256}),
}
