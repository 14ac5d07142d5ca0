"""Vectors chosen far apart, against the same said in plain Python."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gristmill.text.cross_polytopes import unit_vectors
from gristmill.text.spreading import apart, farthest_first


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    dot = sum(int(x) * int(y) for x, y in zip(a, b, strict=True))
    return dot / (math.sqrt(sum(int(x) ** 2 for x in a)) * math.sqrt(sum(int(x) ** 2 for x in b)))


def plain_apart(
    vectors: np.ndarray, strata: list[int], room: list[int], distance: float
) -> tuple[list[int], list[int]]:
    room = list(room)
    taken: list[int] = []
    nearest = [-1] * len(vectors)
    for at in range(len(vectors)):
        if sum(room) == 0 or not room[strata[at]]:
            continue
        alike = [cosine(vectors[at], vectors[other]) for other in taken]
        if alike:
            nearest[at] = taken[int(np.argmax(alike))]
        if not alike or 1 - max(alike) > distance + 1e-10:
            taken.append(at)
            room[strata[at]] -= 1
    return taken, nearest


def plain_farthest(vectors: np.ndarray, count: int) -> tuple[list[int], list[int]]:
    taken = [0]
    while len(taken) < count:
        away = [
            -2.0 if at in taken else min(1 - cosine(vectors[at], vectors[other]) for other in taken)
            for at in range(len(vectors))
        ]
        taken.append(int(np.argmax(away)))
    nearest = [-1] * len(vectors)
    for at in range(len(vectors)):
        among = taken if at not in taken else taken[: taken.index(at)]
        if among:
            nearest[at] = among[int(np.argmax([cosine(vectors[at], vectors[other]) for other in among]))]
    return taken, nearest


@st.composite
def vectors(draw: st.DrawFn) -> np.ndarray:
    """Some at random, some copies of one another, some on a few axes, where distances are equal."""
    seed = draw(st.integers(0, 10_000))
    count, size = draw(st.integers(1, 30)), draw(st.sampled_from([1, 2, 3, 8, 17]))
    rng = np.random.RandomState(seed)
    rows = rng.randn(count, size) if draw(st.booleans()) else rng.randint(-1, 2, (count, size)).astype(float)
    rows = rows[rng.randint(0, count, count)] if draw(st.booleans()) else rows
    rows[(rows == 0).all(axis=1)] = 1
    return unit_vectors(rows)


@given(vectors(), st.integers(1, 3), st.floats(0, 1.5), st.randoms(use_true_random=False))
def test_down_the_order_each_that_is_far_enough_is_taken(rows: np.ndarray, kinds: int, distance: float, draw) -> None:
    strata = [draw.randrange(kinds) for _ in rows]
    room = [draw.randrange(len(rows) + 1) for _ in range(kinds)]
    found = apart(rows, np.array(strata, np.int64), np.array(room, np.int64), distance)
    taken, nearest = plain_apart(rows, strata, room, distance)
    assert np.flatnonzero(found.taken).tolist() == taken
    same = [(a, b) for a, b in zip(found.nearest.tolist(), nearest, strict=True) if a != b]
    assert not same
    for at in np.flatnonzero(found.nearest >= 0).tolist():
        assert math.isclose(found.cosine[at], min(cosine(rows[at], rows[found.nearest[at]]), 1), abs_tol=1e-12)


@given(vectors(), st.integers(1, 31))
def test_the_farthest_is_always_next_and_no_shortcut_changes_it(rows: np.ndarray, count: int) -> None:
    found, reach = farthest_first(rows, count)
    taken, _ = plain_farthest(rows, min(count, len(rows)))
    assert len(taken) == found.taken.sum()
    # Where distances are equal to the last bit the order may differ, not how far apart all lie.
    others = [at for at in range(len(rows)) if not found.taken[at]]
    for at in others:
        best = max(cosine(rows[at], rows[other]) for other in np.flatnonzero(found.taken))
        assert math.isclose(found.cosine[at], min(best, 1), abs_tol=1e-12)
        assert count == 1 or 1 - best <= reach + 1e-12


@given(st.integers(0, 10_000), st.integers(1, 40))
def test_the_farthest_of_random_vectors_are_those_of_the_plain_rule(seed: int, count: int) -> None:
    rows = unit_vectors(np.random.RandomState(seed).randn(40, 5))
    found, _ = farthest_first(rows, count)
    taken, nearest = plain_farthest(rows, count)
    assert np.flatnonzero(found.taken).tolist() == sorted(taken)
    assert found.nearest.tolist() == nearest


def test_of_two_equal_vectors_only_the_first_is_taken_even_at_distance_0() -> None:
    rows = unit_vectors(np.array([[0.1, 0.7, -0.3], [1.0, 0.0, 0.0], [0.1, 0.7, -0.3]]))
    found = apart(rows, np.zeros(3, np.int64), np.array([3]), 0.0)
    assert found.taken.tolist() == [True, True, False]
    assert found.nearest.tolist() == [-1, 0, 0]


def test_nothing_comes_of_nothing() -> None:
    none = np.empty((0, 4), np.int16)
    assert not len(apart(none, np.empty(0, np.int64), np.array([3]), 0.1).taken)
    assert not len(farthest_first(none, 3)[0].taken)


def test_vectors_of_the_longest_product_do_not_overflow() -> None:
    rows = unit_vectors(np.ones((2, 768)) * [[1.0], [-1.0]])
    found, reach = farthest_first(np.ascontiguousarray(rows), 2)
    assert found.taken.all() and math.isclose(reach, 2)
