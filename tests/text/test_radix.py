"""Numbers in order by their digits, against sorting them."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gristmill.text.mixing import mixed
from gristmill.text.radix import ascending_order, once_each, shared_keys

SMALL = st.lists(st.integers(0, 40), max_size=200)
LARGE = st.lists(st.integers(0, (1 << 63) - 1), max_size=60)


@given(SMALL | LARGE)
def test_the_order_is_that_of_a_stable_sort_and_the_numbers_are_left_alone(numbers: list[int]) -> None:
    values = np.array(numbers, np.int64)
    assert ascending_order(values).tolist() == sorted(range(len(numbers)), key=numbers.__getitem__)
    assert values.tolist() == numbers


@given(SMALL | LARGE)
def test_shared_keys_are_those_that_come_twice_whether_they_are_hashes_or_not(numbers: list[int]) -> None:
    for keys in (numbers, [int(mixed(np.uint64(number))) for number in numbers]):
        times = Counter(keys)
        wanted = sorted((key, place) for place, key in enumerate(keys) if times[key] > 1)
        found, places = shared_keys(np.array(keys, np.uint64))
        assert list(zip(found.tolist(), places.tolist(), strict=True)) == wanted


def test_many_keys_of_one_bucket_are_sorted_all_the_same() -> None:
    keys = np.repeat(np.arange(500, dtype=np.uint64)[::-1], 4)
    found, places = shared_keys(keys)
    assert found.tolist() == sorted(keys.tolist())
    assert places.tolist() == np.argsort(keys, kind="stable").tolist()


@given(SMALL | LARGE)
def test_once_each_is_a_sorted_set(numbers: list[int]) -> None:
    assert once_each(np.array(numbers, np.int64)).tolist() == sorted(set(numbers))
