"""Arrow and objects of pandas."""

from __future__ import annotations

import subprocess
import sys

import pytest

_LOOKED = """
import sys
import pyarrow as pa
from gristmill.records.pandas_objects import look_for_pandas, pass_over_pandas
pass_over_pandas()
assert pa.array(["a"]).to_pylist() == ["a"]
print("pandas" in sys.modules)
"""
_AGAIN = """
import pandas
look_for_pandas()
print(pa.array(pandas.Series([1.0, float("nan")])).null_count)
"""
_ASKED = "print(list(pa.array(['a']).to_pandas()))"


@pytest.mark.parametrize(("code", "said"), [("", []), (_AGAIN, ["1"]), (_ASKED, ["['a']"])])
def test_pandas_is_not_looked_for_until_it_is_asked_for(code: str, said: list[str]) -> None:
    pytest.importorskip("pandas")
    done = subprocess.run([sys.executable, "-c", _LOOKED + code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["False", *said]
