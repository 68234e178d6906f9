"""nbval makes a test of every cell: mark them, and keep those of a notebook on
one worker, since they share a kernel."""

import pytest


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in this same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if type(item).__name__ == "IPyNbCell" and item.parent:
            item.add_marker("notebook")
            item.add_marker(pytest.mark.xdist_group(item.parent.name))
