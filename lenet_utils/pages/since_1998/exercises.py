"""The exercises of the page `since_1998`."""

from lenet_utils.exercises.kinds import Choice, Number

EXERCISES = {
    "links": Number(2_416, {"table": 1_516, "no-biases": 2_400, "one-link": 416, "a-bias-a-link": 2_496}),
    "order": Choice("c", ("a", "b", "d")),
}
