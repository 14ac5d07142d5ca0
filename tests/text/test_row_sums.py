"""Rows are added in the order in which they are named, a column at a time or sixteen."""

from __future__ import annotations

import numpy as np
import pytest

from gristmill.text.row_sums import add_rows


@pytest.mark.parametrize("columns", [1, 15, 16, 17, 40])
@pytest.mark.parametrize("count", [0, 1, 9])
def test_sums_are_those_of_one_row_after_another(columns: int, count: int) -> None:
    source = np.random.default_rng(columns)
    table = source.normal(size=(50, columns)).astype(np.float32) * np.float32(1e3)
    rows = source.integers(0, 50, 9).astype(np.int32)
    total = source.normal(size=columns).astype(np.float32)
    wanted = total.copy()
    for row in rows[:count]:
        wanted += table[row]
    add_rows(table, rows, count, total)
    assert total.tolist() == wanted.tolist()
