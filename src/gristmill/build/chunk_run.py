"""Takes one chunk of records through the row-wise lines of a pass, computing only what no store holds yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.build.chunk import (
    AFTER,
    ALIVE,
    BEFORE,
    DRAWS,
    Chunk,
    Failure,
    NeedsSourceError,
    line_store,
    mask_of,
    piece_store,
    sizes,
    text_store,
)
from gristmill.build.edited_texts import as_stored
from gristmill.build.guard import Answers, ask, fill, scatter, scatter_all, scatter_counts
from gristmill.build.key_lists import KEYS, key_lists, piece_lists
from gristmill.build.store import DONE
from gristmill.contracts.pieces import Pieces
from gristmill.contracts.rules import broken
from gristmill.contracts.step import Edit, Sketch
from gristmill.contracts.turnwise import edit_turns
from gristmill.contracts.view import Rows, Scans, View
from gristmill.recipe.plan import CorpusLine, CutLine, RowLine, Stretch


@dataclass(slots=True)
class ChunkRun(Chunk):
    """A chunk on its way through a pass."""

    def run(self) -> None:
        """All stretches, then the sketches for the corpus lines that follow."""
        for number, stretch in enumerate(self.one.stretches):
            if stretch.edits:
                self._edit(stretch, text_store(self.number, number))
            for line in stretch.lines:
                self.text_of[line.index] = self.text_store
            if stretch.edits:
                last = stretch.edits[-1]
                self._decide(last, self.signals_of(last))
            for line in stretch.measures:
                self._measure(line)
        for corpus in self.one.corpus:
            self._sketch(corpus)
        if self.one.cut is not None:
            self._cut_up(self.one.cut)

    # Edits

    def _edit(self, stretch: Stretch, store: str) -> None:
        """All edits of a stretch, which leave one text, stored under `store`."""
        missing = self.missing(store)
        if missing is None:
            self.set_text(None, store)
        else:
            self._edit_rows(stretch, store, missing)
        added = [name for line in stretch.edits for name in line.step.adds]
        batch = self.known(store, added)
        if batch is not None:
            self.columns |= {name: batch.column(name) for name in added}
        self._view = None
        for line in stretch.edits:
            self.recall_errors(line)
            self.recall_sizes(line)
            self._take_columns(line, self.signals_of(line))

    def _edit_rows(self, stretch: Stretch, store: str, rows: Rows) -> None:
        """All edits of a stretch on rows that never came here before; earlier answers are kept for the others."""
        if len(rows) and self.fresh is None and self.text_is_payload:
            raise NeedsSourceError
        stored, done, todo = self.known(store), self.done(store), self.mask(rows)
        before, old = self.text(), self.view().text
        added: dict[str, pa.Array] = {}
        for line in stretch.edits:
            added |= self._edit_line(line, rows[self.ended[rows] == ALIVE], rows)
        text, new = self.text(), self.view().text
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
        self.set_text(text, store, scans)

    def _edit_line(self, line: RowLine, alive: Rows, rows: Rows) -> dict[str, pa.Array]:
        """One edit on the rows that are still alive of those that came to the stretch; the columns that it adds."""
        with self.timed(line.name):
            before = self.payload_sizes() if self.text_is_payload else pc.binary_length(self.text())
            answers: Answers[Edit] = ask(self._edit_of(line), self.view().narrowed(alive))
            errors = dict(answers.errors)
            for asked, edit in answers.pieces:
                errors |= {int(asked[index]): sentence for index, sentence in edit.failed.items()}
            text = scatter(self.length, [(asked, edit.text) for asked, edit in answers.pieces], pa.large_string())
            added = scatter_all(self.length, [(a, edit.columns) for a, edit in answers.pieces], line.step.adds)
            changed = pc.fill_null(pc.not_equal(self.text(), text), True)
            scans = dict(self.view().lasting(np.flatnonzero(mask_of(changed))))
            scans |= scatter_counts(self.length, [(asked, edit.counts) for asked, edit in answers.pieces])
            self.set_text(text, "", scans)
            self.columns |= added
            signals = self._edit_signals(line, answers, np.setdiff1d(alive, np.fromiter(errors, np.int64)))
            signals[BEFORE] = pc.if_else(changed, before.cast(pa.int64()), None)
            signals[AFTER] = pc.if_else(changed, pc.fill_null(pc.binary_length(text), 0).cast(pa.int64()), None)
            self.keep(line_store(line), signals, rows, errors)
            self.end(errors, line.index)
        return added

    def _edit_of(self, line: RowLine) -> Callable[[View], Edit]:
        """How a line edits: a document as a whole, records of several texts turn by turn."""
        return line.step.edit if self.one.kind == "document" else partial(edit_turns, line.step, line.of)

    def _edit_signals(self, line: RowLine, answers: Answers[Edit], rows: Rows) -> dict[str, pa.Array]:
        """The signals of an editing line: those it gave with the edit, and those it measures on the new text."""
        kinds = {signal.name: signal.arrow_type for signal in line.signals}
        given = set(answers.pieces[0][1].signals) if answers.pieces else set(kinds)
        found = [(asked, edit.signals) for asked, edit in answers.pieces]
        signals = scatter_all(self.length, found, {name: kinds[name] for name in kinds if name in given})
        rest = {name: kind for name, kind in kinds.items() if name not in given}
        if rest:
            measured = ask(line.step.measure, self.view_of(rows, line))
            signals |= scatter_all(self.length, measured.pieces, rest)
        return signals

    # Measures and rules

    def _measure(self, line: RowLine) -> None:
        store = line_store(line)
        rows = self.missing(store)
        if rows is not None:
            if len(rows) and line.step.reads_payload and self.fresh is None and self.text_is_payload:
                raise NeedsSourceError
            with self.timed(line.name):
                answers = ask(line.step.measure, self.view_of(rows, line))
                kinds = {signal.name: signal.arrow_type for signal in line.signals}
                self.keep(store, scatter_all(self.length, answers.pieces, kinds), rows, answers.errors)
        self.recall_errors(line)
        signals = self.signals_of(line)
        self._take_columns(line, signals)
        self._decide(line, signals)

    def _take_columns(self, line: RowLine, signals: Mapping[str, pa.Array]) -> None:
        """Signals that are columns of the record, too."""
        self.add_columns({signal.name: signals[signal.name] for signal in line.signals if signal.column})

    def _decide(self, line: RowLine, signals: Mapping[str, pa.Array]) -> None:
        """End the rows that break a rule of a line, whichever of its rules, and note each that is broken."""
        alive = self.ended == ALIVE
        masks = [mask & alive for mask in broken(line.rules, signals)] if line.rules else []
        for rule, mask in zip(line.rules, masks, strict=True):
            rows = np.flatnonzero(mask)
            if len(rows):
                values = signals[rule.signal].take(pa.array(rows))
                self.failures.append(Failure(line, rule, rows, values))
                self.ended[rows] = line.index

    # What a pass prepares for the exchange behind it

    def _sketch(self, line: CorpusLine) -> None:
        """The keys by which a corpus line brings rows together."""
        rows = self.missing(line_store(line))
        if rows is None:
            return
        with self.timed(line.name):
            answers: Answers[Sketch] = ask(line.step.sketch, self.view_of(rows, line))
            columns = {KEYS: key_lists(self.length, [piece for _, piece in answers.pieces])}
            if line.step.draws:
                drawn = [(asked, pa.array(piece.draws, pa.uint64())) for asked, piece in answers.pieces]
                columns[DRAWS] = scatter(self.length, drawn, pa.uint64())
            self.keep(line_store(line), columns, rows, answers.errors)
            self.end(answers.errors, line.index)

    def _cut_up(self, line: CutLine) -> None:
        """The pieces of texts that a line brings together."""
        rows = self.missing(piece_store(line))
        if rows is None:
            return
        with self.timed(line.name):
            answers: Answers[Pieces] = ask(line.step.pieces, self.view().narrowed(rows))
            columns = piece_lists(self.length, [piece for _, piece in answers.pieces], sized=not line.step.compares)
            self.keep(piece_store(line), columns, rows, answers.errors)
            self.end(answers.errors, line.index)
