"""Takes one chunk of records through the row-wise lines of a pass, computing only what no store holds yet.

Everything is kept as arrays over all rows of the chunk, null where a row never came: signals, texts and verdicts
of a chunk line up row for row, whoever computed them and when.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.build.edited_texts import as_stored
from gristmill.build.guard import Answers, ask, fill, scatter, scatter_all, scatter_counts
from gristmill.build.key_lists import KEYS, key_lists, piece_lists
from gristmill.build.store import DONE
from gristmill.contracts.pieces import Pieces
from gristmill.contracts.rules import Mask, Rule, broken
from gristmill.contracts.step import Edit, Sketch
from gristmill.contracts.turnwise import edit_turns, seen_by
from gristmill.contracts.view import Scans, View
from gristmill.recipe.plan import CorpusLine, CutLine, Pass, RowLine, Stretch
from gristmill.records.kinds import COLUMNS
from gristmill.text.counting import count_words
from gristmill.text.flat import Flat

ALIVE, READ, WORKER, GONE = -1, -2, -3, -4
"""In `ended`: still on its way; could not be read; ended its worker; ended in an earlier pass.
Else the index of the line that ended the record's way."""

ERROR, BYTES, WORDS, BYTES_READ = "_error", "_bytes", "_words", "_bytes_read"
BEFORE, AFTER = "_before", "_after"
DRAWS = "_draws"


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
    rows: npt.NDArray[np.int64]
    values: pa.Array


