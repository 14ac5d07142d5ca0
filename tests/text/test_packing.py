"""Packing of documents into rows."""

from __future__ import annotations

import itertools
from collections import deque

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.text.packing import Packing, best_fit, concatenated, one_each, positions

LENGTHS = st.lists(st.integers(0, 40), max_size=120)


def plain_best_fit(lengths: list[int], row_length: int) -> list[list[int]]:
    """Best-fit decreasing as one would say it: of the rows with room the fullest, of those the first to be so full."""
    rows: list[list[int]] = []
    by_room: dict[int, deque[int]] = {}
    for document in sorted(range(len(lengths)), key=lambda one: -lengths[one]):
        length = lengths[document]
        if length == 0:
            continue
        room = min((room for room, held in by_room.items() if held and room >= length), default=None)
        if room is None:
            row, room = len(rows), row_length
            rows.append([])
        else:
            row = by_room[room].popleft()
        rows[row].append(document)
        by_room.setdefault(room - length, deque()).append(row)
    return sorted(sorted(row) for row in rows)


def rows_of(packing: Packing) -> list[list[int]]:
    cuts = packing.rows.tolist()
    documents = packing.documents.tolist()
    return [documents[begin:end] for begin, end in itertools.pairwise(cuts)]


@given(LENGTHS, st.integers(40, 200))
def test_the_kernel_packs_as_plain_python_does(lengths: list[int], row_length: int) -> None:
    assert rows_of(best_fit(np.array(lengths, np.int64), row_length)) == plain_best_fit(lengths, row_length)


@given(st.lists(st.integers(1, 9000), max_size=60), st.sampled_from([9000, 70_000, 300_000]))
def test_long_rows_pack_as_plain_python_does(lengths: list[int], row_length: int) -> None:
    assert rows_of(best_fit(np.array(lengths, np.int64), row_length)) == plain_best_fit(lengths, row_length)


@given(LENGTHS, st.integers(40, 200), st.integers(1, 50))
def test_windows_are_packed_each_for_itself(lengths: list[int], row_length: int, window: int) -> None:
    expected = []
    for first in range(0, len(lengths), window):
        own = plain_best_fit(lengths[first : first + window], row_length)
        expected += [[first + one for one in row] for row in own]
    assert rows_of(best_fit(np.array(lengths, np.int64), row_length, window)) == expected


@given(LENGTHS, st.integers(1, 90))
def test_a_stream_is_cut_at_every_row_and_loses_no_token(lengths: list[int], row_length: int) -> None:
    packing = concatenated(np.array(lengths, np.int64), row_length)
    tokens = [(document, place) for document, length in enumerate(lengths) for place in range(length)]
    found = [
        (document, begin + place)
        for document, begin, length in zip(
            packing.documents.tolist(), packing.begins.tolist(), packing.lengths.tolist(), strict=True
        )
        for place in range(length)
    ]
    assert found == tokens
    filled = packing.row_lengths.tolist()
    assert all(length == row_length for length in filled[:-1])
    assert sum(filled) == len(tokens)


@given(LENGTHS)
def test_positions_begin_anew_with_each_document(lengths: list[int]) -> None:
    expected = [place for length in lengths for place in range(length)]
    assert positions(np.array(lengths, np.int64)).tolist() == expected


def test_a_document_of_a_rows_length_fills_a_row() -> None:
    packing = best_fit(np.array([8, 3, 8, 5]), 8)
    assert rows_of(packing) == [[0], [1, 3], [2]]
    assert packing.efficiency(8) == 1.0


def test_a_document_longer_than_a_row_is_named() -> None:
    with pytest.raises(ValueError, match="document 1 has 9 tokens, and a row holds 8"):
        best_fit(np.array([8, 9]), 8)
    with pytest.raises(ValueError, match="document 1 has 9 tokens"):
        one_each(np.array([8, 9]), 8)


def test_documents_without_tokens_stand_in_no_row() -> None:
    assert rows_of(best_fit(np.array([0, 2, 0]), 4)) == [[1]]
    assert rows_of(one_each(np.array([0, 2, 0, 1]), 4)) == [[1], [3]]


def test_no_documents_make_no_rows() -> None:
    none = np.empty(0, np.int64)
    for packing in (best_fit(none, 8), concatenated(none, 8), one_each(none, 8)):
        assert packing.rows.tolist() == [0]
        assert packing.efficiency(8) == 1.0


@pytest.mark.parametrize("length", [0, -1, 1 << 24])
def test_a_row_length_out_of_range_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="a row holds from 1"):
        best_fit(np.array([1]), length)
