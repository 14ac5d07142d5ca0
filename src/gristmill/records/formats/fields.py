"""Rows of input fields with a label or a target: classification, multiple choice, code and text tasks, plain text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from gristmill.records.formats.exchange import text_field
from gristmill.records.formats.format import (
    Content,
    Evidence,
    Format,
    Kind,
    Reading,
    Row,
    UnreadableRowError,
    UnwritableRecordError,
    Written,
)
from gristmill.records.formats.identity import others, put_id, row_id
from gristmill.records.formats.messages import a
from gristmill.records.formats.shape import FLAG, LISTS, NULL, NUMBER, NUMBERS, STRINGS, TEXTS, Shape
from gristmill.records.formats.writing import add_metadata, text_of


@dataclass(frozen=True)
class Layout:
    """Which fields of a row are input, label, target and options. An input that `may_lack` is optional."""

    inputs: tuple[str, ...]
    label: str | None = None
    target: str | None = None
    options: str | None = None
    may_lack: tuple[str, ...] = ()
    id: str = "id"


def plain_label(value: Any, field: str) -> Any:
    """A label as a class: NaN is null, and a list holds plain values."""
    if isinstance(value, float) and value != value:
        return None
    if isinstance(value, list):
        return [plain_label(item, field) for item in value]
    if value is not None and not isinstance(value, (str, int, float)):
        raise UnreadableRowError(f"`{field}` is {a(value)}; a text, a number or a list of them is wanted")
    return value


def read(layout: Layout, row: Row) -> Reading:
    given = {field: text_field(row, field) for field in layout.inputs}
    given.update((field, text_field(row, field)) for field in layout.may_lack if row.get(field) is not None)
    content: Content = {"input": given}
    if layout.label is not None:
        if layout.label not in row:
            raise UnreadableRowError(f"there is no `{layout.label}`")
        content["label"] = plain_label(row[layout.label], layout.label)
    if layout.target is not None:
        content["target"] = text_field(row, layout.target)
    if layout.options is not None:
        options = row.get(layout.options)
        if not isinstance(options, list) or not options:
            raise UnreadableRowError(
                f"`{layout.options}` is {'empty' if options == [] else a(options)}; a list is wanted"
            )
        content["options"] = options
    ours = {*layout.inputs, *layout.may_lack, layout.label, layout.target, layout.options, layout.id}
    metadata = others(row, {key for key in ours if key is not None})
    return Reading(content, metadata, row_id(row, metadata, layout.id))


def write(layout: Layout, content: Content, metadata: Mapping[str, Any], id: str | None) -> Written:
    lost: list[str] = []
    row: Row = {}
    put_id(row, id, metadata, layout.id)
    given = content["input"]
    for field in layout.inputs:
        if field not in given:
            raise UnwritableRecordError(f"the input has no `{field}`")
    for field, value in given.items():
        if field in layout.inputs or field in layout.may_lack:
            row[field] = value
        else:
            lost.append(f"the input `{field}`")
    parts = (("label", layout.label), ("target", layout.target), ("options", layout.options))
    held = {"input"}
    for part, name in parts:
        if name is not None:
            if part not in content:
                raise UnwritableRecordError(f"there is no {part}")
            row[name] = content[part]
            held.add(part)
    lost.extend(key for key in content if key not in held)
    add_metadata(row, metadata, lost, (), layout.may_lack)
    return Written(row, tuple(lost))


_LABELS = (NUMBER, FLAG, NULL, TEXTS, NUMBERS, *STRINGS)


def _recognise(layout: Layout, weight: int, shape: Shape) -> Evidence | None:
    texts = [*layout.inputs, *([layout.target] if layout.target else [])]
    if not all(shape.get(field) in STRINGS for field in texts):
        return None
    if layout.label is not None and shape.get(layout.label) not in _LABELS:
        return None
    if layout.options is not None and shape.get(layout.options) not in (TEXTS, NUMBERS, LISTS):
        return None
    fields = [*texts, *(field for field in (layout.options, layout.label) if field)]
    return Evidence(f"there are {', '.join(f'`{field}`' for field in fields)}", weight)


def _format(name: str, title: str, layout: Layout, weight: int, kind: Kind = "example") -> Format:
    keys = tuple(key for key in (*layout.inputs, layout.target, layout.options, layout.label) if key)
    return Format(
        name, kind, title, keys, partial(_recognise, layout, weight), partial(read, layout), partial(write, layout)
    )


_ONE = ("text", "sentence", "content", "review")
_TWO = (("premise", "hypothesis"), ("sentence1", "sentence2"), ("question1", "question2"), ("text1", "text2"))
_CLASSES = ("label", "labels", "sentiment", "target", "class", "category", "intent")


def _classification() -> list[Format]:
    made = []
    for inputs, weight in [*(((text,), 9) for text in _ONE), *((pair, 12) for pair in _TWO)]:
        for n, label in enumerate(_CLASSES):
            name = (
                "classification"
                if (inputs, label) == (("text",), "label")
                else f"classification_{'_'.join((*inputs, label))}"
            )
            title = f"Classification: {' and '.join(f'`{field}`' for field in inputs)} with `{label}`"
            made.append(_format(name, title, Layout(inputs, label), weight if n == 0 else weight - 1))
    return made


def _read_lettered(row: Row) -> Reading:
    """MMLU's columns: the options stand in A to D (and on), the answer is a letter."""
    letters = [letter for letter in "ABCDEFGHIJ" if isinstance(row.get(letter), str)]
    if len(letters) < 2 or letters != list("ABCDEFGHIJ"[: len(letters)]):
        raise UnreadableRowError("the options do not stand in `A`, `B` and on without a gap")
    content: Content = {"input": {"question": text_field(row, "question")}}
    answer = plain_label(row.get("answer"), "answer")
    content["label"] = answer
    content["options"] = [row[letter] for letter in letters]
    metadata = others(row, {"question", "answer", "id", *letters})
    return Reading(content, metadata, row_id(row, metadata))


