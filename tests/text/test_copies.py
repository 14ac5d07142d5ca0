"""Which copies go, and which are looked at, against plain Python."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gristmill.text.copies import earlier_ones, later_copies

PAIRS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 6)), min_size=1, max_size=30).map(sorted)


@given(PAIRS, st.integers(1, 3), st.integers(0, 2))
def test_later_copies_of_what_enough_rows_have_go(pairs: list[tuple[int, int]], least: int, copies: int) -> None:
    keys = np.array([key for key, _ in pairs], np.uint64)
    rows = np.array([row for _, row in pairs], np.int64)
    goes, first = later_copies(keys, rows, least, copies)
    for k, (key, _) in enumerate(pairs):
        alike = [n for n, (other, _) in enumerate(pairs) if other == key]
        enough = len({pairs[n][1] for n in alike}) >= least
        assert goes[k] == (enough and alike.index(k) >= copies)
        assert first[k] == (alike[0] if copies else k)


@given(PAIRS, st.integers(1, 3))
def test_each_is_looked_at_with_the_first_and_the_last_before_it(pairs: list[tuple[int, int]], most: int) -> None:
    keys = np.array([key for key, _ in pairs], np.uint64)
    later, earlier = earlier_ones(keys, most)
    got = sorted(zip(later.tolist(), earlier.tolist(), strict=True))
    wanted = set()
    for k, (key, _) in enumerate(pairs):
        before = [n for n in range(k) if pairs[n][0] == key]
        wanted |= {(k, n) for n in [*before[:most], *before[-most:]]}
    assert got == sorted(wanted)
