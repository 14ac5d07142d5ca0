"""Texts cut up into lines and paragraphs, against plain Python."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from gristmill.text.flat import flat
from gristmill.text.pieces import Spans, hash_as_written, hash_simplified, lines, paragraphs

TEXTS = st.lists(st.text(alphabet="ab \n\t\u00a0é日", max_size=30), min_size=1, max_size=5)


def read(texts: list[str], spans: Spans) -> list[list[tuple[str, str]]]:
    """Each piece of each text, whole and bare."""
    data = flat(pa.array(texts, pa.large_string())).data.tobytes()
    whole = [data[a:b].decode() for a, b in zip(spans.starts, spans.stops, strict=True)]
    bare = [data[a:b].decode() for a, b in zip(spans.bare_starts, spans.bare_stops, strict=True)]
    pieces = list(zip(whole, bare, strict=True))
    return [pieces[spans.bounds[row] : spans.bounds[row + 1]] for row in range(len(texts))]


def plain_lines(text: str, least: int) -> list[tuple[str, str]]:
    *cut, last = text.split("\n")
    whole = [*(line + "\n" for line in cut), last]
    return [(line, line.strip()) for line in whole if line.strip() and len(line.strip()) >= least]


def plain_paragraphs(text: str, least: int) -> list[tuple[str, str]]:
    groups: list[list[str]] = []
    *cut, last = text.split("\n")
    blank_before = True
    for line in [*(line + "\n" for line in cut), last]:
        if line.strip() and blank_before:
            groups.append([])
        if groups:
            groups[-1].append(line)
        blank_before = not line.strip()
    joined = ["".join(group) for group in groups]
    return [(whole, whole.strip()) for whole in joined if len(whole.strip()) >= least]


@given(TEXTS, st.integers(1, 4))
@example(["", "\n", "a", "a\n", "\na\n\n b\n c \n \nd"], 1)
def test_lines_are_those_that_are_not_blank_each_with_its_line_feed(texts: list[str], least: int) -> None:
    data, offsets = flat(pa.array(texts, pa.large_string()))
    found = lines(data, offsets, np.arange(len(texts), dtype=np.int64), least)
    assert read(texts, found) == [plain_lines(text, least) for text in texts]


@given(TEXTS, st.integers(1, 4))
@example(["", "\n", "a", "a\n", "\na\n\n b\n c \n \nd"], 1)
def test_paragraphs_are_parted_by_blank_lines_and_go_with_those_behind_them(texts: list[str], least: int) -> None:
    data, offsets = flat(pa.array(texts, pa.large_string()))
    found = paragraphs(data, offsets, np.arange(len(texts), dtype=np.int64), least)
    assert read(texts, found) == [plain_paragraphs(text, least) for text in texts]


def test_equal_pieces_have_equal_hashes_wherever_they_stand() -> None:
    text = "The same line\n  The same line \nthe SAME, line!\n\u2014\nanother"
    data, offsets = flat(pa.array([text], pa.large_string()))
    spans = lines(data, offsets, np.zeros(1, np.int64), 1)
    written = hash_as_written(data, spans.bare_starts, spans.bare_stops)
    assert written[0] == written[1] and len(set(written.tolist())) == 4
    simplified, some = hash_simplified(data, spans.bare_starts, spans.bare_stops)
    assert simplified[0] == simplified[1] == simplified[2] != simplified[4]
    assert some.tolist() == [True, True, True, False, True]