def _write_lettered(content: Content, metadata: Mapping[str, Any], id: str | None) -> Written:
    options = content.get("options", [])
    if not 2 <= len(options) <= 10 or "question" not in content["input"] or "label" not in content:
        raise UnwritableRecordError("there is no question with 2 to 10 options and an answer")
    lost = [f"the input `{field}`" for field in content["input"] if field != "question"]
    lost.extend(key for key in content if key not in ("input", "label", "options"))
    row: Row = {}
    put_id(row, id, metadata)
    row["question"] = content["input"]["question"]
    row.update(zip("ABCDEFGHIJ", options, strict=False))
    row["answer"] = content["label"]
    add_metadata(row, metadata, lost)
    return Written(row, tuple(lost))


def _recognise_lettered(shape: Shape) -> Evidence | None:
    if all(shape.get(key) in STRINGS for key in ("question", "A", "B", "answer")):
        return Evidence("there are `question`, the options `A`, `B` and on, and `answer`", 34)
    return None


def _read_arc(row: Row) -> Reading:
    choices = row.get("choices")
    if not isinstance(choices, dict) or not isinstance(choices.get("text"), list):
        raise UnreadableRowError("`choices` is no object with the list `text`")
    names = choices.get("label")
    if not isinstance(names, list) or len(names) != len(choices["text"]):
        raise UnreadableRowError("`choices` has not as many `label` as `text`")
    content: Content = {"input": {"question": text_field(row, "question")}}
    content["label"] = plain_label(row.get("answerKey"), "answerKey")
    content["options"] = [{"text": text, "label": name} for text, name in zip(choices["text"], names, strict=True)]
    metadata = others(row, {"question", "choices", "answerKey", "id"})
    return Reading(content, metadata, row_id(row, metadata))


