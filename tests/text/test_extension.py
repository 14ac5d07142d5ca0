"""Stretches that two texts have in common, against plain Python."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from gristmill.text.extension import Side, extended
from gristmill.text.flat import flat


def around(
    texts: list[str], one: tuple[int, int], other: tuple[int, int], size: int, by_words: bool = False
) -> tuple[str, int, int] | None:
    """The stretch around a pair of places (row, byte), if any: its text, and where it begins in both."""
    data, offsets = flat(pa.array(texts, pa.large_string()))

    def side(at: tuple[int, int]) -> Side:
        return Side(data, offsets[:-1], offsets[1:], np.array([at[0]], np.int64), np.array([at[1]], np.int64))

    pair, (starts, stops, twins) = extended(side(one), np.array([one[1]], np.int64), side(other), size, by_words)
    if not len(pair):
        return None
    text = texts[one[0]].encode()
    return text[starts[0] : stops[0]].decode(), int(starts[0]), int(twins[0])


@given(st.text("ab c", max_size=20), st.text("ab c", max_size=20), st.text("xyz .", min_size=4, max_size=30), st.data())
def test_a_stretch_is_the_same_in_both_texts_and_reaches_as_far_as_words_let_it(
    before: str, after: str, common: str, data: st.DataObject
) -> None:
    texts = [before + common + after, after + common + before]
    at = data.draw(st.integers(0, len(common) - 1))
    got = around(texts, (0, len(before) + at), (1, len(after) + at), 1)
    if got is None:
        return
    text, start, twin = got
    assert texts[0][start : start + len(text)] == texts[1][twin : twin + len(text)] == text
    for place in (start, start + len(text)):
        assert not 0 < place < len(texts[0]) or " " in texts[0][place - 1 : place + 1]


kana = st.text("あい", max_size=90)


@given(kana, kana, kana, kana, kana, st.data())
def test_long_stretches_end_where_the_texts_differ_or_end(
    before: str, after: str, other_before: str, other_after: str, common: str, data: st.DataObject
) -> None:
    one, other = before + common + "い" + after, other_before + common + "い" + other_after
    at, there = len(before), len(other_before)
    move = data.draw(st.integers(0, len(common)))
    begin = end = 0
    while begin < min(at, there) and one[at - begin - 1] == other[there - begin - 1]:
        begin += 1
    while at + end < len(one) and there + end < len(other) and one[at + end] == other[there + end]:
        end += 1
    got = around([one, other], (0, 3 * (at + move)), (1, 3 * (there + move)), 1)
    assert got == (one[at - begin : at + end], 3 * (at - begin), 3 * (there - begin))


def test_a_stretch_is_brought_in_to_whole_words_and_leaves_the_space_before_it() -> None:
    texts = ["xx shared words here yy", "aa shared words here bb"]
    assert around(texts, (0, 5), (1, 5), 10) == ("shared words here ", 3, 3)
    assert around(["unshared words hereto", "reshared words hereby"], (0, 5), (1, 5), 10) == ("words ", 9, 9)


def test_scripts_without_spaces_are_parted_between_characters_and_never_inside_one() -> None:
    texts = ["甲日本語の文章です乙", "丙日本語の文章です丁"]
    assert around(texts, (0, 6), (1, 6), 9) == ("日本語の文章です", 3, 3)
    # U+65E5 and U+65E6 begin with the same two bytes.
    assert around(["日本語旦", "日本語旧"], (0, 0), (1, 0), 3) == ("日本語", 0, 0)


def test_a_stretch_shorter_than_asked_is_none() -> None:
    texts = ["one two three four", "zz two three yy"]
    assert around(texts, (0, 5), (1, 4), 12) is None
    assert around(texts, (0, 5), (1, 4), 11) is not None
    assert around(texts, (0, 5), (1, 4), 3, by_words=True) is None
    assert around(texts, (0, 5), (1, 4), 2, by_words=True) is not None


def test_a_text_may_overlap_itself() -> None:
    text = "ab ab ab ab ab ab"
    assert around([text], (0, 3), (0, 0), 6) == ("ab ab ab ab ab", 3, 0)
