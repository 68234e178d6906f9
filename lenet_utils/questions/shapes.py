"""The exercises of the chapter on shapes."""

from lenet_utils.exercises import Number

EXERCISES = {
    "walkthrough/larger": Number(
        (16, 12, 12), {"padded-c3": (16, 16, 16), "from-28": (16, 10, 10), "channels": (6, 12, 12), "batch": (1, 16, 12, 12)}
    ),
    "walkthrough/flat": Number(576, {"from-28": 400, "one-map": 36, "before-pooling": 2304}),
    "cost/field": Number(32, {"step-forgotten": 20, "five-steps": 36, "old-step": 24}),
    "cost/wide": Number(9_632, {"one-side": 4_832, "biases": 9_664, "no-biases": 9_600, "old-biases": 9_616}),
}
