"""A benchmark's records as items: the texts that a leak of each would be made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

from gristmill.decontaminate._benchmark import Benchmark, several
from gristmill.decontaminate._records import Record, records
from gristmill.errors import InputError

_NUMBER = re.compile(r"[0-9]{1,3}", re.ASCII)


class Item(NamedTuple):
    """One item: its id, its question, the answer in full, short answers, and the choices that are wrong."""

    id: str
    question: str
    answer: str
    short_answers: tuple[str, ...]
    others: tuple[str, ...]


def items(name: str, benchmark: Benchmark, root: Path) -> list[Item]:
    """The items of a benchmark, in the order of its files; InputError where a record has not what is asked of it."""
    made: dict[str, Item] = {}
    for item, place in _items(benchmark, root):
        if item.id in made:
            raise InputError(place, f"has the id {item.id!r}, which another item of {name} has too")
        made[item.id] = item
    return list(made.values())


def _items(benchmark: Benchmark, root: Path) -> Iterator[tuple[Item, str]]:
    for record in records(benchmark, root):
        choices = _choices(record, several(benchmark.choices))
        answers = _answers(record, benchmark, choices)
        full = answers[0] if answers else ""
        mark = benchmark.answer_after
        short = tuple(answer.rpartition(mark)[2].strip() for answer in answers if mark in answer) if mark else answers
        identity = f"{Path(record.file).name.partition('.')[0]}:{record.number}"
        if benchmark.id is not None:
            identity = _text(record, benchmark.id)
        question = "\n".join(_text(record, field) for field in several(benchmark.question))
        others = tuple(choice for choice in choices if choice not in answers)
        yield Item(identity, question, full, tuple(filter(None, short)), others), record.place


def _text(record: Record, field: str) -> str:
    value = record.field(field)
    if value is None:
        return ""
    if isinstance(value, str | int | float):
        return str(value)
    raise InputError(record.place, f"the field {field!r} is no text, but {type(value).__name__}")


def _choices(record: Record, fields: tuple[str, ...]) -> tuple[str, ...]:
    """The texts of the choices. A list may lie under the key `text`, as in ARC."""
    if len(fields) != 1:
        return tuple(_text(record, field) for field in fields)
    value = record.field(fields[0])
    if isinstance(value, dict):
        value = value.get("text")
    if not isinstance(value, list):
        raise InputError(record.place, f"the field {fields[0]!r} is no list of choices")
    return tuple(str(choice) for choice in value)


def _answers(record: Record, benchmark: Benchmark, choices: tuple[str, ...]) -> tuple[str, ...]:
    if benchmark.answer is None:
        return ()
    value: Any = record.field(benchmark.answer)
    values = value if isinstance(value, list) else [value]
    if benchmark.answer_is == "text":
        return tuple(str(one) for one in values if one is not None)
    return tuple(choices[_place(record, one, benchmark.answer_is, len(choices))] for one in values)


def _place(record: Record, value: Any, kind: Literal["number", "letter"], choices: int) -> int:
    """Which choice is the right one."""
    text = str(value).strip()
    if kind == "number":
        place = int(text) if _NUMBER.fullmatch(text) else -1
    else:
        place = ord(text.upper()) - ord("A") if len(text) == 1 else -1
    if not 0 <= place < choices:
        raise InputError(record.place, f"the answer {text[:40]!a} is not the {kind} of one of {choices} choices")
    return place
