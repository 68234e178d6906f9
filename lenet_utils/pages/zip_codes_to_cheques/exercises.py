"""The exercises of the page `zip_codes_to_cheques`."""

from lenet_utils.exercises.kinds import Number

EXERCISES = {
    "presentation": Number(
        259_200 / 167_693,
        {"inverse": 167_693 / 259_200, "one-pass": 259_200 / 7_291, "one-day": 86_400 / 167_693, "a-pass": 259_200 / 23},
        tolerance=0.006,
    ),
    "ceiling": Number(
        12_500_000 / 340_908,
        {
            "of-1989": 12_500_000 / 64_660,
            "operations": 25_000_000 / 340_908,
            "weights": 12_500_000 / 60_000,
            "inverse": 340_908 / 12_500_000,
        },
        tolerance=0.5,
    ),
}