@dataclass(slots=True)
class ChunkRun:
    """One chunk on its way through a pass. `fresh` is the batch as read, or None where only stores speak."""

    one: Pass
    number: int  # of the pass
    stored: Stored
    fresh: pa.RecordBatch | None
    ended: npt.NDArray[np.int16]
    columns: dict[str, pa.Array]  # beside the base columns: added by edits, or signals that are columns
    text_store: str  # where the text as it is now is stored
    out: dict[str, pa.RecordBatch] = field(default_factory=dict)
    errors: dict[int, tuple[int, str]] = field(default_factory=dict)  # row -> line, sentence
    failures: list[Failure] = field(default_factory=list)
    sizes: dict[int, tuple[pa.Array, pa.Array]] = field(default_factory=dict)  # edit line -> bytes before, after
    text_of: dict[int, str] = field(default_factory=dict)  # line -> the store of the text it ended rows with
    seconds: dict[str, float] = field(default_factory=dict)
    _text: pa.Array | None = None
    _view: View | None = None
    _scans: Scans = field(default_factory=dict)  # what the edit before knew of its texts

    @property
    def length(self) -> int:
        return len(self.ended)

    @property
    def alive(self) -> npt.NDArray[np.int64]:
        return np.flatnonzero(self.ended == ALIVE)

    def run(self) -> None:
        """All stretches, then the sketches for the corpus lines that follow."""
        for number, stretch in enumerate(self.one.stretches):
            if stretch.edits:
                self._edit(stretch, text_store(self.number, number))
            for line in stretch.lines:
                self.text_of[line.index] = self.text_store
            if stretch.edits:
                last = stretch.edits[-1]
                self._decide(last, self._signals_of(last))
            for line in stretch.measures:
                self._measure(line)
        for corpus in self.one.corpus:
            self._sketch(corpus)
        if self.one.cut is not None:
            self._cut_up(self.one.cut)

    # The text as it is now

    def text(self) -> pa.Array:
        """The text as it is now, over all rows."""
        if self._text is None:
            batch = self.known(self.text_store, ["text"])
            if batch is None:
                raise NeedsSourceError
            self._text = batch.column("text")
        return self._text

    def known(self, store: str, columns: list[str] | None = None) -> pa.RecordBatch | None:
        """A store's batch of this chunk: what this run made, else what is stored, else None."""
        if store in self.out:
            return self.out[store] if columns is None else self.out[store].select(columns)
        return self.stored.batch(store, columns)

    def _done(self, store: str) -> Mask:
        batch = self.known(store, [DONE])
        if batch is None:
            return np.zeros(self.length, np.bool_)
        return _mask(batch.column(DONE))

    def _whole_view(self) -> View:
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

    def _view_of(self, rows: npt.NDArray[np.int64], line: RowLine | CorpusLine) -> View:
        """Some rows as a line sees them."""
        return seen_by(line.step, line.of, self._whole_view().narrowed(rows))

    def _set_text(self, text: pa.Array | None, store: str, scans: Scans | None = None) -> None:
        self._text, self._view, self.text_store, self._scans = text, None, store, scans or {}

    # Edits

    def _edit(self, stretch: Stretch, store: str) -> None:
        done = self._done(store)
        missing = self.alive[~done[self.alive]]
        if len(missing) or self.known(store, [DONE]) is None:
            self._edit_rows(stretch, store, missing, done)
        else:
            self._set_text(None, store)
        added = [name for line in stretch.edits for name in line.step.adds]
        batch = self.known(store, added)
        if batch is not None:
            self.columns |= {name: batch.column(name) for name in added}
        self._view = None
        for line in stretch.edits:
            self._recall_errors(line)
            self._recall_sizes(line)
            self._take_columns(line, self._signals_of(line))

    def _edit_rows(self, stretch: Stretch, store: str, rows: npt.NDArray[np.int64], done: Mask) -> None:
        """All edits of a stretch on rows that never came here before; earlier answers are kept for the others."""
        if len(rows) and self.fresh is None and self._text_is_payload():
            raise NeedsSourceError
        stored = self.known(store)
        before, old = self.text(), self._whole_view().text
        todo = np.zeros(self.length, np.bool_)
        todo[rows] = True
        added: dict[str, pa.Array] = {}
        for line in stretch.edits:
            added |= self._edit_line(line, rows[self.ended[rows] == ALIVE], todo)
        text, new = self.text(), self._whole_view().text
        columns = {DONE: pa.array(todo | done), **as_stored(before, text, old, new), **sizes(new), **added}
        scans: Scans = {**self._scans, "text": new}
        if stored is not None:
            columns = {
                name: values if name == DONE else fill(todo, values, stored.column(name))
                for name, values in columns.items()
            }
            known = self.known(store, ["text"])
            if known is None:
                raise NeedsSourceError
            text, scans = fill(todo, text, known.column(0)), {}
        self.out[store] = pa.RecordBatch.from_pydict(columns)
        self._set_text(text, store, scans)

    def _edit_line(self, line: RowLine, rows: npt.NDArray[np.int64], todo: Mask) -> dict[str, pa.Array]:
        began = time.perf_counter()
        before = self._payload_sizes() if self._text_is_payload() else pc.binary_length(self.text())
        answers: Answers[Edit] = ask(self._edit_of(line), self._whole_view().narrowed(rows))
        errors = dict(answers.errors)
        for asked, edit in answers.pieces:
            errors |= {int(asked[index]): sentence for index, sentence in edit.failed.items()}
        text = scatter(self.length, [(asked, edit.text) for asked, edit in answers.pieces], pa.large_string())
        added = scatter_all(self.length, [(a, edit.columns) for a, edit in answers.pieces], line.step.adds)
        changed = pc.fill_null(pc.not_equal(self.text(), text), True)
        scans = dict(self._whole_view().lasting(np.flatnonzero(_mask(changed))))
        scans |= scatter_counts(self.length, [(asked, edit.counts) for asked, edit in answers.pieces])
        self._set_text(text, "", scans)
        self.columns |= added
        signals = self._edit_signals(line, answers, np.setdiff1d(rows, np.fromiter(errors, np.int64)))
        signals[BEFORE] = pc.if_else(changed, before.cast(pa.int64()), None)
        signals[AFTER] = pc.if_else(changed, pc.fill_null(pc.binary_length(text), 0).cast(pa.int64()), None)
        self._keep(line_store(line), signals, todo, errors)
        self._end(errors, line.index)
        self._spend(line.name, began)
        return added

    def _edit_of(self, line: RowLine) -> Callable[[View], Edit]:
        return line.step.edit if self.one.kind == "document" else partial(edit_turns, line.step, line.of)

    def _edit_signals(self, line: RowLine, answers: Answers[Edit], rows: npt.NDArray[np.int64]) -> dict[str, pa.Array]:
        """The signals of an editing line: those it gave with the edit, and those it measures on the new text."""
        kinds = {signal.name: signal.arrow_type for signal in line.signals}
        given = set(answers.pieces[0][1].signals) if answers.pieces else set(kinds)
        found = [(asked, edit.signals) for asked, edit in answers.pieces]
        signals = scatter_all(self.length, found, {name: kinds[name] for name in kinds if name in given})
        rest = {name: kind for name, kind in kinds.items() if name not in given}
        if rest:
            measured = ask(line.step.measure, self._view_of(rows, line))
            signals |= scatter_all(self.length, measured.pieces, rest)
        return signals

    def _text_is_payload(self) -> bool:
        """Whether the way has not yet come to the line that makes text of the payload."""
        base = self.known("base", ["_payload"])
        return self.text_store == "base" and base is not None and bool(pc.any(base.column(0)).as_py())

    def _payload_sizes(self) -> pa.Array:
        base = self.known("base", [BYTES_READ])
        if base is None:
            raise NeedsSourceError
        return base.column(0)

    # Measures

    def _measure(self, line: RowLine) -> None:
        store = line_store(line)
        done = self._done(store)
        missing = self.alive[~done[self.alive]]
        if len(missing) or self.known(store, [DONE]) is None:
            if len(missing) and line.step.reads_payload and self.fresh is None and self._text_is_payload():
                raise NeedsSourceError
            began = time.perf_counter()
            answers = ask(line.step.measure, self._view_of(missing, line))
            kinds = {signal.name: signal.arrow_type for signal in line.signals}
            todo = np.zeros(self.length, np.bool_)
            todo[missing] = True
            self._keep(store, scatter_all(self.length, answers.pieces, kinds), todo, answers.errors)
            self._spend(line.name, began)
        self._recall_errors(line)
        signals = self._signals_of(line)
        self._take_columns(line, signals)
        self._decide(line, signals)

    def _decide(self, line: RowLine, signals: Mapping[str, pa.Array]) -> None:
        rules = line.rules
        if not rules:
            return
        alive = self.ended == ALIVE
        masks = [mask & alive for mask in broken(rules, signals)]
        for rule, mask in zip(rules, masks, strict=True):
            rows = np.flatnonzero(mask)
            if len(rows):
                values = signals[rule.signal].take(pa.array(rows))
                self.failures.append(Failure(line, rule, rows, values))
                self.ended[rows] = line.index

    def _sketch(self, line: CorpusLine) -> None:
        store = line_store(line)
        done = self._done(store)
        missing = self.alive[~done[self.alive]]
        if not len(missing) and self.known(store, [DONE]) is not None:
            return
        began = time.perf_counter()
        answers: Answers[Sketch] = ask(line.step.sketch, self._view_of(missing, line))
        todo = np.zeros(self.length, np.bool_)
        todo[missing] = True
        columns = {KEYS: key_lists(self.length, [piece for _, piece in answers.pieces])}
        if line.step.draws:
            drawn = [(rows, pa.array(piece.draws, pa.uint64())) for rows, piece in answers.pieces]
            columns[DRAWS] = scatter(self.length, drawn, pa.uint64())
        self._keep(store, columns, todo, answers.errors)
        self._end(answers.errors, line.index)
        self._spend(line.name, began)

    def _cut_up(self, line: CutLine) -> None:
        store = piece_store(line)
        done = self._done(store)
        missing = self.alive[~done[self.alive]]
        if not len(missing) and self.known(store, [DONE]) is not None:
            return
        began = time.perf_counter()
        answers: Answers[Pieces] = ask(line.step.pieces, self._whole_view().narrowed(missing))
        todo = np.zeros(self.length, np.bool_)
        todo[missing] = True
        found = [piece for _, piece in answers.pieces]
        self._keep(store, piece_lists(self.length, found, sized=not line.step.compares), todo, answers.errors)
        self._end(answers.errors, line.index)
        self._spend(line.name, began)

    # What is kept of a line: its signals, which rows it answered for, and its errors

    def _keep(
        self,
        store: str,
        columns: dict[str, pa.Array],
        todo: Mask,
        errors: Mapping[int, str],
    ) -> None:
        sentences: list[str | None] = [None] * self.length
        for row, sentence in errors.items():
            sentences[row] = sentence
        columns = {**columns, ERROR: pa.array(sentences, pa.string())}
        old = self.known(store)
        done = todo
        if old is not None:
            columns = {name: fill(todo, values, old.column(name)) for name, values in columns.items()}
            done = todo | _mask(old.column(DONE))
        self.out[store] = pa.RecordBatch.from_pydict({DONE: pa.array(done), **columns})

    def _signals_of(self, line: RowLine) -> dict[str, pa.Array]:
        names = [signal.name for signal in line.signals]
        batch = self.known(line_store(line), names) if names else None
        if batch is None:
            return {signal.name: pa.nulls(self.length, signal.arrow_type) for signal in line.signals}
        return {name: batch.column(name) for name in names}

    def _errors_of(self, line: RowLine | CorpusLine) -> pa.Array | None:
        batch = self.known(line_store(line), [ERROR])
        return None if batch is None else batch.column(ERROR)

    def _recall_errors(self, line: RowLine) -> None:
        errors = self._errors_of(line)
        if errors is None or errors.null_count == len(errors):
            return
        rows = np.flatnonzero(pc.is_valid(errors).to_numpy(zero_copy_only=False) & (self.ended == ALIVE))
        self._end({int(row): errors[int(row)].as_py() for row in rows}, line.index)

    def _recall_sizes(self, line: RowLine) -> None:
        batch = self.known(line_store(line), [BEFORE, AFTER])
        if batch is not None:
            self.sizes[line.index] = (batch.column(BEFORE), batch.column(AFTER))

    def _take_columns(self, line: RowLine, signals: Mapping[str, pa.Array]) -> None:
        new = {signal.name: signals[signal.name] for signal in line.signals if signal.column}
        if new:
            self.columns |= new
            self._view = self._view.with_columns(new) if self._view is not None else None

    def _end(self, errors: Mapping[int, str], line: int) -> None:
        for row, sentence in errors.items():
            self.ended[row] = line
            self.errors[row] = (line, sentence)

    def _spend(self, name: str, began: float) -> None:
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


def _mask(values: pa.Array) -> Mask:
    mask: Mask = values.to_numpy(zero_copy_only=False)
    return mask
