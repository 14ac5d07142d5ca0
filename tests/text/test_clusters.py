from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.text.clusters import components, distinct, led, to_lowest, to_next
from gristmill.text.jaccard import similarities, sorted_sets

TIES = st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), max_size=40)
SETS = st.lists(st.lists(st.integers(0, 9), max_size=10), min_size=15, max_size=15)


def ends(ties: Sequence[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([a for a, _ in ties], np.int64), np.array([b for _, b in ties], np.int64)


def packed(sets: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    bounds = np.cumsum([0, *map(len, sets)]).astype(np.int64)
    return sorted_sets(np.array([value for one in sets for value in one], np.uint64), bounds)


def plain_components(count: int, ties: Sequence[tuple[int, int]]) -> list[int]:
    names = list(range(count))
    for _ in range(count):
        for a, b in ties:
            names[a] = names[b] = min(names[a], names[b])
    return names


@settings(deadline=None)
@given(TIES)
def test_components_are_named_for_their_lowest_node(ties: list[tuple[int, int]]) -> None:
    assert components(15, *ends(ties)).tolist() == plain_components(15, ties)


@settings(deadline=None)
@given(TIES)
def test_ties_are_made_distinct(ties: list[tuple[int, int]]) -> None:
    a, b = distinct(15, *ends(ties))
    assert list(zip(a.tolist(), b.tolist(), strict=True)) == sorted({(min(t), max(t)) for t in ties if t[0] != t[1]})


@settings(deadline=None)
@given(st.lists(st.integers(0, 5), max_size=25).map(sorted))
def test_groups_of_equal_keys_are_tied_to_their_first_and_from_each_to_the_next(keys: list[int]) -> None:
    rows = np.arange(100, 100 + len(keys))
    firsts = [(100 + keys.index(key), 100 + k) for k, key in enumerate(keys) if keys.index(key) != k]
    nexts = [(99 + k, 100 + k) for k in range(1, len(keys)) if keys[k] == keys[k - 1]]
    for ties, wanted in ((to_lowest, firsts), (to_next, nexts)):
        a, b = ties(np.array(keys, np.uint64), rows)
        assert list(zip(a.tolist(), b.tolist(), strict=True)) == wanted


@settings(deadline=None)
@given(SETS, st.sampled_from([0.0, 0.3, 0.5, 0.75, 1.0]))
def test_similarity_is_exact_or_known_to_be_too_low(sets: list[list[int]], at_least: float) -> None:
    values, offsets = packed(sets)
    a, b = (ends.ravel() for ends in np.indices((15, 15)))
    for x, y, found in zip(a, b, similarities(values, offsets, a, b, at_least), strict=True):
        one, other = set(sets[x]), set(sets[y])
        true = len(one & other) / len(one | other) if one | other else 0.0
        assert found == true or (found == 0.0 and true < at_least)


@settings(deadline=None)
@given(SETS)
def test_sets_are_sorted_and_have_each_value_once(sets: list[list[int]]) -> None:
    values, offsets = packed(sets)
    assert [values[offsets[k] : offsets[k + 1]].tolist() for k in range(15)] == [sorted(set(one)) for one in sets]


@settings(deadline=None)
@given(SETS, TIES, st.permutations(range(15)), st.integers(1, 3))
def test_leaders_are_those_of_the_plain_reading(
    sets: list[list[int]], ties: list[tuple[int, int]], rank: list[int], most: int
) -> None:
    alike = [[len(set(x) & set(y)) / len({*x, *y}) if {*x, *y} else 0.0 for y in sets] for x in sets]
    ties = sorted({(min(t), max(t)) for t in ties if t[0] != t[1] and alike[t[0]][t[1]] >= 0.5})
    names = plain_components(15, ties)
    leaders: dict[int, int] = {}
    for node in sorted(range(15), key=lambda k: rank[k]):
        chain = [k for k in leaders if leaders[k] == k and names[k] == names[node]][:most]
        near = [a + b - node for a, b in [t for t in ties if node in t]]
        chain += [leaders[k] for k in sorted(near, key=lambda k: ((node, k) < (k, node), 0)) if k in leaders]
        like = [k for k in chain if alike[node][k] >= 0.5]
        leaders[node] = like[0] if like else node
    values, offsets = packed(sets)
    found, how = led(*ends(ties), np.array(rank, np.int64), values, offsets, 0.5, most)
    stays = {node for node in range(15) if leaders[node] == node}
    assert {node for node in range(15) if found[node] == node} == stays
    assert all(alike[node][found[node]] == how[node] >= 0.5 for node in range(15) if found[node] != node)


def test_a_component_of_a_hundred_thousand_nodes_settles_in_linear_time() -> None:
    count = 100_000
    starts = np.arange(count, dtype=np.uint64)
    values = (starts[:, None] + np.arange(8, dtype=np.uint64)).ravel()  # neighbours share 7 of 9
    a, b = np.arange(count - 1), np.arange(1, count)
    leaders, alike = led(a, b, np.arange(count), values, np.arange(count + 1) * 8, 0.75, 64)
    assert np.flatnonzero(leaders == np.arange(count)).tolist() == list(range(0, count, 2))
    assert alike[1] == 7 / 9
