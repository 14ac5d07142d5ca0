"""Stretches that lie over each other, against plain Python."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gristmill.text.disjoint import Stretches, disjoint

FOUND = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 20), st.integers(1, 9), st.integers(-1, 3), st.integers(0, 30)),
    max_size=30,
)


@given(FOUND, st.randoms(use_true_random=False))
def test_no_byte_is_in_two_and_the_longest_of_a_place_is_taken(found: list[tuple[int, ...]], chance) -> None:
    stretches = [(row, start, start + size, twin, there) for row, start, size, twin, there in found]
    wanted = []
    row, reach = -1, 0
    for one in sorted(stretches, key=lambda one: (one[0], one[1], -one[2], one[3], one[4])):
        reach = reach if one[0] == row else 0
        row, (_, start, stop, twin, there) = one[0], one
        if max(start, reach) < stop:
            wanted.append((row, max(start, reach), stop, twin, there + max(reach - start, 0)))
        reach = max(reach, stop)
    chance.shuffle(stretches)
    columns = zip(*stretches, strict=True) if stretches else [()] * 5
    out = disjoint(Stretches(*(np.array(column, np.int64) for column in columns)))
    assert list(zip(*(column.tolist() for column in out), strict=True)) == wanted
