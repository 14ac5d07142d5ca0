"""What is wrong with examples."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError

from gristmill.contracts.rules import broken
from gristmill.contracts.view import View
from gristmill.converse.example_rules import ExampleRules
from talks import batch_of


def measured(*records: dict[str, Any] | None, metadata: str | None = None, **settings: Any) -> dict[str, pa.Array]:
    batch = batch_of("example", records)
    at = batch.schema.get_field_index("metadata")
    batch = batch.set_column(at, "metadata", pa.array([metadata] * len(records), pa.string()))
    return dict(ExampleRules(**settings).measure(View(batch)))


def signals(*records: dict[str, Any] | None, metadata: str | None = None, **settings: Any) -> dict[str, list[Any]]:
    return {name: values.to_pylist() for name, values in measured(*records, metadata=metadata, **settings).items()}


def reasons(*records: dict[str, Any] | None, metadata: str | None = None, **settings: Any) -> list[list[str]]:
    rules = ExampleRules(**settings).rules()
    masks = broken(rules, measured(*records, metadata=metadata, **settings))
    return [[rule.reason for rule, mask in zip(rules, masks, strict=True) if mask[k]] for k in range(len(records))]


def review(label: Any, text: str = "The bread was warm.") -> dict[str, Any]:
    return {"input": {"text": text}, "label": label}


def tagged(*spans: dict[str, Any]) -> dict[str, Any]:
    return {"input": {"text": "Anna mills in Ulm"}, "spans": list(spans)}


def question(answer: str, start: int | None = None) -> dict[str, Any]:
    spans = [] if start is None else [{"start": start, "end": start + len(answer), "label": "answer"}]
    return {"input": {"context": "The mill is in Ulm.", "question": "Where?"}, "target": answer, "spans": spans}


def test_a_sound_example_stays_and_an_unreadable_row_is_not_measured() -> None:
    assert reasons(review("good"), {"input": {"text": "two"}, "target": "zwei"}, None) == [[], [], []]
    assert all(values == [None] for values in signals(None).values())


@pytest.mark.parametrize("given", [{}, {"text": " \n"}, {"text": None}, {"tokens": []}])
def test_an_input_without_anything_is_empty(given: dict[str, Any]) -> None:
    assert reasons({"input": given, "label": 1}) == [["empty_input"]]


def test_a_number_in_the_input_is_something() -> None:
    assert reasons({"input": {"age": 0}, "label": 1}) == [[]]


def test_a_label_must_be_there_unless_there_is_a_target_or_spans() -> None:
    assert reasons(review(None), {"input": {"text": "a"}}, tagged()) == [["missing_label"], ["missing_label"], []]


def test_a_label_of_no_class_is_one() -> None:
    assert reasons(review([]), review(False), review(0)) == [[], [], []]


def test_a_target_has_text() -> None:
    assert reasons({"input": {"text": "a"}, "target": " "}) == [["empty_target"]]


def test_labels_that_are_not_listed_are_unknown() -> None:
    records = review("good"), review("godo"), review(["good", "new", "new"]), review(1)
    told = signals(*records, labels=("good", "bad", "1"))
    assert told["unknown_label"] == [0, 1, 2, 0]
    assert told["evidence"] == [None, "unknown label godo", "unknown label new", None]
    assert signals(*records)["unknown_label"] == [None] * 4


def test_labels_of_spans_are_held_against_the_list_too() -> None:
    record = tagged({"start": 0, "end": 4, "label": "PRE"})
    assert reasons(record, labels=("PER", "LOC")) == [["unknown_label"]]


@pytest.mark.parametrize(("start", "end"), [(-1, 4), (5, 18), (4, 4), (6, 5), ("0", 4), (True, 4), (None, None)])
def test_a_span_lies_in_the_text(start: Any, end: Any) -> None:
    assert reasons(tagged({"start": start, "end": end, "label": "PER"})) == [["span_out_of_range"]]


def test_a_span_that_says_its_text_says_it_rightly() -> None:
    right = {"start": 14, "end": 17, "label": "LOC", "text": "Ulm"}
    assert reasons(tagged(right), tagged({**right, "text": "Köln"})) == [[], ["span_mismatch"]]
    assert signals(tagged({**right, "text": "Köln"}))["evidence"] == ["at 14 stands 'Ulm'"]


def test_spans_count_characters_not_bytes() -> None:
    assert reasons({"input": {"text": "Müße 𝒳"}, "spans": [{"start": 5, "end": 6, "text": "𝒳"}]}) == [[]]


def test_overlapping_spans_are_told_and_stay() -> None:
    record = tagged(*({"start": a, "end": b, "label": "X"} for a, b in ((0, 10), (2, 4), (5, 6), (10, 12))))
    assert signals(record)["overlapping_spans"] == [2]
    assert reasons(record) == [[]]


def test_an_answer_stands_in_its_context() -> None:
    answers = '{"answers": {"text": ["Köln"], "answer_start": [15]}}'
    assert reasons(question("Ulm", 15)) == [[]]
    assert reasons(question("Köln"), metadata=answers) == [["span_mismatch", "answer_not_in_context"]]
    assert signals(question("Köln"))["answer_not_in_context"] == [None], "a free answer need not stand anywhere"


@pytest.mark.parametrize(
    ("label", "options", "answered"),
    [
        ("B", ["flour", "bran"], True),
        ("b", ["flour", "bran"], True),
        ("(B)", ["flour", "bran"], True),
        ("C", ["flour", "bran"], False),
        (1, ["flour", "bran"], True),
        (2, ["flour", "bran"], False),
        ("2", ["flour", "bran"], True),
        ("3", ["flour", "bran"], False),
        (4, [2, 4], True),
        ("bran", ["flour", "bran"], True),
        ("grits", ["flour", "bran"], False),
        ("D", [{"text": "flour", "label": "A"}, {"text": "bran", "label": "D"}], True),
        ("B", [{"text": "flour", "label": "A"}, {"text": "bran", "label": "D"}], False),
        (-1, ["flour", "bran"], False),
        (True, ["no", "yes"], False),
    ],
)
def test_a_label_names_an_option(label: Any, options: list[Any], answered: bool) -> None:
    record = {"input": {"question": "What is left?"}, "label": label, "options": options}
    assert reasons(record) == [[] if answered else ["options_without_answer"]]


def test_repeated_options_are_told() -> None:
    assert signals(review("A") | {"options": ["flour", "bran", "flour"]})["repeated_options"] == [1]


@pytest.mark.parametrize(
    ("label", "text", "told"),
    [
        ("positive", "A positive surprise.", 1),
        ("Positive", "POSITIVE!", 1),
        ("very_good", "It was very good indeed", 1),
        ("positive", "Seropositively so.", 0),
        ("no", "No.", None),
        (1, "1", None),
        ("ab", "ab " * 3, None),
        ("\u0130stanbul", "in \u0130stanbul", 1),
    ],
)
def test_a_label_that_stands_in_the_input_is_told(label: Any, text: str, told: int | None) -> None:
    assert signals(review(label, text))["label_in_input"] == [told]


def test_labels_are_called_alike_whatever_their_type() -> None:
    assert signals(*map(review, ("a", 1, 1.0, 0.5, True, None, ["a", None])))["label"] == [
        *("a", "1", "1", "0.5", "true"),
        *(None, None),
    ]


def test_equal_inputs_have_equal_keys_and_fields_are_told_apart() -> None:
    keys = signals(
        {"input": {"a": "x y", "b": "z"}, "label": 1},
        {"input": {"a": "x  y ", "b": "z"}, "label": 2},
        {"input": {"a": "x", "b": "y z"}, "label": 1},
    )["input_key"]
    assert keys[0] == keys[1] != keys[2]
    renamed, asked = {"input": {"c": "x y", "d": "z"}}, {"input": {"a": "x y", "b": "z"}, "options": ["z"]}
    assert len({keys[0], *signals(renamed, asked)["input_key"]}) == 3


def test_a_check_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValidationError, match="missing_label"):
        ExampleRules(drop=("missing_labels",))  # type: ignore[arg-type]
