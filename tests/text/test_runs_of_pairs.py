"""Pairs of places that follow each other alike, against plain Python."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from gristmill.text.runs_of_pairs import in_order_of_place, merged_pairs

PLACES = st.lists(st.tuples(st.integers(3, 8), st.integers(0, 200)), max_size=60)
PAIRS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 8)), max_size=60)


@given(PLACES)
@example([(3, k % 2) for k in range(400)])  # all of them in one bucket
@example([(3, 200), *((3, 9 - k % 10) for k in range(2000))])
def test_places_ascend_and_equal_ones_stay_as_they_come(places: list[tuple[int, int]]) -> None:
    numbers = np.array([row << 8 | start for row, start in places], np.int64)
    ordered, twins = in_order_of_place(numbers, np.arange(len(places), dtype=np.int64), 8)
    assert twins.tolist() == sorted(range(len(places)), key=lambda k: places[k])
    assert ordered.tolist() == sorted(numbers.tolist())


def plain(pairs: list[tuple[int, int]], alike: int) -> list[tuple[int, int, int]]:
    """Runs as place and twin of the first pair, and the stop of the last."""
    runs: list[list[tuple[int, int]]] = []
    ordered = sorted({place for place, _ in pairs})
    for place, twin in pairs:
        before = max((one for one in ordered if one < place), default=-1)
        follows = [run for run in runs if run[-1] == (before, twin - place + before) and place - before <= alike]
        if follows:
            follows[0].append((place, twin))
        else:
            runs.append([(place, twin)])
    return [(*run[0], run[-1][0] + alike) for run in runs]


@given(PAIRS, st.integers(0, 9))
def test_pairs_of_one_shift_that_follow_each_other_are_one(shifted: list[tuple[int, int]], alike: int) -> None:
    pairs = sorted({(place, place + shift) for place, shift in shifted})
    places, twins = (np.array([pair[at] for pair in pairs], np.int64) for at in (0, 1))
    first, stops = merged_pairs(places, twins, alike)
    assert [(*pairs[k], stop) for k, stop in zip(first.tolist(), stops.tolist(), strict=True)] == plain(pairs, alike)


def test_a_run_ends_where_a_place_has_no_such_pair() -> None:
    places, twins = np.array([0, 5, 9, 30], np.int64), np.array([100, 105, 200, 130], np.int64)
    first, stops = merged_pairs(places, twins, 8)
    assert first.tolist() == [0, 2, 3]
    assert stops.tolist() == [13, 17, 38]
