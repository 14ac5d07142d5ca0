"""Commands are imported without pandas, and a plug-in that works with it gets all that Arrow does for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

BEGIN = "import sys\nfrom gristmill.cli import main\nmain(['build', '--help'])\nimport pyarrow\nprint()\n"


def said(script: str) -> str:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1]


def test_a_command_does_without_pandas() -> None:
    assert said(BEGIN + "print('pandas' in sys.modules, 'pyarrow' in sys.modules)") == "False True"


@pytest.mark.parametrize(
    ("code", "gives"),
    [
        ("import pandas; print(pyarrow.array(pandas.Series([1.0, float('nan')])).null_count)", "1"),
        ("import pandas.api.types; print(pyarrow.array(sys.modules['pandas'].Series([float('nan')])).null_count)", "1"),
        ("print(pyarrow.table({'a': [1, 2]}).to_pandas().shape)", "(2, 1)"),
        (
            "import pandas; print(pandas.__spec__.name, len(sys.meta_path) == len(set(map(id, sys.meta_path))))",
            "pandas True",
        ),
    ],
)
def test_a_plug_in_has_pandas(code: str, gives: str) -> None:
    pytest.importorskip("pandas")
    assert said(BEGIN + code) == gives


def test_where_pandas_is_imported_already_it_stays() -> None:
    pytest.importorskip("pandas")
    script = "import pandas\n" + BEGIN + "print(pyarrow.array(pandas.Series([float('nan')])).null_count)"
    assert said(script) == "1"
