"""Sixty-four code points at a time are written as one after the other is."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gristmill.text.flat import Bytes
from gristmill.text.jit import kernel
from gristmill.text.many_bytes import WIDE
from gristmill.text.many_codes import Codes, decode_lower, places_one_by_one, put_places, spread_lower, where_code

WORDS = st.integers(0, (1 << WIDE) - 1)


@kernel
def spread(source: Bytes, begin: int, numbers: np.uint64, nothing: np.uint64, to: Codes, at: int) -> None:
    spread_lower(source, begin, numbers, nothing, to, at)


@kernel
def decode(source: Bytes, begin: int, numbers: np.uint64, nothing: np.uint64, to: Codes, at: int) -> None:
    decode_lower(source, begin, numbers, nothing, to, at)


@kernel
def equal(codes: Codes, at: int, code: int) -> np.uint64:
    return where_code(codes, at, code)


@kernel
def places(marks: np.uint64, first: int, to: Codes, at: int) -> int:
    return put_places(marks, first, to, at)


@kernel
def places_by_steps(marks: np.uint64, first: int, to: Codes, at: int) -> int:
    return places_one_by_one(marks, first, to, at)


@given(st.binary(min_size=WIDE, max_size=3 * WIDE), WORDS, WORDS, st.integers(0, 2 * WIDE), st.integers(0, 2 * WIDE))
def test_ascii_is_spread_to_code_points_in_lower_case(
    content: bytes, numbers: int, nothing: int, begin: int, at: int
) -> None:
    data = np.frombuffer(content, np.uint8)
    begin = min(begin, len(data) - WIDE)
    to = np.zeros(4 * WIDE, np.uint16)
    spread(data, begin, np.uint64(numbers), np.uint64(nothing), to, at)
    for k, byte in enumerate(content[begin : begin + WIDE]):
        there = byte < 128 and not nothing >> k & 1
        assert to[at + k] == ((0x30 if numbers >> k & 1 else byte | 0x20) if there else 0)
    assert not to[:at].any() and not to[at + WIDE :].any()


@given(WORDS, st.integers(0, 2000), st.integers(0, WIDE))
def test_places_of_bits_are_put_at_once_as_one_by_one(marks: int, first: int, at: int) -> None:
    wanted = [first + k for k in range(WIDE) if marks >> k & 1]
    for put in (places, places_by_steps):
        to = np.zeros(3 * WIDE, np.uint16)
        assert put(np.uint64(marks), first, to, at) == at + len(wanted)
        assert to[at : at + len(wanted)].tolist() == wanted
        assert not to[:at].any() and not to[at + WIDE :].any()


@given(st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]), min_size=1, max_size=WIDE), st.data())
def test_sequences_begin_with_their_code_points(text: str, draw: st.DataObject) -> None:
    begin = draw.draw(st.integers(0, 10))
    data = np.frombuffer(b"x" * begin + text.encode() + bytes(WIDE + 2), np.uint8)
    to = np.zeros(4 * WIDE, np.uint16)
    decode(data, begin, np.uint64(0), np.uint64(0), to, WIDE)
    wanted = []
    for char in text + "\0" * WIDE:
        wanted += [ord(char) if ord(char) > 127 else ord(char) | 0x20] + [0] * (len(char.encode()) - 1)
    assert to[WIDE : 2 * WIDE].tolist() == wanted[:WIDE]
    assert not to[:WIDE].any() and not to[2 * WIDE :].any()
    code = draw.draw(st.sampled_from(wanted))
    assert equal(to, WIDE, code) == sum(1 << k for k in range(WIDE) if wanted[k] == code)
