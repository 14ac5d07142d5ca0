"""Lists of different lengths, against Python's own."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gristmill.text.ragged import Lists, joined, offsets_of, picked, stretches

NUMBERS = st.lists(st.integers(0, 2**64 - 1), max_size=5)


def held(lists: list[list[int]]) -> Lists:
    flat = [number for one in lists for number in one]
    return np.array(flat, np.uint64), offsets_of(np.array([len(one) for one in lists], np.int64))


def told(lists: Lists) -> list[list[int]]:
    values, offsets = lists
    return [values[offsets[k] : offsets[k + 1]].tolist() for k in range(len(offsets) - 1)]


@given(st.lists(NUMBERS, max_size=8), st.data())
def test_picked_lists_are_those_of_the_rows(lists: list[list[int]], data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.integers(0, len(lists) - 1), max_size=9)) if lists else []
    assert told(picked(*held(lists), np.array(rows, np.int64))) == [lists[row] for row in rows]


@given(st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), max_size=8))
def test_joined_lists_stand_one_behind_the_other_in_each_row(rows: list[tuple[list[int], ...]]) -> None:
    columns = [held([row[k] for row in rows]) for k in range(3)]
    assert told(joined(columns)) == [[*a, *b, *c] for a, b, c in rows]


@given(NUMBERS, st.data())
def test_stretches_are_slices(values: list[int], data: st.DataObject) -> None:
    ends = st.integers(0, len(values))
    spans = [tuple(sorted(pair)) for pair in data.draw(st.lists(st.tuples(ends, ends), max_size=6))]
    starts, stops = (np.array([span[k] for span in spans], np.int64) for k in range(2))
    found = told(stretches(np.array(values, np.uint64), starts, stops))
    assert found == [values[start:stop] for start, stop in spans]
