"""A word is recalled with the rows that were put there, or not at all."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.text.flat import Bytes
from gristmill.text.jit import kernel
from gristmill.text.sixteen_numbers import Bits, Ints
from gristmill.text.word_memo import (
    LONGEST,
    WIDTH,
    Memo,
    is_marked,
    key_hash,
    memo,
    recalled,
    remember,
    slot_of,
    word_key,
    word_marks,
)


@kernel
def key(data: Bytes, at: int, size: int) -> tuple[np.uint64, np.uint64]:
    return word_key(data, at, size)


@kernel
def recall(known: Memo, data: Bytes, at: int, size: int, rows: Ints, held: int) -> int:
    first, second = word_key(data, at, size)
    return recalled(known, slot_of(key_hash(first, second)), first, second, rows, held)


@kernel
def keep(known: Memo, data: Bytes, rows: Ints, begin: int, end: int) -> None:
    first, second = word_key(data, 0, len(data))
    remember(known, slot_of(key_hash(first, second)), first, second, rows, begin, end)


@kernel
def marked(marks: Bits, data: Bytes) -> bool:
    return is_marked(marks, key_hash(*word_key(data, 0, len(data))))


def flat(word: bytes) -> Bytes:
    return np.frombuffer(word, np.uint8)


@given(st.binary(min_size=1, max_size=40), st.data())
def test_a_word_is_its_bytes(data: bytes, draw: st.DataObject) -> None:
    at = draw.draw(st.integers(0, len(data) - 1))
    size = draw.draw(st.integers(1, min(LONGEST, len(data) - at)))
    first, second = key(flat(data), at, size)
    assert int(first) | int(second) << 64 == int.from_bytes(data[at : at + size], "little")


words = st.text("abcdé", min_size=1, max_size=8).map(str.encode)
rows = st.lists(st.integers(0, 65535), max_size=WIDTH + 2)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(words, rows, min_size=1, max_size=60))
def test_what_is_recalled_was_put_there(known: dict[bytes, list[int]]) -> None:
    met = memo()
    for word, own in known.items():
        keep(met, flat(word), np.array([5, *own, 6], np.int32), 1, 1 + len(own))
        out = np.full(2 + WIDTH, -1, np.int32)
        count = recall(met, flat(b"<" + word + b">"), 1, len(word), out, 2)
        assert count == (len(own) if len(own) < WIDTH else -1)
        assert out[: 2 + max(count, 0)].tolist() == [-1, -1, *own[: max(count, 0)]]
    found = 0
    for word, own in known.items():
        out = np.empty(WIDTH, np.int32)
        count = recall(met, flat(word), 0, len(word), out, 0)
        found += count >= 0
        assert count in (-1, len(own))
        assert count < 0 or out[:count].tolist() == own
    assert found or all(len(own) >= WIDTH for own in known.values())
    assert recall(met, flat(b"never met"), 0, 9, np.empty(WIDTH, np.int32), 0) == -1


@given(st.lists(st.binary(min_size=1, max_size=LONGEST + 4).filter(lambda word: 0 not in word), min_size=1))
def test_words_are_marked(words: list[bytes]) -> None:
    marks = word_marks(flat(b"".join(words)), np.cumsum([0, *map(len, words)]))
    assert all(marked(marks, flat(word)) for word in words if len(word) <= LONGEST)
    assert sum(int(word).bit_count() for word in marks) <= sum(len(word) <= LONGEST for word in words)
