"""Texts told by what they leave out of older ones are made again as they were."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.build.edited_texts import GONE, WHOLE, as_edited, as_stored
from gristmill.text.flat import flat

Edited = list[tuple[str | None, str | None]]

few = st.text("ab \n\u00e9", max_size=30)
long = st.builds(lambda words, times: " ".join(words) * times, st.lists(few, max_size=8), st.integers(1, 9))


@st.composite
def shortened(draw: st.DrawFn) -> tuple[str, str]:
    """A text, and the same without some stretches."""
    kept = draw(st.lists(st.tuples(long, st.booleans()), max_size=9))
    return "".join(text for text, _ in kept), "".join(text for text, stays in kept if stays)


texts = st.none() | long
edits = st.lists(shortened() | st.tuples(texts, texts), max_size=9)


def stored(rows: Edited) -> dict[str, pa.Array]:
    before, after = (pa.array([row[at] for row in rows], pa.large_string()) for at in (0, 1))
    return as_stored(before, after, flat(before), flat(after))


def plainly(old: str | None, gone: list[int] | None, whole: str | None) -> str | None:
    """The twin: a text without the stretches that are told."""
    if gone is None:
        return whole
    assert old is not None and whole is None
    data = old.encode()
    edges = [0, *gone, len(data)]
    assert edges == sorted(edges)
    assert all(start < stop for start, stop in zip(gone[::2], gone[1::2], strict=True))
    return b"".join(data[start:stop] for start, stop in zip(edges[::2], edges[1::2], strict=True)).decode()


@given(edits)
def test_edited_texts_are_made_again(rows: Edited) -> None:
    told = stored(rows)
    for (old, new), gone, whole in zip(rows, told[GONE].to_pylist(), told[WHOLE].to_pylist(), strict=True):
        assert plainly(old, gone, whole) == new
    before = pa.array([old for old, _ in rows], pa.large_string())
    again = as_edited(before, told[GONE], told[WHOLE])
    again.validate(full=True)
    assert again.to_pylist() == [new for _, new in rows]


@given(edits, st.integers(0, 9), st.integers(0, 9))
def test_some_of_the_rows_are_made_again(rows: Edited, first: int, size: int) -> None:
    told = stored(rows)
    before = pa.array([old for old, _ in rows], pa.large_string())
    some = as_edited(*(column.slice(first, size) for column in (before, told[GONE], told[WHOLE])))
    assert some.to_pylist() == [new for _, new in rows][first : first + size]


def test_lines_that_went_are_no_texts_to_be_stored() -> None:
    lines = [f"This is line {number} of a text that has some more of them." for number in range(40)]
    rows: Edited = [("\n".join(lines), "\n".join(line for k, line in enumerate(lines) if k % 7))]
    told = stored(rows)
    assert told[WHOLE].null_count == 1
    assert len(told[GONE][0].as_py()) == 12


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a" * 100, "a" * 101),  # longer than before
        ("one and two and three", "one & two & three"),  # something else in its place
        ("ab" * 100, "b" * 100),  # so many stretches that they take more than the text
    ],
)
def test_what_is_more_than_a_text_that_has_lost_something_is_stored_whole(old: str, new: str) -> None:
    told = stored([(old, new)])
    assert told[WHOLE].to_pylist() == [new]
    assert told[GONE].to_pylist() == [None]


def test_texts_that_nobody_changed_are_those_before() -> None:
    before = pa.array(["one", "", "two" * 50], pa.large_string())
    told = as_stored(before, before, flat(before), flat(before))
    again = as_edited(before, told[GONE], told[WHOLE])
    assert again.buffers()[2].address == before.buffers()[2].address


def test_a_text_of_which_nothing_was_stored_costs_no_bytes() -> None:
    rows: Edited = [("whole " * 1000, "another"), ("the same " * 1000, "the same " * 1000)]
    assert stored(rows)[WHOLE].buffers()[2].size < 1000
