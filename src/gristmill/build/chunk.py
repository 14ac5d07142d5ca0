"""What is known of one chunk of records in a pass: who is still on the way, the texts, what each store holds.

Everything is kept as arrays over all rows of the chunk, null where a row never came: signals, texts and verdicts
of a chunk line up row for row, whoever computed them and when.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.build.guard import fill
from gristmill.build.store import DONE
from gristmill.contracts.rules import Mask, Rule
from gristmill.contracts.turnwise import seen_by
from gristmill.contracts.view import Rows, Scans, View
from gristmill.recipe.plan import CorpusLine, CutLine, Pass, RowLine
from gristmill.records.kinds import COLUMNS
from gristmill.text.counting import count_words
from gristmill.text.flat import Flat

ALIVE, READ, WORKER, GONE = -1, -2, -3, -4
"""In `ended`: still on its way; could not be read; ended its worker; ended in an earlier pass.
Else the index of the line that ended the record's way."""

ERROR, BYTES, WORDS, BYTES_READ = "_error", "_bytes", "_words", "_bytes_read"
BEFORE, AFTER = "_before", "_after"
DRAWS = "_draws"
"""Columns of stores beside the signals: why a line has no answer; the size of a text, of what was read, and of a text
before and after a line's edit; numbers to draw a sample by."""


class NeedsSourceError(Exception):
    """Rows that nothing stored can give are wanted: the part must be read from its source again."""


class Stored(Protocol):
    """Stored batches of the chunk at hand, by store name; None where a store has nothing yet."""

    def batch(self, store: str, columns: list[str] | None = None) -> pa.RecordBatch | None: ...


@dataclass(slots=True)
class Failure:
    """Rows that broke a rule of the line that ended them."""

    line: RowLine
    rule: Rule
    rows: Rows
    values: pa.Array


