"""How steps that know one text a record work on records of several: on some of their turns, or turn by turn.

A step that measures or compares sees the turns that its line asks for (`of: assistant`) as one text. A step that edits
sees each turn as a text of its own, and its answers are put together again: no edit reaches beyond its turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Self, get_args

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.contracts.rules import SPANS, Signal
from gristmill.contracts.step import Edit, RowStep, Step
from gristmill.contracts.view import Rows, Scans, View
from gristmill.records.kinds import Kind
from gristmill.records.turns import (
    ASSISTANT,
    CALL,
    CHOSEN,
    INPUT,
    MARK,
    PICTURE,
    REASONING,
    REJECTED,
    RESULT,
    SEPARATOR,
    SYSTEM,
    TARGET,
    USER,
)

LARGE = pa.large_string()
_SEPARATOR = pa.scalar(SEPARATOR, LARGE)

Of = Literal[
    "all",
    "system",
    "user",
    "assistant",
    "reasoning",
    "tool",
    "first_user",
    "last_assistant",
    "prompt",
    "chosen",
    "rejected",
    "responses",
    "input",
    "target",
]
"""Turns of a record that a line may ask for."""

_ANSWERS = ASSISTANT + REASONING + CALL + CHOSEN + REJECTED + TARGET
_TALK = SYSTEM + USER + ASSISTANT + REASONING + CALL + RESULT


@dataclass(frozen=True, slots=True)
class _Choice:
    kinds: tuple[Kind, ...]
    roles: str
    end: Literal["", "first", "last"] = ""


_CHOICES: Mapping[Of, _Choice] = {
    "system": _Choice(("conversation", "preference"), SYSTEM),
    "user": _Choice(("conversation", "preference"), USER),
    "assistant": _Choice(("conversation", "preference"), ASSISTANT),
    "reasoning": _Choice(("conversation", "preference"), REASONING),
    "tool": _Choice(("conversation", "preference"), CALL + RESULT),
    "first_user": _Choice(("conversation", "preference"), USER, "first"),
    "last_assistant": _Choice(("conversation", "preference"), ASSISTANT, "last"),
    "prompt": _Choice(("preference",), _TALK),
    "chosen": _Choice(("preference",), CHOSEN),
    "rejected": _Choice(("preference",), REJECTED),
    "responses": _Choice(("preference",), CHOSEN + REJECTED),
    "input": _Choice(("example",), INPUT),
    "target": _Choice(("example",), TARGET),
}


def choices(kind: Kind) -> tuple[Of, ...]:
    """What the lines of a recipe may ask for in records of this kind."""
    return tuple(of for of in get_args(Of) if of == "all" or kind in _CHOICES[of].kinds)


def seen_by(step: Step, of: Of, view: View) -> View:
    """The view that a measuring or comparing step gets: the chosen turns of each record as one text.

    Null where a record has none of them. With `all`, a byte of the text stands where it stands in the whole: the mark
    in the separators becomes a space.
    """
    if "roles" not in view.batch.schema.names or step.reads_turns:
        return view
    if of == "all":
        return view.reading(of, lambda: pc.replace_substring(view.batch.column("text"), MARK, " "))
    return view.reading(of, lambda: _chosen(view, _CHOICES[of]))


@dataclass(frozen=True, slots=True)
class Turns:
    """The turns of some rows: the list of each row, and beside its values the row (counted) and the role of each."""

    lists: pa.ListArray
    texts: pa.Array
    rows: npt.NDArray[np.int64]
    roles: npt.NDArray[np.uint8]

    def of(self, letters: str) -> npt.NDArray[np.int64]:
        """The places of the turns of some roles, among all."""
        return np.flatnonzero(np.isin(self.roles, np.frombuffer(letters.encode(), np.uint8)))


def turns_of(view: View, rows: npt.NDArray[np.int64] | None = None) -> Turns:
    """The turns of the asked rows, or of rows of the whole batch."""
    text, roles = view.batch.column("text"), view.batch.column("roles")
    if rows is not None:
        text, roles = text.take(pa.array(rows)), roles.take(pa.array(rows))
    # A record without any text has no turn, but its text splits into one.
    lists = pc.split_pattern(pc.if_else(pc.equal(roles, ""), None, text), SEPARATOR)
    letters = np.frombuffer(
        "".join(pc.fill_null(pc.if_else(pc.is_valid(lists), roles, ""), "").to_pylist()).encode(), np.uint8
    )
    parents = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False)
    if len(letters) != len(parents):
        raise ValueError(f"{len(parents)} texts were found where {len(letters)} are known of")
    return Turns(lists, lists.flatten(), parents, letters)


def _chosen(view: View, choice: _Choice) -> pa.Array:
    found = turns_of(view)
    mine = found.of(choice.roles)
    rows = found.rows[mine]
    if choice.end and len(mine):
        other = np.diff(rows) != 0
        keep = np.append(other, True) if choice.end == "last" else np.insert(other, 0, True)
        mine = mine[keep]
    return _joined(view, found, mine)


def _joined(view: View, found: Turns, mine: npt.NDArray[np.int64]) -> pa.Array:
    """Some turns of each record as one text; null where it has none of them."""
    counts = np.bincount(found.rows[mine], minlength=len(view.batch))
    offsets = np.insert(np.cumsum(counts), 0, 0).astype(np.int32)
    lists = pa.ListArray.from_arrays(pa.array(offsets), found.texts.take(pa.array(mine)), mask=pa.array(counts == 0))
    return pc.binary_join(lists, pa.scalar("\n\n", LARGE))


def _nothing(view: View) -> pa.Array:
    return pa.nulls(len(view.batch), LARGE)


def asked(view: View) -> View:
    """The rows, each with what stands before its first answer as its text; null where that is nothing, or where a
    record is one text."""

    def before() -> pa.Array:
        found = turns_of(view)
        answers = np.isin(found.roles, np.frombuffer(_ANSWERS.encode(), np.uint8))
        counts = np.bincount(found.rows, answers, len(view.batch))
        others = np.cumsum(counts) - counts  # answers of the records before
        return _joined(view, found, np.flatnonzero(np.cumsum(answers) == others[found.rows]))

    return view.reading("asked", before if "roles" in view.batch.schema.names else lambda: _nothing(view))


def answered(view: View) -> View:
    """The rows, each with its answer as its text: the last one, the chosen one, or the target."""

    def last() -> pa.Array:
        return _chosen(view, _Choice(("conversation", "preference", "example"), ASSISTANT + CHOSEN + TARGET, "last"))

    return view.reading("answered", last if "roles" in view.batch.schema.names else lambda: _nothing(view))


def edit_turns(step: RowStep, of: Of, view: View) -> Edit:
    """`step.edit` on each chosen turn of the asked rows, put together: an entry for each row.

    A signal of a record is the sum of its turns' where it counts, their mean by bytes where it is a share or number,
    the first that is known where it is a label, and all of them, moved to their places, where it is a list of spans. A
    turn of which nothing could be made is empty.
    """
    found = turns_of(view, view.rows)
    mine = np.arange(len(found.roles)) if of == "all" else found.of(_CHOICES[of].roles)
    rows = found.rows[mine]
    before = found.texts.take(pa.array(mine))
    roles = pa.array([chr(letter) for letter in found.roles[mine].tolist()], pa.string())
    known = view.cached(("turns", of), _TurnScans)
    turns = View(_as_records(view, rows, before, roles), scans=known.of(view.rows[rows]))
    edit = step.edit(turns)
    known.turns = turns
    texts = _back(found.texts, mine, pc.fill_null(edit.text.cast(LARGE), ""))
    length = len(view.rows)
    lists = pa.ListArray.from_arrays(found.lists.offsets, texts, mask=pc.is_null(found.lists))
    joined = pc.binary_join(lists, _SEPARATOR)
    whole = view.batch.column("text").take(pa.array(view.rows))
    kinds = {signal.name: signal for signal in step.signals()}
    starts = _starts(found, mine)
    return Edit(
        pc.coalesce(joined, whole.cast(LARGE)),
        {name: _first(values, rows, length) for name, values in edit.columns.items()},
        {name: _of_rows(kinds[name], values, rows, length, before, starts) for name, values in edit.signals.items()},
        {int(rows[turn]): sentence for turn, sentence in sorted(edit.failed.items(), reverse=True)},
    )


@dataclass(slots=True)
class _TurnScans:
    """Scans of turns, which outlive an edit where those of texts would: in records whose text stays."""

    records: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))  # of each turn
    scans: Scans = field(default_factory=dict)
    turns: View | None = None

    def of(self, records: npt.NDArray[np.int64]) -> Scans:
        """What is known of the turns of some records, of which these are all or none."""
        if not np.array_equal(records, self.records):
            self.records, self.scans = records, {}
        return self.scans

    def without(self, rows: Rows) -> Self:
        scans = self.turns.lasting(np.flatnonzero(np.isin(self.records, rows))) if self.turns else {}
        return type(self)(self.records, scans)


def _as_records(view: View, rows: npt.NDArray[np.int64], texts: pa.Array, roles: pa.Array) -> pa.RecordBatch:
    """A row for each turn: the columns of its record, its own text, and in `role` the letter of its role."""
    batch = view.batch.drop_columns(["text", "content", "roles"]).take(pa.array(view.rows[rows]))
    return batch.append_column("text", texts).append_column("role", roles)


def _back(texts: pa.Array, mine: npt.NDArray[np.int64], new: pa.Array) -> pa.Array:
    if pc.any(pc.match_substring(new, MARK)).as_py():
        new = pc.replace_substring(new, MARK, PICTURE)
    if len(mine) == len(texts):
        return new
    index = np.arange(len(texts))
    index[mine] = len(texts) + np.arange(len(mine))
    return pa.concat_arrays([texts, new]).take(pa.array(index))


def _starts(found: Turns, mine: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The byte of its record's whole text that each chosen turn begins at."""
    lengths = pc.binary_length(found.texts).to_numpy(zero_copy_only=False).astype(np.int64) + len(SEPARATOR)
    begins = np.cumsum(lengths) - lengths
    first = np.ones(len(found.rows), np.bool_)
    first[1:] = np.diff(found.rows) != 0
    of_row = np.repeat(begins[first], np.diff(np.append(np.flatnonzero(first), len(first)))) if len(first) else begins
    starts: npt.NDArray[np.int64] = (begins - of_row)[mine]
    return starts


