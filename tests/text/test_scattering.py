"""Rows brought to their partitions, against plain Python."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gristmill.text.scattering import partition_bounds, scattered, scattered_lists

ROWS = st.lists(st.tuples(st.integers(-9, 9), st.floats(0, 1), st.integers(0, 6)), max_size=12)


@given(st.lists(ROWS, min_size=1, max_size=4))
def test_rows_of_a_partition_stay_in_order(batches: list[list[tuple[int, float, int]]]) -> None:
    numbers = [np.array([one for one, _, _ in rows], np.int64) for rows in batches]
    shares = [np.array([one for _, one, _ in rows], np.float64) for rows in batches]
    to = [np.array([one for _, _, one in rows], np.int64) for rows in batches]
    lists = [[list(range(abs(one))) for one, _, _ in rows] for rows in batches]
    flat = [
        (
            np.cumsum([0, *map(len, pieces)]).astype(np.int64),
            np.array([value for one in pieces for value in one], np.uint64),
        )
        for pieces in lists
    ]
    bounds = partition_bounds(to, 7)
    found = [scattered(numbers, to, bounds), scattered(shares, to, bounds)]
    offsets, values = scattered_lists(flat, to, bounds)
    wanted = sorted((row for rows in batches for row in rows), key=lambda row: row[2])
    assert found[0].tolist() == [one for one, _, _ in wanted]
    assert found[1].tolist() == [one for _, one, _ in wanted]
    assert [values[first:last].tolist() for first, last in pairwise(offsets)] == [
        list(range(abs(one))) for one, _, _ in wanted
    ]
    assert [found[0].dtype, found[1].dtype] == [np.int64, np.float64]
    assert np.diff(bounds).tolist() == [sum(one == k for _, _, one in wanted) for k in range(7)]
