"""The exercises of the page `cost`."""

from lenet_utils.exercises.kinds import Number

EXERCISES = {
    "field": Number(32, {"step-forgotten": 20, "five-steps": 36, "old-step": 24}),
    "wide": Number(9_632, {"one-side": 4_832, "biases": 9_664, "no-biases": 9_600, "old-biases": 9_616}),
}
