from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.text.flat import Bytes
from gristmill.text.jit import kernel
from gristmill.text.marks import MANY, count_mark, marks_for, unmarked
from gristmill.text.mixing import Hashes


@kernel
def counted(hashes: Hashes, marks: Bytes) -> np.uint64:
    shift = unmarked(marks, len(hashes))
    for key in hashes:
        count_mark(marks, key >> shift)
    return shift


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, (1 << 64) - 1), st.sampled_from([1, 2, 254, 255, 256, 700])), max_size=20),
    st.integers(0, 50),
)
def test_marks_are_counted_as_far_as_a_byte_goes_in_room_that_was_used_before(
    grams: list[tuple[int, int]], room: int
) -> None:
    hashes = np.array([key for key, times in grams for _ in range(times)], np.uint64)
    marks = np.full(marks_for(len(hashes) + room), 77, np.uint8)
    shift = int(counted(hashes, marks))
    wanted = Counter(key >> shift for key in hashes.tolist())
    assert {mark: int(marks[mark]) for mark in wanted} == {mark: min(n, MANY) for mark, n in wanted.items()}
