"""The exercises of the page `lenet_5`."""

from lenet_utils.exercises.kinds import Number

EXERCISES = {
    "places": Number(16, {"every-pixel": 61, "first": 15, "whole": 23, "every-pixel-padded": 64}),
    "distance": Number(28, {"counted": 7, "not-squared": 14, "squared-count": 49, "same": 77}),
}
