"""What holds for every step that cuts pieces by the whole corpus, found by the catalog."""

from __future__ import annotations

import pickle

import numpy as np
import pyarrow as pa
import pytest

from gristmill.contracts import catalog
from gristmill.contracts.pieces import PieceStep
from gristmill.contracts.view import View
from quality_documents import AWKWARD

STEPS = {name: kind for name in catalog.names("steps") if issubclass(kind := catalog.step(name), PieceStep)}
REPEATED = "A line that comes again, and is long enough that every one of these steps has a piece of it. " * 5
TEXTS: list[str | None] = [*AWKWARD, None, "", REPEATED, "before\n" + REPEATED + "\nafter", "\x00 odd \U0010ffff"]

every_step = pytest.mark.parametrize("name", STEPS)
Answer = list[tuple[int, int, int, int]]


def batch(kind: pa.DataType | None = None) -> pa.RecordBatch:
    urls = [None if k % 4 == 0 else f"https://mill{k % 3}.example/{k}" for k in range(len(TEXTS))]
    return pa.record_batch({"text": pa.array(TEXTS, kind or pa.large_string()), "url": pa.array(urls)})


def answer(step: PieceStep, view: View) -> Answer:
    """The pieces: row, key, start, stop."""
    found = step.pieces(view)
    columns = (found.rows, found.keys, found.starts, found.stops)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_the_catalog_knows_them() -> None:
    assert {"duplicate_lines", "duplicate_paragraphs", "duplicate_spans"} <= STEPS.keys()


@every_step
def test_pieces_ascend_lie_in_their_text_and_cut_no_character(name: str) -> None:
    found = answer(STEPS[name](), View(batch()))
    assert found
    for row, _, start, stop in found:
        text = (TEXTS[row] or "").encode()
        assert 0 <= start < stop <= len(text)
    places = [(row, start) for row, _, start, _ in found]
    assert places == sorted(set(places))


@every_step
def test_they_do_not_depend_on_where_a_batch_is_cut_or_on_who_is_asked(name: str) -> None:
    step = STEPS[name]()
    whole = answer(step, View(batch()))
    for at in (0, 1, len(TEXTS) // 2, len(TEXTS)):
        left, right = batch().slice(0, at), batch().slice(at)
        joined = answer(step, View(left)) + [(row + at, *rest) for row, *rest in answer(step, View(right))]
        assert joined == whole
    few = np.arange(1, len(TEXTS), 3, dtype=np.int64)
    assert answer(step, View(batch(), few)) == [one for one in whole if one[0] in set(few.tolist())]
    assert answer(step, View(batch(pa.string()))) == whole
    assert answer(pickle.loads(pickle.dumps(step)), View(batch())) == whole


@every_step
def test_links_are_of_pieces_that_share_a_key_the_later_one_first(name: str) -> None:
    step = STEPS[name]()
    keys = np.array([1, 1, 1, 2, 3, 3], np.uint64)
    rows = np.array([0, 5, 9, 2, 1, 4], np.int64)
    cut, twin = step.link(keys, rows)
    assert len(cut) == len(twin) > 0
    for one, other in zip(cut.tolist(), twin.tolist(), strict=True):
        assert keys[one] == keys[other] and rows[other] < rows[one]


@every_step
def test_texts_with_nothing_to_cut_stay_as_they_are(name: str) -> None:
    edit = STEPS[name]().edit(View(batch()))
    assert edit.text.to_pylist() == TEXTS
    assert set(edit.signals["cuts"].to_pylist()) == {0}
