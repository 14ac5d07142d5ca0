"""What benchmarks and examples take from the package is there: they run elsewhere, with what their peers need."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_SCRIPTS = sorted(path for some in ("bench/*.py", "bench/peers/*.py", "examples/*/*.py") for path in _ROOT.glob(some))


def _taken(script: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(script.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] == "gristmill":
            yield from ((node.module, name.name) for name in node.names)


@pytest.mark.parametrize("script", [path.relative_to(_ROOT).as_posix() for path in _SCRIPTS if any(_taken(path))])
def test_what_a_script_takes_from_the_package_is_there(script: str) -> None:
    for module, name in _taken(_ROOT / script):
        if not hasattr(import_module(module), name):
            import_module(f"{module}.{name}")
