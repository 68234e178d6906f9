"""The exercises of the page `beyond_one_machine`."""

from lenet_utils.exercises.kinds import Function, Number, normal
from lenet_utils.exercises.variants import Variant

EXERCISES = {
    "shares": Function(
        lambda g, n, h, m: (n * g + m * h) / (n + m),
        ((normal(4), 65, normal(4, seed=1), 64), (normal(3), 1, normal(3, seed=2), 3)),
        {
            "equal-shares": lambda g, n, h, m: (g + h) / 2,
            "sum-of-means": lambda g, n, h, m: g + h,
            "not-divided": lambda g, n, h, m: n * g + m * h,
            "swapped": lambda g, n, h, m: (m * g + n * h) / (n + m),
        },
    ),
    "gain": Number(
        1.5,
        {
            "alone-too": 1.75,
            "no-message": 2,
            "two-messages": 1.2,
            "half-message": 12 / 7,
            "not-shared": 12 / 14,
            "time": 8,
            "inverse": 8 / 12,
        },
        tolerance=0.005,  # two decimals are enough
    ),
}


VARIANTS = {
    "gain": Variant(
        printed={"compute": 12, "message": 2},
        places={"compute": range(8, 42, 2), "message": (1, 2, 3, 4, 5)},
        answer=lambda v: v.compute / (v.compute / 2 + v.message),
        mistakes={
            "no-message": lambda v: 2,
            "two-messages": lambda v: v.compute / (v.compute / 2 + 2 * v.message),
            "half-message": lambda v: v.compute / (v.compute / 2 + v.message / 2),
            "not-shared": lambda v: v.compute / (v.compute + v.message),
            "time": lambda v: v.compute / 2 + v.message,
            "inverse": lambda v: (v.compute / 2 + v.message) / v.compute,
        },
        fits=lambda v: 2 * v.message < v.compute,
        tolerance=0.01,
    )
}
