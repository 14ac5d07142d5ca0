"""Every file of tests is collected: pytest leaves out folders by their names, and says nothing of it."""

from __future__ import annotations

import fnmatch
from pathlib import Path

import pytest

_TESTS = Path(__file__).parent


def test_no_folder_of_tests_is_left_out(pytestconfig: pytest.Config) -> None:
    patterns = pytestconfig.getini("norecursedirs")
    folders = {path.parent.relative_to(_TESTS) for path in _TESTS.rglob("test_*.py")}
    assert len(folders) > 20
    left_out = [
        str(folder) for folder in folders for part in folder.parts for one in patterns if fnmatch.fnmatch(part, one)
    ]
    assert not left_out


def test_no_two_files_of_tests_have_one_name() -> None:
    names = [path.name for path in _TESTS.rglob("test_*.py")]
    assert sorted(set(names)) == sorted(names)
