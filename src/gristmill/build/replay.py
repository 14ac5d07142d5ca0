"""Takes one record through a finished build's edits again, from its source, to show what each of them did."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from gristmill.build.layout import Layout
from gristmill.build.store import read_json
from gristmill.contracts.pieces import STARTS, STOPS, PieceStep
from gristmill.contracts.step import RowStep
from gristmill.contracts.turnwise import edit_turns, seen_by
from gristmill.contracts.view import View
from gristmill.errors import InputError
from gristmill.recipe.load import reads
from gristmill.recipe.model import Recipe


@dataclass(frozen=True, slots=True)
class Version:
    """The text before and after one step; empty where there was none, as before a page is extracted."""

    step: str
    text_before: str
    text_after: str


def replay(build: Path, rid: str, source: str, position: int) -> list[Version]:
    """Every edit of a record, in order. Raises InputError where its source is gone or has changed."""
    run = read_json(Layout(build).run) or {}
    manifest = read_json(Layout(build).manifest) or {}
    # Not linted: lists that were there for the build may be gone by now, and no edit needs them.
    recipe = reads(manifest["recipe"], root=Path(run.get("root", "."))).recipe
    view = View(_record(recipe, rid, source, position))
    versions = []
    for line in recipe.steps:
        if not isinstance(line.step, RowStep):
            continue
        if isinstance(line.step, PieceStep):
            view = view.with_columns(_cuts(build, rid, line.name))
        if line.step.edits:
            before = view.batch.column("text")[0].as_py()
            edit = line.step.edit(view) if recipe.kind == "document" else edit_turns(line.step, line.of, view)
            after = edit.text.cast(pa.large_string())
            versions.append(Version(line.name, before or "", after[0].as_py() or ""))
            batch = view.batch.set_column(view.batch.schema.get_field_index("text"), "text", after)
            marked = {signal.name for signal in line.step.signals() if signal.column}
            added = {name: values for name, values in edit.signals.items() if name in marked}
            view = View(batch).with_columns({**edit.columns, **added})
            if after[0].as_py() is None:
                break
        named = [signal for signal in line.step.signals() if signal.column]
        if named and not line.step.edits:
            measured = line.step.measure(seen_by(line.step, line.of, view))
            view = view.with_columns({signal.name: measured[signal.name] for signal in named})
    return versions


def _cuts(build: Path, rid: str, step: str) -> dict[str, pa.Array]:
    """What the step cut out of the record's text, by the ledger, as the step takes it."""
    folder = Layout(build).cuts
    if not folder.is_dir():
        return {}
    wanted = (pc.field("rid") == rid) & (pc.field("step") == step)
    found = pq.read_table(folder, columns=["start", "stop"], filters=wanted).sort_by("start")
    return {
        name: pa.array([found.column(column).to_pylist()], pa.large_list(pa.int32()))
        for name, column in ((STARTS, "start"), (STOPS, "stop"))
    }


def _record(recipe: Recipe, rid: str, source: str, position: int) -> pa.RecordBatch:
    """The record as its reader gives it."""
    found = [
        (not unit.start <= position < (unit.stop or position + 1), reader, unit)
        for reader in recipe.inputs
        for unit in reader.units(str(recipe.root))
        if any(member.source == source for member in unit.members)
    ]
    # Units whose bounds hold the position come first; bounds that are no positions only cost a longer search.
    for _, reader, unit in sorted(found, key=lambda one: one[0]):
        for chunk in reader.read(unit):
            rows = chunk.batch.filter(pc.equal(chunk.batch.column("rid"), rid))
            if len(rows):
                return rows
    raise InputError(source, "does not hold this record any more, so its edits cannot be shown")
