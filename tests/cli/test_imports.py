"""Commands are imported without pandas and SciPy; a plug-in that works with them gets all that Arrow and Numba do."""

from __future__ import annotations

import subprocess
import sys

import pytest

BEGIN = "import sys\nfrom gristmill.cli import main\nmain(['build', '--help'])\nimport pyarrow\nprint()\n"


def said(script: str) -> str:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1]


def test_a_command_does_without_them() -> None:
    script = (
        "from gristmill.build.warm import sample, sizes\nsizes(sample().column('text'))\n"
        "print([name in sys.modules for name in ('pandas', 'scipy', 'pyarrow', 'numba')])"
    )
    assert said(BEGIN + script) == "[False, False, True, True]"


def test_a_kernel_of_a_plug_in_multiplies_by_scipy() -> None:
    pytest.importorskip("scipy")
    script = "import numba, numpy\nprint(numba.njit(lambda a: numpy.dot(a, a))(numpy.ones((2, 2)))[0, 0])"
    assert said(BEGIN + script) == "2.0"


def test_objects_are_collected_again() -> None:
    assert said(BEGIN + "import gc; print(gc.isenabled(), gc.get_freeze_count() > 10000)") == "True True"


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
