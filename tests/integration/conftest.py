"""The tests on servers begin first when processes share the tests: they take as long as all the others."""

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The order of the others stays as it is."""
    if config.getoption("numprocesses", None) or hasattr(config, "workerinput"):
        items.sort(key=lambda item: item.path.name != "test_same_code_on_servers.py")