def _write_arc(content: Content, metadata: Mapping[str, Any], id: str | None) -> Written:
    options = content.get("options")
    if not options or not all(isinstance(o, dict) and set(o) == {"text", "label"} for o in options):
        raise UnwritableRecordError("there are no options with a text and a label each")
    if "question" not in content["input"]:
        raise UnwritableRecordError("the input has no `question`")
    lost = [f"the input `{field}`" for field in content["input"] if field != "question"]
    lost.extend(key for key in content if key not in ("input", "label", "options"))
    row: Row = {}
    put_id(row, id, metadata)
    row["question"] = content["input"]["question"]
    row["choices"] = {"text": [o["text"] for o in options], "label": [o["label"] for o in options]}
    row["answerKey"] = content.get("label")
    add_metadata(row, metadata, lost)
    return Written(row, tuple(lost))


def _recognise_arc(shape: Shape) -> Evidence | None:
    kind = shape.get("choices")
    if (
        shape.get("question") in STRINGS
        and "answerKey" in shape
        and kind is not None
        and {"text", "label"} <= kind.keys
    ):
        return Evidence("`choices` has `text` and `label`, and there is `answerKey`", 34)
    return None


def _read_text(row: Row) -> Reading:
    metadata = others(row, {"text", "id"}) if len(row) > 1 else {}
    messages = [{"role": "assistant", "content": text_field(row, "text")}]
    return Reading({"messages": messages}, metadata, row_id(row, metadata))


def _write_text(content: Content, metadata: Mapping[str, Any], id: str | None) -> Written:
    messages = content["messages"]
    if [m["role"] for m in messages] != ["assistant"]:
        raise UnwritableRecordError("a plain text holds one text of the assistant; a conversation needs a template")
    lost: list[str] = []
    row: Row = {}
    put_id(row, id, metadata)
    row["text"] = text_of(messages[0], lost, "the text")
    if content.get("tools"):
        lost.append("tools")
    add_metadata(row, metadata, lost)
    return Written(row, tuple(lost))


def _recognise_text(shape: Shape) -> Evidence | None:
    return Evidence("there is `text`, and nothing else that is known", 2) if shape.get("text") in STRINGS else None


_CHOICE = Layout(("question",), "answer", options="choices", may_lack=("context", "passage"))
FORMATS = (
    *_classification(),
    _format("multiple_choice", "Multiple choice (question, choices, answer)", _CHOICE, 30),
    _format(
        "multiple_choice_options",
        "Multiple choice (question, options, answer)",
        Layout(("question",), "answer", options="options", may_lack=("context",)),
        30,
    ),
    _format("endings", "Sentence completion (ctx, endings, label)", Layout(("ctx",), "label", options="endings"), 30),
    Format(
        "multiple_choice_letters",
        "example",
        "Multiple choice in columns (question, A to D, answer)",
        ("question", "A", "B", "answer"),
        _recognise_lettered,
        _read_lettered,
        _write_lettered,
    ),
    Format(
        "multiple_choice_keyed",
        "example",
        "Multiple choice with lettered choices (ARC)",
        ("question", "choices", "answerKey"),
        _recognise_arc,
        _read_arc,
        _write_arc,
    ),
    _format("input_target", "An input and its target text", Layout(("input",), target="target"), 16),
    _format("text_code", "A task in words and its code (MBPP)", Layout(("text",), target="code", id="task_id"), 16),
    _format(
        "humaneval",
        "HumanEval (prompt, canonical_solution)",
        Layout(("prompt",), target="canonical_solution", id="task_id"),
        28,
    ),
    _format("translation_pair", "A source text and its target text", Layout(("source",), target="target"), 16),
    Format(
        "text",
        "conversation",
        "TRL language modelling, plain text",
        ("text",),
        _recognise_text,
        _read_text,
        _write_text,
    ),
)
