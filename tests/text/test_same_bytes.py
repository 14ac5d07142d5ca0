from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.text.same_bytes import same_before, same_from

SOME = st.binary(max_size=200) | st.integers(0, 200).map(lambda size: b"a" * size)


def plain_same(one: bytes, other: bytes) -> int:
    return next((k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


@settings(deadline=None)
@given(SOME, SOME, SOME, SOME, st.data())
def test_bytes_are_counted_up_to_the_first_that_differs_or_the_end_of_a_text(
    before: bytes, shared: bytes, one: bytes, other: bytes, data: st.DataObject
) -> None:
    first, second = before + shared + one, shared + other
    stop, other_stop = (data.draw(st.integers(len(shared), len(text))) for text in (first[len(before) :], second))
    mine, theirs = (np.frombuffer(text, np.uint8) for text in (first, second))
    at = len(before)
    same = same_from(mine, at, at + stop, theirs, 0, other_stop)
    assert same == plain_same(first[at : at + stop], second[:other_stop])


@settings(deadline=None)
@given(SOME, SOME, SOME, SOME, st.data())
def test_bytes_are_counted_back_to_the_last_that_differs_or_the_start_of_a_text(
    behind: bytes, shared: bytes, one: bytes, other: bytes, data: st.DataObject
) -> None:
    first, second = one + shared + behind, other + shared
    start, other_start = (data.draw(st.integers(0, len(text))) for text in (one, other))
    mine, theirs = (np.frombuffer(text, np.uint8) for text in (first, second))
    at, there = len(one + shared), len(second)
    same = same_before(mine, at, start, theirs, there, other_start)
    assert same == plain_same(first[start:at][::-1], second[other_start:there][::-1])
