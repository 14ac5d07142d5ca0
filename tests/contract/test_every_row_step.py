"""What holds for every row step, found by the catalog: a new one is held to it without being named here."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from gristmill.contracts import catalog, scans
from gristmill.contracts.step import RowStep
from gristmill.contracts.view import View
from gristmill.records.kinds import Kind
from quality_documents import AWKWARD
from talks import batch_of, talk

STEPS = {name: kind for name in catalog.names("steps") if issubclass(kind := catalog.step(name), RowStep)}
HTML = b"<html><head><title>A mill</title></head><body><article><p>The miller grinds the grain.</p></article></body>"

LARGE = pa.large_string()

every_step = pytest.mark.parametrize("name", STEPS)
Answers = dict[str, list[Any]]


def batch(text: pa.DataType = LARGE) -> pa.RecordBatch:
    """Awkward texts with nulls among them, and every column that a reader may give."""
    texts: list[str | None] = [*AWKWARD[:30], None, "", *AWKWARD[30:], "\x00 odd \ud7ff \U0010ffff", None]
    rows = len(texts)
    return pa.record_batch(
        {
            "rid": pa.array([f"{i:032x}" for i in range(rows)]),
            "id": pa.array([str(i) for i in range(rows)]),
            "source": pa.array(["mill.jsonl"] * rows),
            "position": pa.array(range(rows), pa.int64()),
            "url": pa.array([None if i % 5 == 0 else f"https://mill{i}.example/grain?n={i}" for i in range(rows)]),
            "time": pa.array([None] * rows, pa.timestamp("us", tz="UTC")),
            "text": pa.array(texts, text),
            "metadata": pa.array([None if i % 2 else '{"a": 1}' for i in range(rows)]),
            "language": pa.array([("en", "de", None, "zh", "xx", "und")[i % 6] for i in range(rows)]),
            "payload": pa.array([HTML if i % 3 else None for i in range(rows)], pa.large_binary()),
            "content_type": pa.array(["text/html; charset=utf-8"] * rows),
        }
    )


def batch_for(name: str, text: pa.DataType = LARGE) -> pa.RecordBatch:
    """Records of a kind that the step works on, with the awkward texts in them."""
    kind = STEPS[name].works_on[0]
    if kind == "document":
        return batch(text)
    texts = [*AWKWARD[:30], None, "", *AWKWARD[30:]]
    records = batch_of(kind, [None if given is None else awkward(kind, given) for given in texts])
    return records.set_column(records.schema.get_field_index("text"), "text", records.column("text").cast(text))


def awkward(kind: Kind, text: str) -> dict[str, Any]:
    said = talk("Say it.", text, "Again.", text[::-1])["messages"]
    if kind == "preference":
        sides = [{"messages": said[1:2], "rank": 0, "rating": 3}, {"messages": said[3:], "rank": 1, "rating": 4.5}]
        return {"prompt": said[:1], "completions": sides, "margin": len(text) - 20}
    if kind == "example":
        spans = [{"start": 0, "end": 5, "label": text[:3]}, {"start": 3, "end": 90, "label": "late"}]
        return {
            "input": {"text": text},
            "label": text[:2],
            "spans": spans,
            "options": [text[:2], 7],
            "target": text[::-1],
        }
    return {"messages": said}


def answers(step: RowStep, view: View) -> Answers:
    """Everything a step says of the asked rows: signals, and of an edit the text, columns and failures too."""
    out: Answers = {}
    if step.edits:
        edit = step.edit(view)
        assert len(edit.text) == len(view)
        out["the text"] = edit.text.to_pylist()
        out["the failures"] = [edit.failed.get(i) for i in range(len(view))]
        out |= {f"column {name}": values.to_pylist() for name, values in edit.columns.items()}
        out |= {name: values.to_pylist() for name, values in edit.signals.items()}
        for name, kind in step.adds.items():
            assert edit.columns[name].type == kind
        view = View(edited(view, edit.text), np.arange(len(view)))
        for name, counts in edit.counts.items():
            assert counts.tolist() == getattr(scans, name)(view).tolist()
    out |= {name: values.to_pylist() for name, values in step.measure(view).items()}
    assert all(len(values) == len(view) for values in out.values())
    return out


def edited(view: View, texts: pa.Array) -> pa.RecordBatch:
    rows = view.batch.take(pa.array(view.rows))
    return rows.set_column(rows.schema.get_field_index("text"), "text", texts)


def joined(parts: list[Answers]) -> Answers:
    return {name: [value for part in parts for value in part[name]] for name in parts[0]}


def same(a: Answers, b: Answers) -> bool:
    """Equal to the last bit, nan being equal to nan."""
    return repr(a) == repr(b)


def test_the_catalog_knows_row_steps() -> None:
    assert {"gopher_quality", "c4_quality", "fineweb_quality", "refinedweb_lines", "line_rules"} <= STEPS.keys()


@every_step
def test_it_is_valid_without_settings_and_describes_every_one(name: str) -> None:
    step = STEPS[name]()
    assert step.name() == name
    assert STEPS[name].__doc__
    assert all(info.description for info in STEPS[name].model_fields.values())
    assert STEPS[name].model_validate(step.model_dump()) == step


@every_step
def test_its_rules_bound_declared_signals_within_reach(name: str) -> None:
    step = STEPS[name]()
    signals = {signal.name: signal for signal in step.signals()}
    assert all(signal.description for signal in signals.values())
    for rule in step.rules():
        signal = signals[rule.signal]
        assert rule.low is None or signal.low <= rule.low <= signal.high
        assert rule.high is None or signal.low <= rule.high <= signal.high
        assert not rule.option or rule.option in STEPS[name].model_fields
    assert len({rule.reason for rule in step.rules()}) == len(step.rules())


@every_step
def test_it_gives_the_declared_signals_of_the_declared_types(name: str) -> None:
    step = STEPS[name]()
    view = View(batch_for(name))
    edit = step.edit(view) if step.edits else None
    signals = dict(edit.signals) if edit else {}
    after = View(edited(view, edit.text)) if edit else view
    signals |= step.measure(after)
    assert signals.keys() == {signal.name for signal in step.signals()}
    for signal in step.signals():
        values = signals[signal.name]
        assert values.type == signal.arrow_type, signal.name
        if signal.kind == "spans":
            assert all(0 <= span["start"] < span["stop"] for span in values.flatten().to_pylist())
            continue
        numbers = [value for value in values.to_pylist() if value is not None and signal.kind != "label"]
        assert all(signal.low <= value <= signal.high for value in numbers), signal.name


@every_step
@pytest.mark.parametrize("size", [1, 7])
def test_a_batch_may_be_cut_anywhere(name: str, size: int) -> None:
    step, whole = STEPS[name](), batch_for(name)
    parts = [answers(step, View(whole.slice(at, size))) for at in range(0, len(whole), size)]
    assert same(joined(parts), answers(step, View(whole)))


@every_step
def test_it_takes_an_empty_batch(name: str) -> None:
    assert all(not values for values in answers(STEPS[name](), View(batch_for(name).slice(0, 0))).values())


@every_step
def test_narrow_strings_are_as_good_as_large_ones(name: str) -> None:
    step = STEPS[name]()
    assert same(answers(step, View(batch_for(name, pa.string()))), answers(step, View(batch_for(name))))


@every_step
def test_a_narrowed_view_answers_as_a_fresh_one_of_its_rows(name: str) -> None:
    step, whole = STEPS[name](), batch_for(name)
    rows = np.flatnonzero(np.arange(len(whole)) % 3 != 1)
    view = View(whole)
    answers(step, view)  # leaves its scans behind
    fresh = answers(step, View(whole.take(pa.array(rows))))
    assert same(answers(step, view.narrowed(rows)), fresh)
    assert same(answers(step, View(whole, rows)), fresh)


@every_step
def test_it_answers_twice_alike_and_after_pickling(name: str) -> None:
    step, whole = STEPS[name](), batch_for(name)
    first = answers(step, View(whole))
    assert same(answers(step, View(whole)), first)
    assert same(answers(pickle.loads(pickle.dumps(step)), View(whole)), first)


@every_step
def test_it_leaves_the_batch_as_it_was(name: str) -> None:
    whole, before = batch_for(name), batch_for(name)
    answers(STEPS[name](), View(whole))
    assert whole.equals(before)
