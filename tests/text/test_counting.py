"""Words are counted as they are split, however long a text is and whatever stands behind it."""

from __future__ import annotations

import re

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from gristmill.text.counting import count_words
from gristmill.text.flat import flat

some = st.text(alphabet="ab é日😀\t\n\x00\x1f!\x7f\x85", max_size=90)
texts = st.one_of(some, st.lists(some, max_size=4).map("".join))


@given(st.lists(texts, max_size=6), st.integers(0, 2))
def test_words_are_what_stands_between_white_space_and_controls(rows: list[str], cut: int) -> None:
    whole = flat(pa.array(rows, pa.large_string()).slice(cut))
    expected = [len(re.findall(rb"[^\x00-\x20]+", row.encode())) for row in rows[cut:]]
    assert count_words(whole.data, whole.offsets).tolist() == expected
