import pytest
import torch
from hypothesis import HealthCheck, settings

from lenet_utils import data

torch.set_num_threads(1)  # beside other work, threads that wait for each other cost more than they save

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def digits():
    return data.load()
