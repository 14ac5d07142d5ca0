"""All pairs of sets that are alike, against comparing each with each in plain Python."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.text.all_pairs import all_pairs, pairs_in_groups

SETS = st.lists(st.sets(st.integers(0, 20), max_size=14), max_size=14)


def laid(sets: list[set[int]]) -> tuple[np.ndarray, np.ndarray]:
    values = np.array([value for one in sets for value in sorted(one)], np.uint64)
    return values, np.concatenate([[0], np.cumsum([len(one) for one in sets])]).astype(np.int64)


def close(one: set[int], other: set[int], at_least: float, contained: bool) -> bool:
    shared = len(one & other)
    size = min(len(one), len(other)) if contained else len(one | other)
    return bool(shared) and shared / size >= at_least


@settings(deadline=None, max_examples=300)
@given(SETS, st.sampled_from([0.1, 0.5, 2 / 3, 0.75, 1.0]), st.booleans())
def test_the_index_finds_every_pair(sets: list[set[int]], at_least: float, contained: bool) -> None:
    found = all_pairs(*laid(sets), at_least, contained)
    assert found is not None
    wanted = [(a, b) for a, b in combinations(range(len(sets)), 2) if close(sets[a], sets[b], at_least, contained)]
    assert list(zip(found[0].tolist(), found[1].tolist(), strict=True)) == wanted


@settings(deadline=None)
@given(st.lists(SETS, max_size=4), st.booleans())
def test_in_groups_only_pairs_of_a_group_are_found(groups: list[list[set[int]]], contained: bool) -> None:
    sets = [one for group in groups for one in group]
    home = [number if len(group) % 5 else -1 for number, group in enumerate(groups) for _ in group]
    order = np.random.default_rng(1).permutation(len(sets))
    sets, home = [sets[k] for k in order], [home[k] for k in order]
    a, b = pairs_in_groups(*laid(sets), np.array(home, np.int64), 0.5, contained)
    wanted = [
        (x, y)
        for x, y in combinations(range(len(sets)), 2)
        if home[x] == home[y] >= 0 and close(sets[x], sets[y], 0.5, contained)
    ]
    assert sorted(zip(a.tolist(), b.tolist(), strict=True)) == wanted


def test_too_much_work_is_refused_rather_than_begun() -> None:
    sets = laid([{1, 2, 3, 100 + k} for k in range(2_000)])
    assert all_pairs(*sets, 0.5, most_work=1 << 16) is None
    found = all_pairs(*sets, 0.5)
    assert found is not None and len(found[0]) == pytest.approx(2_000 * 1_999 / 2)
