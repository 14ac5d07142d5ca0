"""Find what is wrong with examples: labels missing, unknown or given away, spans and answers that do not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import orjson
import pyarrow as pa
from pydantic import Field

from gristmill.contracts.completions import key_of
from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import RowStep, threshold
from gristmill.contracts.view import View
from gristmill.converse._checks import Found, counted, errors, rules_of
from gristmill.converse._example_checks import CHECKS, ExampleCheck
from gristmill.converse._labels import all_called, called, given_away, names_an_option
from gristmill.converse._spans import of_spans
from gristmill.records.kinds import Kind
from gristmill.records.turns import put_together

Content = dict[str, Any]

_LONGEST_EVIDENCE = 120


class ExampleRules(RowStep):
    """Checks every example: its input, its label or target, its spans and its options.

    A check counts what it finds in a record, and says nothing of one that it does not apply to. Errors drop the record,
    warnings are only told; `drop` says otherwise. `label` and `input_key` in the ledger show how labels are balanced,
    and equal inputs of which the labels differ.
    """

    works_on: ClassVar[tuple[Kind, ...]] = ("example",)
    reads_turns: ClassVar[bool] = True

    drop: tuple[ExampleCheck, ...] = threshold(
        errors(CHECKS), description="Checks whose records go; the others are only told."
    )
    labels: tuple[str, ...] | None = Field(
        None, min_length=1, description="All labels there are, for unknown_label; any label is known unless given."
    )

    def signals(self) -> tuple[Signal, ...]:
        return (
            *(check.signal for check in CHECKS),
            Signal("label", "label", "the label, where it is one class"),
            Signal("labels", "count", "how many labels it has"),
            Signal("input_characters", "count", "characters of all fields of the input"),
            Signal("target_characters", "count", "characters of the target"),
            Signal("evidence", "label", "the first thing that is wrong with its labels, spans or options"),
            Signal("input_key", "label", "a hash of the input and options: equal where they are but for white space"),
        )

    def rules(self) -> tuple[Rule, ...]:
        return rules_of(CHECKS, self.drop)

    def measure(self, view: View) -> Mapping[str, pa.Array]:
        records = list(_examples(view))
        judged = [None if one is None else self._judged(*one) for one in records]
        contents = [None if one is None else one[0] for one in records]
        inputs = [None if one is None else _texts(one) for one in contents]
        targets = [None if one is None else one.get("target") for one in contents]
        return {
            **counted(CHECKS, [one and one[0] for one in judged]),
            "label": pa.array([None if one is None else called(one.get("label")) for one in contents], pa.string()),
            "labels": pa.array(
                [None if one is None else len(all_called(one.get("label"))) for one in contents], pa.int64()
            ),
            "input_characters": pa.array([None if one is None else sum(map(len, one)) for one in inputs], pa.int64()),
            "target_characters": pa.array(
                [len(target) if isinstance(target, str) else None for target in targets], pa.int64()
            ),
            "evidence": pa.array([one and one[1] for one in judged], pa.string()),
            "input_key": pa.array([None if one is None else _key(one) for one in contents], pa.string()),
        }

    def _judged(self, content: Content, metadata: Mapping[str, Any]) -> tuple[Found, str | None]:
        """What was found in one record, and the first thing that is wrong."""
        found, wrong = of_spans(content, metadata)
        given, label, target = content.get("input"), content.get("label"), content.get("target")
        values = list(given.values()) if isinstance(given, dict) else []
        found["empty_input"] = int(all(_is_empty(value) for value in values))
        null = "label" in content and label is None
        found["missing_label"] = int(null or not content.keys() & {"label", "target", "spans"})
        if isinstance(target, str):
            found["empty_target"] = int(not target.strip())
        unknown = self._unknown(content)
        if unknown is not None:
            found["unknown_label"] = len(unknown)
            wrong = wrong or (f"unknown label {unknown[0]}" if unknown else None)
        options = content.get("options")
        if isinstance(options, list):
            found["repeated_options"] = len(options) - len({orjson.dumps(option) for option in options})
            if label is not None and not isinstance(label, list):
                found["options_without_answer"] = int(not names_an_option(label, options))
                if found["options_without_answer"]:
                    wrong = wrong or f"label {called(label)} of {len(options)} options"
        away = None if isinstance(options, list) else given_away(label, _texts(content))
        if away is not None:
            found["label_in_input"] = int(away)
        return found, wrong and _printable(wrong)

    def _unknown(self, content: Content) -> list[str] | None:
        """The labels, or without any those of spans, that are not known; None where there are none to know."""
        if self.labels is None:
            return None
        names = all_called(content.get("label"))
        spans = content.get("spans")
        if not names and isinstance(spans, list):
            names = [str(span["label"]) for span in spans if isinstance(span, dict) and "label" in span]
        return [name for name in names if name not in self.labels] if names else None


def _examples(view: View) -> Iterator[tuple[Content, Mapping[str, Any]] | None]:
    """The example of each asked row, and its other fields; None for a row that has none."""
    columns = [view.column(name) for name in ("text", "content", "metadata")]
    if columns[0] is None or columns[1] is None:
        yield from (None for _ in range(len(view)))
        return
    lists = [[None] * len(view) if column is None else column.to_pylist() for column in columns]
    for text, content, metadata in zip(*lists, strict=True):
        if text is None or content is None:
            yield None
        else:
            free = orjson.loads(metadata) if metadata else {}
            yield put_together("example", text, content), free if isinstance(free, dict) else {}


def _texts(content: Content) -> list[str]:
    given = content.get("input")
    return [value for value in given.values() if isinstance(value, str)] if isinstance(given, dict) else []


def _key(content: Content) -> str:
    """Of all that a model is given: the fields with their names, and the options."""
    given = content.get("input")
    fields = given if isinstance(given, dict) else {}
    said = [value if isinstance(value, str) else orjson.dumps(value).decode() for value in fields.values()]
    options = orjson.dumps(content["options"]).decode() if "options" in content else ""
    return key_of(*fields, *said, options)


def _is_empty(value: object) -> bool:
    return not value.strip() if isinstance(value, str) else value is None or value == []


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text[:_LONGEST_EVIDENCE])
