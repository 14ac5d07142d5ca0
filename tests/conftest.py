"""Names the cases of parametrised tests, and has builds start fast; its place lets tests share its folder's modules."""

import pytest
from hypothesis import settings

import template_nursery

settings.register_profile("compiled", deadline=None)  # the first call of a kernel may compile it
settings.load_profile("compiled")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """The engine's own tests start templates as users do."""
    if item.path.parent.name == "engine":
        template_nursery.remove()
    else:
        template_nursery.install()


def pytest_make_parametrize_id(config: object, val: object, argname: str) -> str | None:
    """Bytes are named by their argument and place: packed ones may differ in every process that collects the tests."""
    return argname if isinstance(val, bytes) else None