@dataclass(slots=True)
class Chunk:
    """One chunk in a pass. `fresh` is the batch as read, or None where only stores speak."""

    one: Pass
    number: int  # of the pass
    stored: Stored
    fresh: pa.RecordBatch | None
    ended: npt.NDArray[np.int16]  # of each row: ALIVE, or what ended its way
    columns: dict[str, pa.Array]  # beside the base columns: added by edits, or signals that are columns
    text_store: str  # where the text as it is now is stored
    out: dict[str, pa.RecordBatch] = field(default_factory=dict)  # by store: what this run computed
    errors: dict[int, tuple[int, str]] = field(default_factory=dict)  # row -> line, sentence
    failures: list[Failure] = field(default_factory=list)
    sizes: dict[int, tuple[pa.Array, pa.Array]] = field(default_factory=dict)  # edit line -> bytes before, after
    text_of: dict[int, str] = field(default_factory=dict)  # line -> the store of the text it ended rows with
    seconds: dict[str, float] = field(default_factory=dict)  # by line
    _text: pa.Array | None = None
    _view: View | None = None
    _scans: Scans = field(default_factory=dict)  # what the edit before knew of its texts

    @property
    def length(self) -> int:
        return len(self.ended)

    def text(self) -> pa.Array:
        """The text as it is now, over all rows."""
        if self._text is None:
            batch = self.known(self.text_store, ["text"])
            if batch is None:
                raise NeedsSourceError
            self._text = batch.column("text")
        return self._text

    def set_text(self, text: pa.Array | None, store: str, scans: Scans | None = None) -> None:
        """The text after an edit, or None to take it from its store; `scans` hold for it."""
        self._text, self._view, self.text_store, self._scans = text, None, store, scans or {}

    def known(self, store: str, columns: list[str] | None = None) -> pa.RecordBatch | None:
        """A store's batch of this chunk: what this run made, else what is stored, else None."""
        if store in self.out:
            return self.out[store] if columns is None else self.out[store].select(columns)
        return self.stored.batch(store, columns)

    def done(self, store: str) -> Mask:
        """The rows that a store has answers for."""
        batch = self.known(store, [DONE])
        if batch is None:
            return np.zeros(self.length, np.bool_)
        return mask_of(batch.column(DONE))

    def missing(self, store: str) -> Rows | None:
        """The rows still on their way that a store has no answers for; None where there is nothing left to do.

        A chunk of which nothing is stored yet has something to do even where no row came: to say so.
        """
        rows = np.flatnonzero((self.ended == ALIVE) & ~self.done(store))
        return rows if len(rows) or self.known(store, [DONE]) is None else None

    def mask(self, rows: Rows) -> Mask:
        """Some rows, as a mask over all."""
        mask = np.zeros(self.length, np.bool_)
        mask[rows] = True
        return mask

    # Views of the rows

    def view(self) -> View:
        """All rows, with the text as it is now and the columns that are known of them."""
        if self._view is None:
            base = self.known("base", [name for name in COLUMNS[self.one.kind].names if name != "text"])
            if base is None:
                raise NeedsSourceError
            batch = base.append_column("text", self.text())
            if self.fresh is not None and "payload" in self.fresh.schema.names:
                for name in ("payload", "content_type"):
                    batch = batch.append_column(name, self.fresh.column(name))
            self._view = View(batch, scans=self._scans).with_columns(self.columns)
        return self._view

    def view_of(self, rows: Rows, line: RowLine | CorpusLine) -> View:
        """Some rows as a line sees them: the turns that it asks for."""
        return seen_by(line.step, line.of, self.view().narrowed(rows))

    def add_columns(self, new: dict[str, pa.Array]) -> None:
        """Columns that later lines see."""
        if new:
            self.columns |= new
            self._view = self._view.with_columns(new) if self._view is not None else None

    @property
    def text_is_payload(self) -> bool:
        """Whether the way has not yet come to the line that makes text of the payload."""
        base = self.known("base", ["_payload"])
        return self.text_store == "base" and base is not None and bool(pc.any(base.column(0)).as_py())

    def payload_sizes(self) -> pa.Array:
        base = self.known("base", [BYTES_READ])
        if base is None:
            raise NeedsSourceError
        return base.column(0)

    # What a line answered: its signals (or keys), which rows it answered for, and its errors

    def keep(self, store: str, columns: dict[str, pa.Array], rows: Rows, errors: Mapping[int, str]) -> None:
        """Put a line's answers for some rows beside those for others that are stored already."""
        sentences: list[str | None] = [None] * self.length
        for row, sentence in errors.items():
            sentences[row] = sentence
        columns = {**columns, ERROR: pa.array(sentences, pa.string())}
        old = self.known(store)
        done = todo = self.mask(rows)
        if old is not None:
            columns = {name: fill(todo, values, old.column(name)) for name, values in columns.items()}
            done = todo | mask_of(old.column(DONE))
        self.out[store] = pa.RecordBatch.from_pydict({DONE: pa.array(done), **columns})

    def signals_of(self, line: RowLine) -> dict[str, pa.Array]:
        """All signals of a line, null where it has none of a row."""
        names = [signal.name for signal in line.signals]
        batch = self.known(line_store(line), names) if names else None
        if batch is None:
            return {signal.name: pa.nulls(self.length, signal.arrow_type) for signal in line.signals}
        return {name: batch.column(name) for name in names}

    def recall_errors(self, line: RowLine) -> None:
        """End the rows for which a line has an error, now or from an earlier run."""
        batch = self.known(line_store(line), [ERROR])
        if batch is None or batch.column(ERROR).null_count == self.length:
            return
        errors = batch.column(ERROR)
        rows = np.flatnonzero(mask_of(pc.is_valid(errors)) & (self.ended == ALIVE))
        self.end({int(row): errors[int(row)].as_py() for row in rows}, line.index)

    def recall_sizes(self, line: RowLine) -> None:
        """The bytes of each text before and after an edit."""
        batch = self.known(line_store(line), [BEFORE, AFTER])
        if batch is not None:
            self.sizes[line.index] = (batch.column(BEFORE), batch.column(AFTER))

    def end(self, errors: Mapping[int, str], line: int) -> None:
        """Rows for which a line has an error go no further."""
        for row, sentence in errors.items():
            self.ended[row] = line
            self.errors[row] = (line, sentence)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Count the time of a block under a line's name."""
        began = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began


def line_store(line: RowLine | CorpusLine) -> str:
    """The name of the store of a line's signals (or keys)."""
    return f"line{line.index}"


def piece_store(line: CutLine) -> str:
    """The name of the store of the pieces that a line cuts texts up into."""
    return f"pieces{line.index}"


def text_store(number: int, stretch: int) -> str:
    """The name of the store of the text that a stretch of a pass leaves."""
    return f"text{number}.{stretch}"


def sizes(text: Flat) -> dict[str, pa.Array]:
    """Bytes and words of each text, as the columns a store keeps them in."""
    return {BYTES: pa.array(np.diff(text.offsets)), WORDS: pa.array(count_words(text.data, text.offsets))}


def mask_of(values: pa.Array) -> Mask:
    """An array of booleans without nulls."""
    mask: Mask = values.to_numpy(zero_copy_only=False)
    return mask
