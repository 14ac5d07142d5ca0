"""Names the cases of parametrised tests; its place lets tests share the modules of this folder."""

from hypothesis import settings

settings.register_profile("compiled", deadline=None)  # the first call of a kernel may compile it
settings.load_profile("compiled")


def pytest_make_parametrize_id(config: object, val: object, argname: str) -> str | None:
    """Bytes are named by their argument and place: packed ones may differ in every process that collects the tests."""
    return argname if isinstance(val, bytes) else None
