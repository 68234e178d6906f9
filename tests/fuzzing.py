"""How many hostile inputs are tried: some in every run, the same each time; `make fuzz` tries 10,000, other ones each time."""

import os

from hypothesis import HealthCheck, settings

COUNT = int(os.environ.get("LENET_FUZZ", 0))  # of each of the five kinds


def inputs(share=1.0, some=60, at_once=1):
    """Settings of a test that takes `share` of the inputs of its kind, `at_once` in an example."""
    examples = max(1, round(share * (COUNT or some) / at_once))
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much]
    return settings(max_examples=examples, derandomize=not COUNT, deadline=None, suppress_health_check=slow, database=None)
