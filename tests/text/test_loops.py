"""Texts that end in a loop are told from texts that do not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.text.loops import LEAST, LONGEST, TIMES, WINDOW, loops


def measured(*texts: str) -> list[int]:
    data = [text.encode() for text in texts]
    offsets = np.cumsum([0, *map(len, data)]).astype(np.int64)
    return loops(np.frombuffer(b"".join(data), np.uint8), offsets, np.arange(len(data))).tolist()


def plain(text: str) -> int:
    """The same by comparing slices."""
    data = text.encode()
    while data and (data[-1] <= 0x20 or data[-1:] == b"."):
        data = data[:-1]
    data = data[-WINDOW:]
    for period in range(1, min(LONGEST, len(data) // TIMES) + 1):
        size = period
        while size < len(data) and data[-size - 1] == data[-size - 1 + period]:
            size += 1
        letters = sum(
            byte >= 0x80 or 0x61 <= byte | 0x20 <= 0x7A for byte in data[len(data) - min(period, size - period) :]
        )
        if size >= TIMES * period and size >= LEAST and 2 * letters > period:
            return size
    return 0


@pytest.mark.parametrize(
    ("text", "is_loop"),
    [
        ("and then he said " * 6, True),
        ("Begin. " + "真是太好了" * 6, True),
        ("a" * 64, True),
        ("Title\n" + "-" * 200, False),
        ("| | " * 50, False),
        ("ha ha ha", False),
        ("No two words of this sentence stand twice behind each other, and so it is none.", False),
        ("", False),
    ],
)
def test_words_over_and_over_are_a_loop_and_rulers_are_not(text: str, is_loop: bool) -> None:
    assert bool(measured(text)[0]) == is_loop


@given(st.text("ab -", max_size=30), st.text("abc .", min_size=1, max_size=20), st.integers(0, 12))
def test_it_is_what_comparing_slices_finds(before: str, stretch: str, times: int) -> None:
    text = before + stretch * times
    assert measured(text) == [plain(text)]