def _of_rows(
    signal: Signal,
    values: pa.Array,
    rows: npt.NDArray[np.int64],
    length: int,
    texts: pa.Array,
    starts: npt.NDArray[np.int64],
) -> pa.Array:
    """A signal of each record, of those of its turns; null where none of them has one."""
    if signal.kind == "spans":
        return _moved(values, rows, length, starts)
    if signal.kind == "label":
        return _first(values, rows, length)
    known = pc.is_valid(values).to_numpy(zero_copy_only=False)
    numbers = pc.fill_null(values, 0).to_numpy(zero_copy_only=False)[known]
    some = np.bincount(rows[known], minlength=length) == 0
    if signal.kind == "count":
        sums = np.zeros(length, np.int64)
        np.add.at(sums, rows[known], numbers.astype(np.int64))
        return pa.array(sums, signal.arrow_type, mask=some)
    weights = pc.binary_length(texts).to_numpy(zero_copy_only=False).astype(np.float64)[known] + 1e-9
    total = np.bincount(rows[known], weights, minlength=length)
    with np.errstate(invalid="ignore"):
        means = np.bincount(rows[known], weights * numbers, minlength=length) / total
    return pa.array(means, signal.arrow_type, mask=some)


def _first(values: pa.Array, rows: npt.NDArray[np.int64], length: int) -> pa.Array:
    known = np.flatnonzero(pc.is_valid(values).to_numpy(zero_copy_only=False))
    own, at = np.unique(rows[known], return_index=True)
    index = np.full(length, -1, np.int64)
    index[own] = known[at]
    return values.take(pa.array(index, mask=index < 0))


def _moved(values: pa.Array, rows: npt.NDArray[np.int64], length: int, starts: npt.NDArray[np.int64]) -> pa.Array:
    """Lists of spans of turns as one list a record, counted from the beginning of its text."""
    turns = pc.list_parent_indices(values).to_numpy(zero_copy_only=False)
    spans = values.flatten()
    by = pa.array(starts[turns])
    fields = {
        name: pc.add(column, by) if name in ("start", "stop") else column
        for name, column in zip(spans.type.names, spans.flatten(), strict=True)
    }
    moved = pa.StructArray.from_arrays(list(fields.values()), fields=list(spans.type))
    counts = np.bincount(rows[turns], minlength=length)
    offsets = pa.array(np.insert(np.cumsum(counts), 0, 0).astype(np.int32))
    known = np.bincount(rows[pc.is_valid(values).to_numpy(zero_copy_only=False)], minlength=length) > 0
    return pa.ListArray.from_arrays(offsets, moved, mask=pa.array(~known)).cast(SPANS)
