"""The exercises of the page `recall`."""

from lenet_utils.exercises.kinds import Number
from lenet_utils.exercises.variants import Variant
from lenet_utils.nets.lenet import LeNet

EXERCISES = {
    "signs": Number(
        69_356, {"no-biases": 69_266, "ten-more": 62_556, "difference": 7_650, "biases-only": 61_796, "all-new": 70_206}
    ),
    "small": Number(144, {"from-28": 400, "one-map": 9, "before-pooling": 576, "padded-c3": 256, "unpadded-c1": 64}),
}


VARIANTS = {
    "signs": Variant(
        printed={"classes": 100},
        places={"classes": range(20, 201)},
        answer=lambda v: LeNet(num_classes=v.classes).table.params,
        mistakes={
            "no-biases": lambda v: LeNet(num_classes=v.classes).table.params - (v.classes - 10),
            "difference": lambda v: LeNet(num_classes=v.classes).table.params - LeNet().table.params,
            "biases-only": lambda v: LeNet().table.params + v.classes - 10,
            "all-new": lambda v: LeNet().table.params + v.classes * (84 + 1),
        },
    ),
    "small": Variant(
        printed={"n": 20},
        places={"n": range(16, 81, 2)},
        answer=lambda v: LeNet(in_size=v.n).table["S4"].values,
        mistakes={
            "unpadded-c1": lambda v: 16 * (((v.n - 4) // 2 - 4) // 2) ** 2,  # first: with 32x32 pixels it is 400 too
            "from-28": lambda v: LeNet().table["S4"].values,
            "one-map": lambda v: LeNet(in_size=v.n).table["S4"].size ** 2,
            "before-pooling": lambda v: LeNet(in_size=v.n).table["C3"].values,
            "padded-c3": lambda v: 16 * (LeNet(in_size=v.n).table["S2"].size // 2) ** 2,
        },
    ),
}
