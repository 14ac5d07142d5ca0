"""Files of a repository in an order in which what is used comes first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.collect._code_files import CodeFile
from gristmill.collect._imports import in_order
from gristmill.records.code.languages import language_of


def order(files: dict[str, str]) -> list[str]:
    return [file.path for file in in_order([CodeFile(p, text, language_of(p, text), {}) for p, text in files.items()])]


@pytest.mark.parametrize(
    ("user", "text", "used"),
    [
        ("a/b.py", "from .c import x\n", "a/c.py"),
        ("a/b.py", "from ..d.e import (x,\n", "d/e.py"),
        ("a/b.py", "from . import c\n", "a/c.py"),
        ("a/b.py", "import pkg.c as c\n", "src/pkg/c.py"),
        ("a/b.py", "from pkg import c\n", "src/pkg/__init__.py"),
        ("a/b.ts", "import { x } from './c';\n", "a/c.ts"),
        ("a/b.ts", "export * from '../d';\n", "d/index.ts"),
        ("a/b.js", "const c = require('./c.js')\n", "a/c.js"),
        ("a/b.c", '#include "c.h"\n', "a/c.h"),
        ("a/b.cpp", "#  include <mill/c.h>\n", "include/mill/c.h"),
        ("B.java", "import org.mill.C;\n", "src/org/mill/C.java"),
        ("src/lib.rs", "pub mod c;\n", "src/c.rs"),
        ("src/b.rs", "use crate::c::{d, e};\n", "src/c.rs"),
        ("b.rb", "require_relative 'lib/c'\n", "lib/c.rb"),
    ],
)
def test_what_is_used_comes_first(user: str, text: str, used: str) -> None:
    assert order({user: text, used: "x\n"}) == [used, user]


def test_a_circle_is_cut_where_fewest_are_lacking_and_ties_go_to_the_first() -> None:
    circle = {"a.py": "import b\nimport c\n", "b.py": "import a\n", "c.py": "import b\n", "d.py": "x\n"}
    assert order(circle) == ["d.py", "b.py", "c.py", "a.py"]


@given(st.lists(st.lists(st.integers(0, 7), max_size=4), min_size=1, max_size=8))
def test_every_file_is_there_once_and_a_file_stands_behind_what_it_uses_unless_in_a_circle(
    uses: list[list[int]],
) -> None:
    files = {f"m{k}.py": "".join(f"import m{other}\n" for other in used) for k, used in enumerate(uses)}
    found = order(files)
    assert sorted(found) == sorted(files)
    acyclic = all(other > k for k, used in enumerate(uses) for other in used if other < len(uses))
    if acyclic:
        for k, used in enumerate(uses):
            for other in used:
                if other < len(uses):
                    assert found.index(f"m{other}.py") < found.index(f"m{k}.py")
