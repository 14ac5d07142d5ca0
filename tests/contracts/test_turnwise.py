"""Steps that know one text a record work on records of several."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from gristmill.clean.normalise import Normalise
from gristmill.contracts.rules import SPANS, Signal
from gristmill.contracts.step import Edit, RowStep
from gristmill.contracts.turnwise import Of, choices, edit_turns, seen_by
from gristmill.contracts.view import View
from gristmill.records.turns import PICTURE, SEPARATOR
from talks import batch_of, talk

TALKS = [talk("one", "two", "three"), None, talk(), talk("", "Four?"), talk("only")]


def view() -> View:
    return View(batch_of("conversation", TALKS))


def seen(of: Of) -> list[str | None]:
    texts: list[str | None] = seen_by(Shout(), of, view()).batch.column("text").to_pylist()
    return texts


def test_all_is_every_byte_in_its_place() -> None:
    whole = view().batch.column("text").to_pylist()
    assert [text and len(text) for text in seen("all")] == [text and len(text) for text in whole]
    assert seen("all")[0] == "one\n \ntwo\n \nthree"


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        ("user", ["one\n\nthree", None, None, "", "only"]),
        ("assistant", ["two", None, None, "Four?", None]),
        ("first_user", ["one", None, None, "", "only"]),
        ("last_assistant", ["two", None, None, "Four?", None]),
        ("system", [None] * 5),
    ],
)
def test_chosen_turns_are_one_text_and_null_where_there_is_none(of: Of, expected: list[str | None]) -> None:
    assert seen(of) == expected


def test_a_document_is_seen_as_it_is() -> None:
    document = View(pa.record_batch({"text": pa.array(["a"], pa.large_string())}))
    assert seen_by(Shout(), "all", document) is document
    assert choices("document") == ("all",)


def test_lines_that_ask_for_the_same_turns_share_scans() -> None:
    whole = view()
    seen_by(Shout(), "user", whole).cached("scan", lambda: 1)
    assert seen_by(Shout(), "user", whole.narrowed(np.array([0]))).cached("scan", lambda: 2) == 1
    assert seen_by(Shout(), "assistant", whole).cached("scan", lambda: 3) == 3


class Shout(RowStep):
    """Upper case; tells where each text had an `o`, how many, and the share of its bytes."""

    edits: ClassVar[bool] = True
    mode: Literal["shout", "fail", "mark", "nothing"] = "shout"

    def signals(self) -> tuple[Signal, ...]:
        return (
            Signal("count", "count", "letters o"),
            Signal("share", "share", "of the bytes"),
            Signal("first", "label", "the first letter"),
            Signal("spans", "spans", "where"),
        )

    def edit(self, view: View) -> Edit:
        texts = view.column("text")
        assert texts is not None
        counts = pc.count_substring(texts, "o").cast(pa.int64())
        spans = [
            [{"kind": "o", "start": k, "stop": k + 1} for k, letter in enumerate(text) if letter == "o"]
            for text in texts.to_pylist()
        ]
        shouted = {
            "shout": pc.utf8_upper(texts),
            "fail": texts,
            "mark": pa.array(["\x1e"] * len(texts)),
            "nothing": pa.nulls(len(texts), pa.string()),
        }[self.mode]
        return Edit(
            shouted,
            signals={
                "count": counts,
                "share": pc.divide(counts.cast(pa.float64()), pc.max_element_wise(pc.binary_length(texts), 1)),
                "first": pa.array([text[:1] or None for text in texts.to_pylist()]),
                "spans": pa.array(spans, SPANS),
            },
            failed={k: "no" for k, text in enumerate(texts.to_pylist()) if self.mode == "fail" and text == "three"},
        )


def test_an_edit_sees_each_turn_and_its_answers_are_put_together() -> None:
    edit = edit_turns(Shout(), "all", view())
    assert edit.text.to_pylist() == [
        SEPARATOR.join(("ONE", "TWO", "THREE")),
        None,
        "",
        SEPARATOR.join(("", "FOUR?")),
        "ONLY",
    ]
    assert edit.signals["count"].to_pylist() == [2, None, None, 1, 1]
    assert edit.signals["share"].to_pylist() == pytest.approx([2 / 11, None, None, 0.2, 0.25])
    assert edit.signals["first"].to_pylist() == ["o", None, None, "F", "o"]
    whole = view().batch.column("text").to_pylist()
    for text, spans in zip(whole, edit.signals["spans"].to_pylist(), strict=True):
        assert [text[span["start"]] for span in spans or ()] == ["o"] * len(spans or ())


def test_an_edit_of_chosen_turns_leaves_the_others() -> None:
    edit = edit_turns(Shout(), "assistant", view())
    assert edit.text.to_pylist()[0] == SEPARATOR.join(("one", "TWO", "three"))
    assert edit.text.to_pylist()[4] == "only"
    assert edit.signals["count"].to_pylist() == [1, None, None, 1, None]


def test_an_edit_of_some_rows_answers_for_those() -> None:
    edit = edit_turns(Shout(), "all", view().narrowed(np.array([0, 4])))
    assert edit.text.to_pylist() == [SEPARATOR.join(("ONE", "TWO", "THREE")), "ONLY"]


def test_a_turn_that_fails_fails_its_record() -> None:
    assert edit_turns(Shout(mode="fail"), "all", view()).failed == {0: "no"}


def test_no_edit_can_forge_a_separator_or_take_a_turn_away() -> None:
    assert edit_turns(Shout(mode="mark"), "all", view()).text.to_pylist()[3] == SEPARATOR.join((PICTURE, PICTURE))
    assert edit_turns(Shout(mode="nothing"), "all", view()).text.to_pylist()[0] == SEPARATOR * 2


def test_a_shipped_step_cleans_turn_by_turn() -> None:
    told = View(batch_of("conversation", [talk("a\u200b b\r\n", "cafe\u0301")]))
    assert edit_turns(Normalise(), "all", told).text.to_pylist() == [SEPARATOR.join(("a b", "caf\u00e9"))]
